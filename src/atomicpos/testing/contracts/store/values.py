"""Numbers to the last digit, text to the last character."""

from __future__ import annotations

import random
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.evidence import Evidence, OrderView, PositionView
from atomicpos.models import (
    Fill,
    FillKind,
    Intent,
    JournalEntry,
    Order,
    OrderSide,
    OrderStatus,
    Proof,
    ProofKind,
    Scope,
    State,
)
from atomicpos.ports import Change, Journal
from atomicpos.record import Record

from ...samples import CREATED_AT_US, LEASE_US, a_record, moved, settled

NUMBERS = (
    "1E-30", "123456789012345678901234567890.123456789", "0.10", "1E+3", "10", "0.00000001",
    "99999999999999999999999999999999999999", "1.000000000000000000000000000000000000000000000000001",
)  # fmt: skip

_SAFE_IN_AN_INDEX = 2_000


def long_text(seed: int, length: int = 10_000) -> str:
    """So many bytes of UTF-8 at least, from every plane, that no compression makes short."""
    draw, blocks = random.Random(seed), ((0x21, 0x7E), (0xC0, 0x24F), (0x4E00, 0x9FFF), (0x1F300, 0x1F5FF))
    return "".join(chr(draw.randint(*draw.choice(blocks))) for _ in range(length))


class ValueContract:
    """What is stored comes back as it was."""

    @pytest.mark.parametrize("number", NUMBERS)
    async def test_a_number_keeps_every_digit(self, journal: Journal, number: str) -> None:
        """A decimal of any scale, in every column that holds one, comes back as the same number."""
        exact = Decimal(number)
        intent = replace(a_record().intent, **_decimals(Intent, exact))
        order = replace(a_record().entry, **_decimals(Order, exact))
        record = Record("p1", intent, (order,), **_decimals(Record, exact))
        await journal.admit(Change(record, evidence=(found := _finding(exact),)), LEASE_US)
        assert await journal.load("p1") == record
        assert (await journal.history("p1")).evidence == (found,)

    async def test_text_of_ten_kilobytes_comes_back(self, journal: Journal) -> None:
        """Ten thousand characters of any script are kept in every text column that no index holds."""
        plain = a_record()
        order = replace(plain.entry, why=long_text(1), exchange_order_id=long_text(2))
        intent = replace(plain.intent, market_id=long_text(3), request_hash=long_text(4))
        record = replace(plain, intent=intent, orders=(order,), reason=long_text(5))
        line = JournalEntry(1, long_text(6), long_text(7), long_text(8), {long_text(9): long_text(10)})
        found = replace(Evidence.unknown(long_text(11)), raw=long_text(12), absent_ids=(long_text(13),))
        await journal.admit(Change(record, (line,), (found,)), LEASE_US)
        assert await journal.load("p1") == record
        history = await journal.history("p1")
        assert (history.entries, history.evidence) == ((line,), (found,))
        end = settled(record, CREATED_AT_US)
        end = replace(end, proof=Proof(ProofKind.OPERATOR, CREATED_AT_US, long_text(14)))
        await journal.commit(Change(end))
        assert await journal.load("p1") == end

    async def test_names_of_two_kilobytes_find_their_row(self, journal: Journal) -> None:
        """What rows are found by may be long as well: ids, accounts, symbols, keys, owners, sources."""
        scope = Scope(*(_name(n) for n in range(3)))
        record = a_record(_name(3), symbol=_name(4), scope=scope, idempotency_key=_name(5))
        order = replace(record.entry, client_order_id=_name(6))
        record = replace(record.with_order(order), owner=_name(7))
        found = replace(Evidence.seen("1"), source=_name(8))
        await journal.admit(Change(record, evidence=(found, found)), LEASE_US)
        assert await journal.find_key(scope, _name(5)) == record
        assert await journal.find_orders(scope, [_name(6)]) == {_name(6): _name(3)}
        assert await journal.list(symbol=_name(4)) == (record,)
        assert await journal.owners(scope) == {_name(7)}
        assert (await journal.history(_name(3))).evidence == (found,)
        await journal.commit(Change(moved(record, state=State.ORPHAN_SUSPECTED)))
        assert len(await journal.holding(scope)) == 1


def _name(seed: int) -> str:
    # an index of PostgreSQL holds at most 2704 bytes a row, all its columns together, once it has compressed them
    return (long_text(seed, 20) * 100)[:_SAFE_IN_AN_INDEX]


def _decimals(kind: Any, exact: Decimal) -> dict[str, Any]:
    names = (f.name for f in fields(kind) if "Decimal" in str(f.type))
    return dict.fromkeys(names, exact)


def _finding(exact: Decimal) -> Evidence:
    order = OrderView("a", "b", OrderStatus.OPEN, OrderSide.BUY, exact, exact, exact, True, exact)
    fill = Fill("f", OrderSide.SELL, exact, -exact, 1, FillKind.TRADE)
    position = PositionView(exact, entry_price=exact, mark_price=exact, stop_price=-exact)
    seen = replace(Evidence.seen(exact, exact), orders=(order,), fills=(fill,))
    return replace(seen, position=position, position_stop=order)
