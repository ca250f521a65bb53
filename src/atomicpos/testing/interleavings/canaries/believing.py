"""Planted defects in what is believed: absences, errors, answers and words taken for more than they say."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from ....absorb import orders as orders_
from ....absorb import outcomes as outcomes_
from ....absorb import position_stop as position_stop_
from ....engine import looker as looker_
from ....evidence import Evidence, Kind, PositionView
from ....models import MICROSECONDS, Leg, OrderStatus, Proof, ProofKind, Sending
from ....weigh import entry as entry_
from ....weigh import exits as exits_
from ....weigh import newest
from ....weigh import protection as protection_

POLLS_US = 6 * MICROSECONDS
"""The original bot's patience: ten polls over six seconds."""


def original_algorithm(record: Any, bounds: Any, now_us: int) -> Proof | None:
    """Ten polls over six seconds showed nothing, so it was rolled back: the bug this library exists for."""
    look = record.sightings.looks.get("position_poll")
    waited = now_us - (record.entry.first_sent_at_us or now_us) >= POLLS_US
    if waited and look is not None and look.kind is Kind.ABSENT:
        return Proof(ProofKind.ABSENT, now_us, "not seen")
    return _never_filled(record, bounds, now_us)


def no_horizon(bounds: Any) -> int:
    """What is absent now is absent for good, however late a read may be."""
    return 0


def horizon_of_reads(bounds: Any) -> int:
    """What has left is taken at once, however long the exchange takes a request after its timestamp."""
    return int(bounds.visibility_us)


def one_source(record: Any, bounds: Any) -> Proof | None:
    """The order lookup alone proves that it never arrived."""
    if not record.entry.proven_absent:
        return None
    return Proof(ProofKind.ABSENT, record.entry.absent_since_us, "the order was absent")


async def error_is_empty(self: Any) -> Evidence:
    """A source that fails has nothing to show, so there is nothing."""
    found = await _look(self)
    if found.kind is not Kind.UNKNOWN:
        return found
    ids = self._question().client_order_ids if self.name == "order_status" else ()
    position = PositionView(Decimal(0)) if self.name == "position_poll" else None
    return Evidence(Kind.ABSENT, absent_ids=ids, position=position)


def empty_is_flat(record: Any, filled: Any, *evidence: Any) -> Proof | None:
    """A look that shows nothing proves that there is nothing."""
    look = newest(record)
    if filled > 0 and look is not None and look.view.quantity == 0:
        return Proof(ProofKind.EXITED, look.asked_at_us, "the slot is empty")
    return _flat_proof(record, filled, *evidence)


def acknowledged_is_filled(record: Any, observed: Any) -> Any:
    """An entry that the exchange has acknowledged has filled."""
    if record.entry.sending is Sending.ACKNOWLEDGED:
        return record.entry.quantity
    return _shown_filled(record, observed)


def refusal_is_believed(order: Any, sending: Any, now_us: int, **told: Any) -> Any:
    """The last answer counts, whatever became of the sends before it."""
    return _answered(replace(order, sends=1), sending, now_us, **told) if order.status is None else order


def closed_is_filled(order: Any, view: Any, asked_at_us: int) -> OrderStatus:
    """An order that is called filled has filled, whatever quantity it shows."""
    if view.status is OrderStatus.FILLED and order.leg is Leg.ENTRY:
        return OrderStatus.FILLED
    return _status(order, view, asked_at_us)


def first_fill_is_all(entry: Any, bounds: Any, now_us: int) -> bool:
    """The first fill is taken for the whole: the stop is sized for it, and nobody waits for the rest."""
    return entry.filled > 0 or _is_final(entry, bounds, now_us)


def attached_is_believed(record: Any, *evidence: Any) -> Any:
    """A stop that was sent with an acknowledged entry counts as protection, read back or not."""
    rides = record.riding
    if record.filled_quantity > 0 and rides is not None and rides.sending is Sending.ACKNOWLEDGED:
        return (rides,)
    return _confirmed_stops(record, *evidence)


def any_stop_is_ours(record: Any, trigger: Any, stop: Any, asked_at_us: int, bounds: Any) -> Any:
    """Whatever stop is on the position is the one that we set last."""
    ours = next(iter(position_stop_.waiting(record)), None)
    if trigger is not None and ours is not None:
        trigger = ours.trigger_price
        stop = None if stop is None else replace(stop, trigger_price=trigger)
    return _witnessed(record, trigger, stop, asked_at_us, bounds)


_never_filled = entry_.never_filled
_shown_filled = entry_.shown_filled
_is_final = entry_.is_final
_flat_proof = exits_.flat_proof
_confirmed_stops = protection_.confirmed_stops
_answered = outcomes_.answered
_status = orders_._status
_witnessed = position_stop_._witnessed
_look = looker_.Looker._look
