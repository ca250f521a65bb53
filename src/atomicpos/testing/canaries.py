"""Planted defects: each a patch of at most ten lines to one shipped decision, which the odometer must find."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from .. import opener
from ..engine import drive, requests
from ..evidence import Kind
from ..models import MICROSECONDS, Leg, Proof, ProofKind, Sending
from ..plan import planning as plan_
from ..plan.steps import Place
from ..ports import Change
from ..weigh import entry as entry_
from ..weigh import verdict as verdict_
from .odometer import Space
from .spaces import ONE_CRASH, ONE_FAULT

POLLS_US = 6 * MICROSECONDS
"""The original bot's patience: ten polls over six seconds."""


@dataclass(frozen=True, slots=True)
class Canary:
    """One planted defect: where it is put, what it puts there, and the space that must find it."""

    name: str
    places: tuple[tuple[Any, str], ...]
    """(module or class, attribute) that the defect replaces."""
    defect: Callable[..., Any]
    space: Space
    within: int
    """How many histories may be needed to find it."""

    @contextmanager
    def planted(self) -> Iterator[None]:
        """Patch the shipped function, and put it back."""
        before = [getattr(where, name) for where, name in self.places]
        for where, name in self.places:
            setattr(where, name, self.defect)
        try:
            yield
        finally:
            for (where, name), shipped in zip(self.places, before, strict=True):
                setattr(where, name, shipped)


def original_algorithm(record: Any, bounds: Any, now_us: int) -> Proof | None:
    """Ten polls over six seconds showed nothing, so it was rolled back: the bug this library exists for."""
    look = record.sightings.looks.get("position_poll")
    waited = now_us - (record.entry.first_sent_at_us or now_us) >= POLLS_US
    if waited and look is not None and look.kind is Kind.ABSENT:
        return Proof(ProofKind.ABSENT, now_us, "not seen")
    return _never_filled(record, bounds, now_us)


async def no_write_ahead(self: Any, record: Any, request: Any) -> Any:
    """The entry leaves first and is written down afterwards."""
    entry = record.entry
    await self._means.exchange.write(requests.place_request(record, entry))
    sent = record.with_order(replace(entry, sending=Sending.UNKNOWN, sends=1, sent_at_us=record.updated_at_us,
                                     first_sent_at_us=record.updated_at_us))
    await self._means.journal.admit(Change(sent))
    self._drivers.start(sent)
    return sent


def entry_sent_again(result: Any, record: Any, verdict: Any) -> None:
    """An entry of unknown outcome is sent once more."""
    if record.entry.sending is Sending.UNKNOWN and len(record.of(Leg.ENTRY)) == 1 and not verdict.filled:
        result.steps.append(Place(Leg.ENTRY, 2, record.entry.quantity))
    _entry(result, record, verdict)


def close_may_enlarge(record: Any, step: Any, installation: str) -> Any:
    """The close is an ordinary market order."""
    order = _intended(record, step, installation)
    return replace(order, reduce_only=order.reduce_only and order.leg is not Leg.CLOSE)


_never_filled = entry_.never_filled
_entry = plan_._entry
_intended = requests.intended

CANARIES = (
    Canary("original algorithm", ((verdict_, "never_filled"),), original_algorithm, ONE_FAULT, 2000),
    Canary("no write-ahead", ((opener.Opener, "_admit"),), no_write_ahead, ONE_CRASH, 100),
    Canary("entry sent again", ((plan_, "_entry"),), entry_sent_again, ONE_FAULT, 2000),
    Canary("close that may enlarge", ((drive, "intended"),), close_may_enlarge, ONE_FAULT, 2000),
)
