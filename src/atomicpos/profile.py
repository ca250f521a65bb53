"""What the core must know about an exchange: frozen facts and bounds, each with its source in ``exchanges/``."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .models import PositionSide, TriggerBy


class Protection(StrEnum):
    """How early an exchange can have a stop, the best first."""

    ATTACHED = "attached"
    """A guard stop travels with the entry and binds with its first fill. The exchange keeps it on the position itself:
    one stop a slot, over the whole position whatever its size, amended by setting it again; it has no id of ours."""
    ATTACHED_ORDER = "attached_order"
    """A guard stop travels with the entry under an id of ours, and becomes an order like any separate stop once the
    entry has filled fully; where it fills in part only, none comes into being."""
    ATTACHED_UNNAMED = "attached_unnamed"
    """A guard stop travels with the entry and becomes an order of its own when that fills, to which the exchange gives
    an id and we cannot: it is told by its value, never makes ``protected`` by itself, and is taken away once a stop
    under an id of ours was read back."""
    ON_ACKNOWLEDGEMENT = "on_acknowledgement"
    """A reduce-only stop may be sent as soon as the entry is acknowledged, before any fill was seen."""
    AFTER_FILL = "after_fill"
    """A stop is sent on the first evidence of a fill."""


@dataclass(frozen=True, slots=True)
class Profile:
    """The facts the core decides by. Bounds are in seconds and may be overridden by keyword (``Settings``)."""

    name: str
    """The ccxt id."""
    visibility_s_max: float
    """How late a read may lag behind the matching engine."""
    recv_window_s: float = 5.0
    """How long after its timestamp the exchange still takes a request."""
    clock_skew_s_max: float = 1.0
    protection: Protection = Protection.AFTER_FILL
    """How early a stop can be had."""
    guarded: frozenset[PositionSide] = frozenset(PositionSide)
    """The sides whose entries take a guard stop along, where one travels at all; the others' is sent after the fill."""
    final_rows_are_whole: bool = False
    """An order read as dead shows all of its fills, at once."""
    hedge_mode: bool = False
    """Positions can be held in hedge mode: ``Exchange.hedged`` says how. Without it such an account is refused."""
    targets: bool = False
    """It takes a reduce-only order that waits for the price to move in the position's favour, and its adapter can say
    one. Without it a request for a target is refused."""
    streams: bool = False
    """It tells orders, fills and positions of the account by itself, and its adapter can hear it."""
    orders_listed_from: int = 0
    """With fewer positions of ours than these, looking their orders up one by one costs less than one listing of all
    orders of the account."""
    duplicate_ids_refused: bool = False
    """A second order with a client order id that exists is refused, so the same id may be sent again."""
    triggers: frozenset[TriggerBy] = frozenset(TriggerBy)
    """The prices that a stop can be compared with."""
