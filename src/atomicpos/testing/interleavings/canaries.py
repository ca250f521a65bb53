"""Planted defects: each a patch of at most ten lines to one shipped decision, which the odometer must find."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from ... import opener
from ...engine import drive, requests
from ...evidence import Kind
from ...leases import HeldLeases
from ...models import MICROSECONDS, Leg, Proof, ProofKind, Sending
from ...plan import exits as exits_
from ...plan import planning as plan_
from ...plan import stops as stops_
from ...plan.again import cancel
from ...plan.steps import Place
from ...ports import Change, always
from ...sim import exchange as exchange_
from ...weigh import entry as entry_
from ...weigh import exits as weighed_exits_
from ...weigh import newest, serves
from ...weigh import protection as protection_
from ...weigh import verdict as verdict_
from . import far
from .odometer import Space
from .pause_spaces import ELSE, LATE_CANCELS, PAUSES, WAKINGS
from .spaces import BACKWARDS, ONE_CRASH, ONE_FAULT, OTHERS, PARTIAL, REFUSED

SHARES = len(ELSE)
"""Of a space of pauses one share has every point, every pause and every kind once."""
POLLS_US = 6 * MICROSECONDS
"""The original bot's patience: ten polls over six seconds."""


@dataclass(frozen=True, slots=True)
class Canary:
    """One planted defect: where it is put, what it puts there, and the space that must find it."""

    name: str
    places: tuple[tuple[Any, str], ...]
    """(module or class, attribute) that the defect replaces."""
    defect: Callable[..., Any]
    breaks: str
    """The invariant that must be seen broken."""
    space: Space
    within: int
    """How many histories may be needed to find it."""
    shares: int = 1
    """Of how many shares of the space one is walked, where it is too large to be walked in growing order."""

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


def attached_is_believed(record: Any, *evidence: Any) -> Any:
    """A stop that was sent with an acknowledged entry counts as protection, read back or not."""
    rides = record.riding
    if record.filled_quantity > 0 and rides is not None and rides.sending is Sending.ACKNOWLEDGED:
        return (rides,)
    return _confirmed_stops(record, *evidence)


def first_fill_is_all(entry: Any, bounds: Any, now_us: int) -> bool:
    """The first fill is taken for the whole: the stop is sized for it, and nobody waits for the rest."""
    return entry.filled > 0 or _is_final(entry, bounds, now_us)


def old_stop_first(result: Any, record: Any, verdict: Any, bounds: Any) -> None:
    """The old stop is cancelled before the new one stands."""
    for stop in record.of(Leg.STOP):
        if stop.alive and not stop.attached and not serves(stop.trigger_price, verdict.wanted, record.intent):
            cancel(result, stop, verdict.now_us)
    _put_up(result, record, verdict, bounds)


def empty_is_flat(record: Any, filled: Any, *evidence: Any) -> Proof | None:
    """A look that shows nothing proves that there is nothing."""
    look = newest(record)
    if filled > 0 and look is not None and look.view.quantity == 0:
        return Proof(ProofKind.EXITED, look.asked_at_us, "the slot is empty")
    return _flat_proof(record, filled, *evidence)


def closes_all_there_is(record: Any, verdict: Any) -> Any:
    """The whole position is closed, whosever it is."""
    return verdict.observed


def database_fence_alone(self: Any, position_id: str) -> Any:
    """Whatever wakes may send: only the database knows that the row is another's."""
    return always


def no_receive_window(stamped_us: int, now_us: int, window_us: int) -> bool:
    """The exchange takes a request however long ago it was signed."""
    return True


def successor_does_not_wait(record: Any, bounds: Any) -> int:
    """Who takes a row over has the last word at once, whatever is still on its way."""
    return 0


_never_filled = entry_.never_filled
_entry = plan_._entry
_intended = requests.intended
_confirmed_stops = protection_.confirmed_stops
_is_final = entry_.is_final
_put_up = stops_.put_up
_flat_proof = weighed_exits_.flat_proof

CANARIES = (
    Canary("original algorithm", ((verdict_, "never_filled"),), original_algorithm, "I1", PARTIAL, 200),
    Canary("no write-ahead", ((opener.Opener, "_admit"),), no_write_ahead, "I4", ONE_CRASH, 100),
    Canary("entry sent again", ((plan_, "_entry"),), entry_sent_again, "I5", ONE_FAULT, 100),
    Canary("close that may enlarge", ((drive, "intended"),), close_may_enlarge, "I6", REFUSED, 100),
    Canary("stop not read back", ((verdict_, "confirmed_stops"),), attached_is_believed, "I3", OTHERS, 100),
    Canary("first fill taken for all", ((verdict_, "is_final"),), first_fill_is_all, "I3", PARTIAL, 100),
    Canary("old stop cancelled first", ((plan_, "put_up"),), old_stop_first, "I1", PARTIAL, 100),
    Canary("empty taken for flat", ((verdict_, "flat_proof"),), empty_is_flat, "I1", BACKWARDS, 200),
    Canary("closes what others hold", ((exits_, "_exit_quantity"),), closes_all_there_is, "I6", OTHERS, 200),
    Canary("database fence alone", ((HeldLeases, "permit"),), database_fence_alone, "I2", PAUSES, 150, SHARES),
    Canary("no receive window", ((exchange_, "taken"), (far, "taken")), no_receive_window, "I2", WAKINGS, 60),
    Canary("successor does not wait", ((verdict_, "_alone_at_us"),), successor_does_not_wait, "I1", LATE_CANCELS, 100),
)
