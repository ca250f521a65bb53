"""Evidence says what the source said and nothing else: what was not said is None, and no zero, no flag, no text."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields
from decimal import Decimal

import pytest

from atomicpos.evidence import BUILT_IN, Evidence, Kind, OrderView, PositionView, Source

EMPTY = {
    "why": "", "source": "", "raw": "", "asked_at_us": 0, "answered_at_us": 0, "orders": (), "absent_ids": (),
    "fills": (),
}
"""What of evidence is not None when nobody said it: texts, stamps that the asker sets, and lists."""
OPTIONAL = [
    (kind, field) for kind in (OrderView, PositionView, Evidence) for field in fields(kind)
    if field.default is not MISSING
]


@pytest.mark.parametrize(("kind", "field"), OPTIONAL, ids=lambda value: getattr(value, "name", None))
def test_what_was_not_said_is_unknown(kind: type, field: Field[object]) -> None:
    """A field that the exchange did not give is None: a zero, a False or a side would be a statement (I1)."""
    expected = EMPTY.get(field.name) if kind is Evidence else None
    assert field.default == expected
    assert type(field.default) is type(expected)


def test_every_field_may_be_left_out_but_those_that_make_it_a_finding() -> None:
    """Ids and a status make an order, a quantity a position, a kind evidence."""
    needed = [[f.name for f in fields(kind) if f.default is MISSING] for kind in (OrderView, PositionView, Evidence)]
    assert needed == [["client_order_id", "exchange_order_id", "status"], ["quantity"], ["kind"]]


def test_seen_keeps_quantity_and_price_to_the_digit() -> None:
    """Numbers given as text, whole numbers or Decimals are the same Decimals; a price that is not known is None."""
    assert Evidence.seen("1.50", "0.1250") == Evidence(Kind.SEEN, Decimal("1.50"), Decimal("0.1250"))
    assert str(Evidence.seen("1.50", "0.1250").quantity) == "1.50"
    assert Evidence.seen(2, 3) == Evidence(Kind.SEEN, Decimal(2), Decimal(3))
    assert Evidence.seen(Decimal(1)) == Evidence(Kind.SEEN, Decimal(1), None)
    assert isinstance(Evidence.seen(2, 3).price, Decimal)


def test_absent_and_unknown_are_two_things() -> None:
    """An empty answer is absent, an error is unknown and keeps its reason (I1)."""
    assert Evidence.absent() == Evidence(Kind.ABSENT)
    assert Evidence.unknown("timed out") == Evidence(Kind.UNKNOWN, why="timed out")


def test_the_words_are_those_that_are_stored() -> None:
    """Kinds and sources are columns of the evidence table: a word that changed would orphan what is stored."""
    assert [kind.value for kind in Kind] == ["seen", "absent", "unknown"]
    assert [source.value for source in Source] == ["order_status", "trade_history", "position_poll"]
    assert frozenset({"order_status", "trade_history", "position_poll"}) == BUILT_IN
