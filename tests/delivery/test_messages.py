"""A message says what, where, how much is at risk, since when, what the library does, and how to act: word by word."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from atomicpos import conditions, externals, troubles
from atomicpos.frozen import replace
from atomicpos.letters import Course, Letter, Owed, Report, Subject, new_letter
from atomicpos.models import MICROSECONDS, Leg, Order, OrderSide, OrderStatus, Sending, State
from atomicpos.observers.delivery.advice import ADVICE
from atomicpos.observers.delivery.message import TEXT_MOST, compose
from atomicpos.observers.delivery.postman import DELIVERY_FAILED
from atomicpos.record import Record
from atomicpos.severity import WARNINGS, Severity
from atomicpos.testing.samples import CREATED_AT_US, a_record

SAID = "long AVL/USDT:USDT (position p1): neither protection nor flatness could be shown in time; filled 10"


def at(seconds: float) -> int:
    return CREATED_AT_US + round(seconds * MICROSECONDS)


def a_row(**changes: Any) -> Record:
    """Ten were bought and two of them sold, without a stop, as the row had it twenty seconds after the request."""
    known = {
        "state": State.ORPHAN_SUSPECTED, "filled_quantity": Decimal("10.0"), "closed_quantity": Decimal(2),
        "entry_price": Decimal("0.1260"), "exposure_us": 12_300_000, "updated_at_us": at(20),
    }
    return replace(a_record("p1"), **{**known, **changes})


def a_letter(condition: str = "orphan_suspected", position_id: str = "p1", text: str = SAID, **changes: Any) -> Letter:
    """It began eight seconds after the request."""
    about = Subject("bybit", "live", "default", position_id, condition)
    return replace(new_letter("a", Report(about, Course.BEGUN, at(8), "AVL/USDT:USDT", text)), **changes)


def test_money_at_risk() -> None:
    """The first word of an orphan suspected."""
    message = compose(a_row(), a_letter(), Owed.BEGUN, at(30))
    assert (message.severity, message.title) == (
        Severity.CRITICAL, "[CRITICAL] orphan suspected: AVL/USDT:USDT long"
    )
    assert message.body == f"""{SAID}

Where: bybit live, account default, AVL/USDT:USDT, long, position p1, orphan_suspected
At risk: 8 AVL, notional 1.01 USDT at the entry price 0.126
Without a stop: 22.3 s, and counting
Since: 2025-10-09 08:53:28 UTC
The library: keeps the symbol taken, goes on looking at the order, the fills and the position, and protects or closes \
what it finds.
You: 'atomicpos show p1' tells what is proven and what is not; look at the exchange yourself, and once you know that \
nothing is left: 'atomicpos resolve p1'."""


def test_it_still_stands() -> None:
    """The title says for how long; the text since when, and how often it was said again."""
    message = compose(a_row(), a_letter(repeats=499), Owed.STILL, at(908))
    assert message.title == "[CRITICAL, still after 15 min] orphan suspected: AVL/USDT:USDT long"
    assert "Since: 2025-10-09 08:53:28 UTC, still standing after 15 min; said 499 times more\n" in message.body


def test_it_is_over() -> None:
    """What became of it, how long it stood, how long the money was exposed; nobody is asked to act."""
    row = a_row(state=State.CLOSED, closed_quantity=Decimal(10))
    letter = a_letter(stands=False, over_at_us=at(68), text="position p1: orphan_suspected to closed")
    message = compose(row, letter, Owed.OVER, at(70))
    assert message.title == "[resolved] orphan suspected: AVL/USDT:USDT long"
    assert message.body == """position p1: orphan_suspected to closed

Where: bybit live, account default, AVL/USDT:USDT, long, position p1, closed
Quantity: of 10 AVL asked for, nothing is open any more
Without a stop: 12.3 s in all
Since: 2025-10-09 08:53:28 UTC, over at 2025-10-09 08:54:28 UTC, after 60 s"""


def test_nothing_is_known_to_be_filled() -> None:
    """No quantity is made up; the fill's price is not either."""
    row = a_row(filled_quantity=Decimal(0), closed_quantity=Decimal(0), entry_price=None, exposure_us=0)
    body = compose(row, a_letter(), Owed.BEGUN, at(30)).body
    assert "Quantity: of 10 AVL asked for, nothing is known to be open\n" in body
    assert "Without a stop: 0.0 s as far as is known\n" in body
    body = compose(a_row(entry_price=None), a_letter(), Owed.BEGUN, at(30)).body
    assert "At risk: 8 AVL, notional 1.00 USDT at the mark price of the request 0.125" in body


def test_a_stop_is_at_work() -> None:
    """The exposure is over, and is told as what it was."""
    stop = Order(
        Leg.STOP, 1, "apstop", OrderSide.SELL, Decimal(8), True, sending=Sending.ACKNOWLEDGED, sends=1,
        status=OrderStatus.UNTRIGGERED, read_back=True,
    )
    body = compose(a_row().with_order(stop), a_letter("foreign_stop"), Owed.BEGUN, at(30)).body
    assert "\nWithout a stop: 12.3 s; a stop is at work now\n" in body


def test_what_is_about_the_account() -> None:
    """There is no position: where, since when, and what to do."""
    said = "AVL/USDT:USDT: the exchange shows 5 long, which no row claims; it is not touched"
    message = compose(None, a_letter("external_position", "", said), Owed.BEGUN, at(9))
    assert message.title == "[CRITICAL] external position: AVL/USDT:USDT"
    assert message.body == f"""{said}

Where: bybit live, account default, AVL/USDT:USDT
Since: 2025-10-09 08:53:28 UTC
The library: does not touch it, and opens nothing on that symbol.
You: whose is it? Protect or close it at the exchange yourself; 'atomicpos positions' lists the library's own."""


def test_a_row_that_cannot_be_read() -> None:
    """The message goes out all the same, with what the letter knows."""
    body = compose(None, a_letter(), Owed.BEGUN, at(9)).body
    assert "Where: bybit live, account default, AVL/USDT:USDT, position p1\nSince: " in body
    assert "'atomicpos show p1'" in body


def test_no_secret_and_no_essay() -> None:
    """What an exchange said is cut, without its keys, and on one line."""
    text = f"close refused: {{'X-BAPI-SIGN': 'abcdef123456'}} apiKey=s3cr3tkey\n{'x' * 2000}"
    body = compose(a_row(), a_letter("close_refused", text=text), Owed.BEGUN, at(9)).body
    first = body.split("\n")[0]
    assert len(first) == TEXT_MOST
    assert "abcdef123456" not in body
    assert "s3cr3tkey" not in body


def test_a_condition_that_is_not_known_here() -> None:
    """It is taken for critical, and says at least where to look."""
    message = compose(a_row(), a_letter("brand_new"), Owed.BEGUN, at(9))
    assert message.severity is Severity.CRITICAL
    assert message.body.split("\n")[-2:] == [
        "The library: goes on.", "You: 'atomicpos show p1' tells what is proven and what is not.",
    ]


def _conditions() -> set[str]:
    named = {
        getattr(conditions, name) for name in vars(conditions)
        if name.isupper() and isinstance(getattr(conditions, name), str)
    }
    beside = {externals.EXTERNAL_POSITION, externals.FOREIGN_ORDER, externals.UNRECORDED_ORDER}
    return named | beside | {troubles.WATCHDOG_HINDERED, DELIVERY_FAILED}


def test_every_condition_has_its_advice() -> None:
    """Whatever the library alerts, it says what it does about it and what a person can do; and no more than that."""
    assert ADVICE.keys() == _conditions()
    assert _conditions() >= WARNINGS


@pytest.mark.parametrize("condition", sorted(ADVICE))
def test_every_advice_reads_as_a_sentence(condition: str) -> None:
    """It names a command where there is a position, and leaves no gap unfilled."""
    body = compose(a_row(), a_letter(condition), Owed.BEGUN, at(9)).body
    assert "{" not in body
    assert ".." not in body
    assert all(line.endswith(".") for line in body.split("\n")[-2:])
