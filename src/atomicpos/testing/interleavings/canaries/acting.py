"""Planted defects in what is sent: what is written down before, how often, how large, and in which order."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

from ....engine import drive as drive_
from ....engine import requests as requests_
from ....ids import client_order_id
from ....models import Leg, Sending
from ....plan import planning as planning_
from ....plan import stops as stops_
from ....plan.again import cancel
from ....plan.steps import Place
from ....ports import Change
from ....weigh import loose as loose_
from ....weigh import serves


async def no_write_ahead(self: Any, record: Any, request: Any) -> Any:
    """The entry leaves first and is written down afterwards."""
    entry = record.entry
    await self._means.exchange.write(requests_.place_request(record, entry))
    sent = record.with_order(replace(entry, sending=Sending.UNKNOWN, sends=1, sent_at_us=record.updated_at_us,
                                     first_sent_at_us=record.updated_at_us))
    await self._store(Change(sent))
    self._drivers.start(sent)
    return sent


def random_ids(installation: str, position_id: str, leg: Any, attempt: int) -> str:
    """An id that is new each time: nobody can compute it again."""
    return client_order_id(installation, f"{position_id}/{next(_drawn)}", leg, attempt)


_drawn = itertools.count()
"""As good as random, and the same in every run."""


def database_first(self: Any, steps: Any, saved: bool) -> None:
    """Nothing leaves before the database has it, a stop no more than an entry."""
    if not self._ledger.behind(self.record):
        _carry_out(self, steps, saved)


def entry_sent_again(result: Any, record: Any, verdict: Any) -> None:
    """An entry of unknown outcome is sent once more."""
    if record.entry.sending is Sending.UNKNOWN and len(record.of(Leg.ENTRY)) == 1 and not verdict.filled:
        result.steps.append(Place(Leg.ENTRY, 2, record.entry.quantity))
    _entry(result, record, verdict)


def close_may_enlarge(record: Any, step: Any, installation: str) -> Any:
    """The close is an ordinary market order."""
    order = _intended(record, step, installation)
    return replace(order, reduce_only=order.reduce_only and order.leg is not Leg.CLOSE)


def closes_all_there_is(record: Any, verdict: Any) -> Any:
    """The whole position is closed, whosever it is."""
    return verdict.observed


def old_stop_first(result: Any, record: Any, verdict: Any, bounds: Any) -> None:
    """The old stop is cancelled before the new one stands."""
    for stop in record.of(Leg.STOP):
        if stop.alive and not stop.attached and not serves(stop.trigger_price, verdict.wanted, record.intent):
            cancel(result, stop, verdict.now_us)
    _put_up(result, record, verdict, bounds)


def stops_are_left(record: Any, order: Any, *known: Any) -> bool:
    """What became of our stops does not matter once the position is gone."""
    return order.leg is not Leg.STOP and _is_loose(record, order, *known)


def no_exposure(*known: Any) -> int:
    """It was covered all along."""
    return 0


_carry_out = drive_.Drive._carry_out
_entry = planning_._entry
_intended = requests_.intended
_put_up = stops_.put_up
_is_loose = loose_.is_loose
