"""Three stored positions as the command line's tests find them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from click.testing import Result

from atomicpos.evidence import Evidence, Kind, OrderView, PositionView
from atomicpos.ids import client_order_id
from atomicpos.models import (
    JournalEntry,
    Leg,
    Order,
    OrderSide,
    OrderStatus,
    Proof,
    ProofKind,
    Sending,
    State,
    TriggerBy,
)
from atomicpos.ports import Change
from atomicpos.record import Record
from atomicpos.testing.samples import CREATED_AT_US, a_record, settled

Invoke = Callable[..., Result]
"""Calls ``atomicpos`` with these words."""

PROTECTED, ROLLED_BACK, PENDING = "aaaabbbbccccdddd", "aaaaccccddddeeee", "bbbbccccddddeeee"


def changes() -> list[Change]:
    """Three lives as they would be committed."""
    pending = a_record(PENDING, symbol="ETH/USDT:USDT", created_at_us=CREATED_AT_US + 2)
    unfilled = a_record(ROLLED_BACK, symbol="BTC/USDT:USDT", created_at_us=CREATED_AT_US + 1)
    asked = a_record(PROTECTED)
    return [
        Change(asked, (JournalEntry(CREATED_AT_US, "intent", "asked: long 10 AVL/USDT:USDT"),)),
        Change(protected(asked), (JournalEntry(at(2.5), "transition", "verifying to protected: read back"),), looks()),
        Change(unfilled),
        Change(settled(unfilled, CREATED_AT_US + 1)),
        Change(pending),
    ]


def protected(asked: Record) -> Record:
    """The row once its entry filled 10 and its stop was read back."""
    entry = replace(
        asked.entry, sending=Sending.ACKNOWLEDGED, sends=1, first_sent_at_us=at(0.1), sent_at_us=at(0.1),
        status=OrderStatus.FILLED, filled=Decimal(10), average=Decimal("0.1251"),
    )  # fmt: skip
    stop = Order(
        Leg.STOP, 1, client_order_id("test", PROTECTED, Leg.STOP, 1), OrderSide.SELL, Decimal(10), reduce_only=True,
        trigger_price=Decimal("0.1226"), trigger_by=TriggerBy.MARK, sending=Sending.ACKNOWLEDGED, sends=1,
        first_sent_at_us=at(2.1), sent_at_us=at(2.1), status=OrderStatus.UNTRIGGERED, read_back=True,
        seen_at_us=at(2.4),
    )  # fmt: skip
    return replace(
        asked.with_order(entry).with_order(stop), version=2, state=State.PROTECTED, filled_quantity=Decimal("10"),
        entry_price=Decimal("0.1251"), stop_price=Decimal("0.1226"), exposure_us=312_000,
        proof=Proof(ProofKind.STOP_READ_BACK, at(2.4), "our stop read back: sell 10 at 0.1226"),
    )  # fmt: skip


def looks() -> tuple[Evidence, ...]:
    """Twelve looks that saw no position, one that failed, and one that saw the entry filled."""
    empty = [a_look("position_poll", n / 10, position=PositionView(Decimal(0))) for n in range(1, 13)]
    failed = a_look("trade_history", 0.7, Kind.UNKNOWN, why="HTTP 502 [gateway]")
    seen = a_look("order_status", 2.0, Kind.SEEN, orders=(filled_entry(),))
    return (*empty[:6], failed, *empty[6:], seen)


def a_look(source: str, seconds: float, kind: Kind = Kind.ABSENT, **found: object) -> Evidence:
    """One finding, answered that many seconds after the intent."""
    moment = at(seconds)
    return replace(Evidence(kind, source=source, asked_at_us=moment, answered_at_us=moment), **found)


def filled_entry() -> OrderView:
    """The protected row's entry as the exchange shows it."""
    entry: Order = a_record(PROTECTED).entry
    return OrderView(
        entry.client_order_id, "42", OrderStatus.FILLED, filled=Decimal("10"), average=Decimal("0.12510")
    )


def at(seconds: float) -> int:
    """That many seconds after the first intent."""
    return CREATED_AT_US + round(seconds * 1_000_000)
