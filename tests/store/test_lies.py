"""The database itself refuses every lie, SQLite and PostgreSQL alike, and takes every truth."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from enum import StrEnum

import pytest
from raw import Raw, broken
from sqlalchemy.exc import IntegrityError

from atomicpos.models import OrderStatus, ProofKind, Refusal, Sending
from atomicpos.ports import Change
from atomicpos.store import open_journal
from atomicpos.store.tables import orders, positions
from atomicpos.testing.samples import CREATED_AT_US, LEASE_US, StillClock, a_record, sent

END = "state = 'rolled_back', holds_slot = false, open_orders = 0, settled_at_us = 2, last_send_at_us = 10"
PROVEN = "proof_kind = 'dead_unfilled', proof_at_us = 10, proof_detail = ''"


@pytest.fixture
def one(raw: Raw) -> Raw:
    """A database with one row ``p1``, leased to an owner, reached past the library."""
    asyncio.run(_store_one(raw.url))
    return raw


async def _store_one(url: str) -> None:
    journal = await open_journal(url, StillClock(), rng=random.Random(1))
    record = replace(sent(a_record(idempotency_key="k"), CREATED_AT_US), owner="me", fence=1)
    await journal.admit(Change(record), LEASE_US)
    await journal.close()


def _set(changes: str) -> str:
    """The list of an UPDATE; of two that set one column the later stands."""
    return ", ".join(" = ".join(pair) for pair in dict(one.split(" = ") for one in changes.split(", ")).items())


def _copy(table: str, changes: dict[str, str]) -> str:
    columns = [column.name for column in (positions if table == "positions" else orders).c]
    values = ", ".join(changes.get(name, name) for name in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table}"


LIES = {
    "settled without a proof": (f"{END}, proof_kind = NULL, proof_at_us = 10", "ck_positions_settled_proven"),
    "proof without a time": (f"{END}, proof_kind = 'dead_unfilled', proof_at_us = NULL", "ck_positions_settled_proven"),
    "not_sent without a time": (f"{END}, proof_kind = 'not_sent', proof_at_us = NULL", "ck_positions_settled_proven"),
    "neither": (f"{END}, proof_kind = NULL, proof_at_us = NULL", "ck_positions_settled_proven"),
    "settled without its time": (f"{END}, {PROVEN}, settled_at_us = NULL", "ck_positions_settled_at"),
    "a living row with a time of its end": ("settled_at_us = 2", "ck_positions_settled_at"),
    "an open order": (f"{END}, {PROVEN}, open_orders = 1", "ck_positions_settled_proven"),
    "an unknown number of open orders": (f"{END}, {PROVEN}, open_orders = NULL", "open_orders"),
    "fewer than no open orders": ("open_orders = -1", "ck_positions_open_orders"),
    "a proof older than the last send": (f"{END}, {PROVEN}, proof_at_us = 9", "ck_positions_settled_proven"),
    "an end proven by a stop": (f"{END}, {PROVEN}, proof_kind = 'stop_read_back'", "ck_positions_settled_proven"),
    "an end that holds its slot": (f"{END}, {PROVEN}, holds_slot = true", "ck_positions_holds_slot"),
    "an end with an unknown slot": (f"{END}, {PROVEN}, holds_slot = NULL", "holds_slot"),
    "a living row without its slot": ("holds_slot = false", "ck_positions_holds_slot"),
    "a state from nowhere": ("state = 'open'", "ck_positions_state"),
    "no state": ("state = NULL", "state"),
    "a side of an order": ("side = 'buy'", "ck_positions_side"),
    "an upper-case side": ("side = 'LONG'", "ck_positions_side"),
    "no side": ("side = NULL", "side"),
    "a position mode from nowhere": ("position_mode = 'both'", "ck_positions_position_mode"),
    "no position mode": ("position_mode = NULL", "position_mode"),
    "a goal from nowhere": ("goal = 'hope'", "ck_positions_goal"),
    "no goal": ("goal = NULL", "goal"),
    "a proof from nowhere": ("proof_kind = 'trust'", "ck_positions_proof_kind"),
    "no quantity": ("quantity = NULL", "quantity"),
    "a quantity of zero": ("quantity = '0.000'", "ck_positions_quantity"),
    "a negative quantity": ("quantity = '-1'", "ck_positions_quantity"),
    "a quantity that is no number": ("quantity = 'NaN'", "ck_positions_quantity"),
    "an entry price of zero": ("entry_price = '0.0'", "ck_positions_entry_price"),
    "a stop price of zero": ("stop_price = '0'", "ck_positions_stop_price"),
    "a margin mode from nowhere": ("margin_mode = 'portfolio'", "ck_positions_margin_mode"),
    "an upper-case margin mode": ("margin_mode = 'CROSS'", "ck_positions_margin_mode"),
    "an unknown word on the margin mode": ("margin_mode_confirmed = NULL", "margin_mode_confirmed"),
    "a rule of two kinds": ("rule_percent = '2', rule_price = '0.1225'", "ck_positions_rule"),
    "a rule at zero": ("rule_price = '0.00'", "ck_positions_rule_price"),
    "a rule below zero": ("rule_price = '-0.1'", "ck_positions_rule_price"),
    "a move of two kinds": ("moving_percent = '2', moving_price = '0.1225'", "ck_positions_moving"),
    "a move to zero": ("moving_price = '0'", "ck_positions_moving_price"),
    "a move to what is no number": ("moving_price = 'NaN'", "ck_positions_moving_price"),
    "less than no parts asked": ("parts_asked = '-0.001'", "ck_positions_parts_asked"),
    "unknown parts asked": ("parts_asked = NULL", "parts_asked"),
    "a version before the first": ("version = 0", "ck_positions_version"),
    "a quantity without an end": ("quantity = 'Infinity'", "ck_positions_quantity"),
    "a price without an end": ("stop_price = 'Infinity'", "ck_positions_stop_price"),
    "a lease without an owner": ("owner = NULL, lease_until_us = 5", "ck_positions_lease"),
    "an owner who leaves its lease behind": ("owner = NULL", "ck_positions_lease"),
    "a fence below the first": ("fence = -1", "ck_positions_fence"),
    "no fence": ("fence = NULL", "fence"),
    "a row of no account": ("account = NULL", "account"),
}
"""What is written past the library, and the constraint or column that must refuse it."""


@pytest.mark.parametrize(("lie", "constraint"), LIES.values(), ids=LIES.keys())
def test_the_database_refuses_the_lie(one: Raw, lie: str, constraint: str) -> None:
    """Whatever the program believes, a row without its proof or with a word from nowhere is not stored (I2)."""
    with pytest.raises(IntegrityError) as refused:
        one.execute(f"UPDATE positions SET {_set(lie)} WHERE id = 'p1'")
    assert broken(refused.value) == constraint


@pytest.mark.parametrize("lie", ["NaN", "Infinity"])
def test_postgresql_refuses_parts_that_are_no_number(postgres_url: str, lie: str) -> None:
    """PostgreSQL, whose numbers may be endless or none at all, takes neither for what was asked to be closed."""
    asyncio.run(_store_one(postgres_url))
    with pytest.raises(IntegrityError) as refused:
        Raw(postgres_url).execute(f"UPDATE positions SET parts_asked = '{lie}'")
    assert broken(refused.value) == "ck_positions_parts_asked"


@pytest.mark.parametrize("kind", [kind for kind in ProofKind if kind is not ProofKind.STOP_READ_BACK])
def test_the_database_takes_a_proven_end(one: Raw, kind: ProofKind) -> None:
    """The same update with its proof is taken: the rules refuse the lie and not the ending."""
    one.execute(f"UPDATE positions SET {_set(f'{END}, {PROVEN}')}, owner = NULL, lease_until_us = NULL")
    one.execute(f"UPDATE positions SET proof_kind = '{kind}'")
    assert one.execute("SELECT state, proof_kind FROM positions") == [("rolled_back", kind.value)]


def test_the_database_refuses_a_second_row_on_a_slot(one: Raw) -> None:
    """Two rows never hold one slot, whoever writes them; a second symbol is free (I7)."""
    with pytest.raises(IntegrityError) as refused:
        one.execute(_copy("positions", {"id": "'p2'", "idempotency_key": "NULL"}))
    assert broken(refused.value) in ("uq_positions_slot_long", "positions.symbol")
    one.execute(_copy("positions", {"id": "'p2'", "idempotency_key": "NULL", "symbol": "'B'"}))


@pytest.mark.parametrize(("first", "second", "taken"), [
    ("hedge long", "hedge short", False), ("hedge short", "hedge long", False), ("hedge long", "hedge long", True),
    ("hedge short", "hedge short", True), ("one_way long", "hedge short", True), ("one_way short", "hedge long", True),
    ("hedge long", "one_way short", True), ("hedge short", "one_way long", True),
    ("one_way long", "one_way short", True),
])  # fmt: skip
def test_a_slot_is_a_side_in_hedge_mode_and_both_in_one_way_mode(
    one: Raw, first: str, second: str, taken: bool
) -> None:
    """Whoever writes them: a long and a short stand side by side in hedge mode only, and the modes never do (I7)."""
    (mode, side), (other_mode, other_side) = first.split(), second.split()
    one.execute(f"UPDATE positions SET position_mode = '{mode}', side = '{side}'")
    changes = {"position_mode": f"'{other_mode}'", "side": f"'{other_side}'", "idempotency_key": "NULL", "id": "'p2'"}
    if not taken:
        one.execute(_copy("positions", changes))
        return
    with pytest.raises(IntegrityError) as refused:
        one.execute(_copy("positions", changes))
    assert broken(refused.value).startswith(("uq_positions_slot_", "positions.symbol"))


def test_the_database_refuses_a_second_row_with_a_key(one: Raw) -> None:
    """A key names one row in its scope; rows without a key do not meet."""
    with pytest.raises(IntegrityError) as refused:
        one.execute(_copy("positions", {"id": "'p2'", "symbol": "'B'"}))
    assert broken(refused.value) in ("uq_positions_key", "positions.idempotency_key")
    one.execute(_copy("positions", {"id": "'p2'", "symbol": "'B'", "account": "'other'"}))


@pytest.mark.parametrize("column", ["exchange", "environment", "account", "symbol"])
def test_no_part_of_the_slot_may_be_missing(one: Raw, column: str) -> None:
    """A NULL would make every row of the slot distinct, so none is taken."""
    with pytest.raises(IntegrityError) as refused:
        one.execute(f"UPDATE positions SET {column} = NULL")
    assert broken(refused.value) == column


def test_a_row_without_an_owner_has_no_lease(one: Raw) -> None:
    """Given back, a row has neither; leased, it has both, and its fence may be any from zero on."""
    one.execute("UPDATE positions SET owner = NULL, lease_until_us = NULL, fence = 0")
    one.execute("UPDATE positions SET owner = 'you', lease_until_us = 5, fence = 9000000000000000000")
    assert one.execute("SELECT owner, fence FROM positions") == [("you", 9_000_000_000_000_000_000)]


def test_a_row_that_is_reopened_may_be_without_its_slot(one: Raw) -> None:
    """Once it was suspected, a living row may find its slot taken by another; one that never was holds its own."""
    one.execute("UPDATE positions SET state = 'orphan_suspected', suspected_at_us = 5, holds_slot = false")
    with pytest.raises(IntegrityError) as refused:
        one.execute("UPDATE positions SET suspected_at_us = NULL")
    assert broken(refused.value) == "ck_positions_holds_slot"


ORDER_LIES = {
    "a leg from nowhere": ("leg = 'hedge'", "ck_orders_leg"),
    "a side of a position": ("order_side = 'long'", "ck_orders_order_side"),
    "a sending from nowhere": ("sending = 'maybe'", "ck_orders_sending"),
    "a status of another vocabulary": ("status = 'closed'", "ck_orders_status"),
    "a trigger type from nowhere": ("trigger_by = 'bid'", "ck_orders_trigger_by"),
    "a refusal from nowhere": ("refusal = 'mood'", "ck_orders_refusal"),
    "a quantity of zero": ("quantity = '0'", "ck_orders_quantity"),
    "a worst price of zero": ("limit_price = '0.0'", "ck_orders_limit_price"),
    "a worst price below zero": ("limit_price = '-1'", "ck_orders_limit_price"),
    "a worst price that is no number": ("limit_price = 'NaN'", "ck_orders_limit_price"),
    "attached or not": ("attached = NULL", "attached"),
    "no client order id": ("client_order_id = NULL", "client_order_id"),
    "a worst price without an end": ("limit_price = 'Infinity'", "ck_orders_limit_price"),
    "an order of no position": ("position_id = 'nobody'", "orders_position_id_fkey|FOREIGN KEY"),
}
"""What is written past the library about an order, and the constraint that must refuse it."""


@pytest.mark.parametrize(("lie", "constraint"), ORDER_LIES.values(), ids=ORDER_LIES.keys())
def test_the_database_refuses_the_lie_about_an_order(one: Raw, lie: str, constraint: str) -> None:
    """An order's words are from the lists, its quantity and worst price are above zero, its position is there."""
    with pytest.raises(IntegrityError) as refused:
        one.execute(f"UPDATE orders SET {lie}")
    assert any(name in broken(refused.value) for name in constraint.split("|"))


@pytest.mark.parametrize(("column", "words"), [("refusal", Refusal), ("sending", Sending), ("status", OrderStatus)])
def test_the_database_takes_every_word_of_an_order(one: Raw, column: str, words: type[StrEnum]) -> None:
    """Each word the library has for an order is one that the database of a released revision can hold."""
    for word in words:
        one.execute(f"UPDATE orders SET {column} = '{word}'")
        assert one.execute(f"SELECT {column} FROM orders") == [(word.value,)]


def test_the_database_takes_a_moved_rule_and_a_margin_mode(one: Raw) -> None:
    """One of percent and price, and either margin mode, are taken: the rules refuse the lies only."""
    for change in ("rule_percent = '2'", "moving_price = '0.1'", "margin_mode = 'cross'", "margin_mode = 'isolated'"):
        one.execute(f"UPDATE positions SET {change}")
    assert one.execute("SELECT margin_mode FROM positions") == [("isolated",)]


def test_the_database_refuses_a_second_order_with_an_id(one: Raw) -> None:
    """A client order id names one order, whoever writes it."""
    with pytest.raises(IntegrityError) as refused:
        one.execute(_copy("orders", {"attempt": "2"}))
    assert broken(refused.value) in ("uq_orders_client_order_id", "orders.client_order_id")
