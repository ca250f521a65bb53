"""Is anything naked? The answer from rows, as the first screen gives it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from scenes import at, filled, protected, stop

from atomicpos.dashboard.first import first_screen, health_of
from atomicpos.dashboard.rows import Cover, cover_of, doing, row
from atomicpos.models import Goal, Leg, OrderSide, OrderStatus, Refusal, Sending, State
from atomicpos.ports import Glance, Heard, Heartbeat, Held
from atomicpos.record import Record
from atomicpos.testing.samples import SCOPE, a_record, an_entry, sent, settled

HEARD = (Heard(Heartbeat(SCOPE, "elsewhere:1:1:a", 1, 0, 0), 1_000_000),)


def screen(rows: Iterable[Record], *, heard: tuple[Heard, ...] = HEARD, external: tuple[str, ...] | None = None,
           more: int = 0) -> dict[str, Any]:
    """The first screen over these rows; only those that a glance would bring are given to it."""
    held = tuple(rows)
    unsettled = tuple(r for r in held if not r.state.settled)
    states = {state: sum(r.state is state for r in held) for state in State}
    glance = Glance(
        states, tuple(Held(SCOPE, s, n, n) for s, n in states.items() if n and not s.settled),
        tuple(r for r in unsettled if r.state is not State.PROTECTED or cover_of(r) is not Cover.COVERED),
        more, heard,
    )  # fmt: skip
    return first_screen(glance, health_of(glance, at(10), frozenset()), at(10), external)


def orphan(record: Record) -> Record:
    return replace(record, state=State.ORPHAN_SUSPECTED, suspected_at_us=at(9))


@pytest.mark.parametrize(("rows", "level", "title"), [
    ([], "safe", "Nothing is naked"),
    ([protected(a_record())], "safe", "Nothing is naked"),
    ([settled(a_record(), at(1))], "safe", "Nothing is naked"),
    ([a_record()], "unknown", "Not known yet: 1 open is under way"),
    ([sent(a_record(), at(1)), protected(a_record("p2"))], "unknown", "Not known yet: 1 open is under way"),
    ([orphan(a_record())], "unknown", "1 orphan suspected"),
    ([orphan(protected(a_record()))], "unknown", "1 orphan suspected"),
    ([filled(a_record())], "naked", "1 position is naked"),
    ([orphan(filled(a_record())), filled(a_record("p2")), a_record("p3")], "naked", "2 positions are naked"),
])
def test_the_answer_in_words(rows: list[Record], level: str, title: str) -> None:
    """Naked before unknown, unknown before safe; what is not known is never called safe."""
    verdict = screen(rows)["verdict"]
    assert (verdict["level"], verdict["title"]) == (level, title)


def test_rows_that_nobody_looks_after_are_never_called_safe() -> None:
    """With no watchdog alive the rows may be old, whatever they say; with nothing open there is nothing to watch."""
    assert screen([protected(a_record())], heard=())["verdict"]["level"] == "unwatched"
    silent = (replace(HEARD[0], age_us=3_600_000_000),)
    assert screen([protected(a_record())], heard=silent)["verdict"]["level"] == "unwatched"
    assert screen([], heard=())["verdict"]["level"] == "safe"


def test_the_numbers_of_who_is_left_alone_are_those_of_all_rows() -> None:
    """Although only rows that may need a person are read one by one."""
    told = screen([protected(a_record(f"p{n}")) for n in range(3)], heard=())
    assert any("not settled: 3 protected" in text for text in told["problems"])
    assert told["verdict"]["detail"].startswith("3 positions are not looked after")


def test_naked_rows_come_first_and_say_since_when() -> None:
    """Before those of which nothing is known; with share, notional, the moment it began, and what is being done."""
    told = screen([a_record("p1"), filled(a_record("p2"), 4)])
    first, second = told["urgent"]
    assert (first["id"], first["cover"], first["share"], first["notional"]) == ("p2", "naked", "10", "1.25")
    assert first["naked_since_us"] == at(4)
    assert first["doing"] == "putting its stop up"
    assert (second["id"], second["cover"], second["naked_since_us"]) == ("p1", "unknown", None)


def test_what_nobody_drives_is_not_said_to_be_driven() -> None:
    """With no watchdog alive the library does nothing about a naked row, and the page says so twice."""
    told = screen([filled(a_record())], heard=())
    assert told["urgent"][0]["doing"].startswith("nothing, since no watchdog lives")
    assert "1 is looked after by nobody" in told["verdict"]["detail"]
    assert "1 is being protected" in screen([filled(a_record())])["verdict"]["detail"]


def test_what_is_cut_off_is_counted() -> None:
    """More rows than are read at once are a number that says "at least"."""
    told = screen([filled(a_record())], more=900)
    assert told["verdict"]["title"] == "at least 1 position is naked"
    assert told["urgent_count"] == 900


def test_what_the_account_holds_beside_the_rows_is_told_with_the_answer() -> None:
    """It is among what needs a person; None means that nobody asked, and is told as None."""
    told = screen([], external=("TURBO: the exchange shows 18000 long",))
    assert told["problems"] == ["TURBO: the exchange shows 18000 long"]
    assert "1 thing needs a person all the same" in told["verdict"]["detail"]
    assert screen([])["external"] is None


def test_the_revision_changes_with_every_move_of_an_open_row() -> None:
    """So a page knows when its rows are old."""
    before, after = a_record(), replace(filled(a_record()), version=2)
    assert screen([before])["revision"] != screen([after])["revision"]


@pytest.mark.parametrize(("made", "cover"), [
    (lambda r: r, Cover.UNKNOWN),
    (filled, Cover.NAKED),
    (protected, Cover.COVERED),
    (lambda r: settled(r, at(1)), Cover.OVER),
    (lambda r: filled(r).with_order(stop(r, 2, read_back=False)), Cover.NAKED),
    (lambda r: filled(r).with_order(stop(r, 2, quantity=Decimal(4))), Cover.NAKED),
    (lambda r: filled(r).with_order(stop(r, 2, status=OrderStatus.DEAD, updated_at_us=at(3))), Cover.NAKED),
    (lambda r: filled(r).with_order(stop(r, 2, status=OrderStatus.UNKNOWN)), Cover.NAKED),
    (lambda r: filled(r).with_order(stop(r, 2, attached=True, read_back=False)), Cover.COVERED),
])
def test_what_covers(made: Any, cover: Cover) -> None:
    """A stop that is at work over all of the share; one not read back, too small, dead or unknown covers nothing."""
    assert cover_of(made(a_record())) is cover


@pytest.mark.parametrize(("made", "said"), [
    (lambda r: r, "the entry is about to be sent; looking whether it filled"),
    (lambda r: sent(r, at(1)), "the entry was accepted; looking whether it filled"),
    (lambda r: filled(r).with_order(stop(r, 2, sending=Sending.REFUSED, refusal=Refusal.FUNDS, status=None)),
     "stop 1 was refused (funds); trying again"),
    (lambda r: filled(r).with_order(stop(r, 2)), "stop 1 was read back; confirming the position"),
    (lambda r: replace(filled(r), goal=Goal.FLAT, reason="close_position"), "closing it (close_position)"),
    (lambda r: replace(filled(r), goal=Goal.FLAT).with_order(
        replace(an_entry("x"), leg=Leg.CLOSE, order_side=OrderSide.SELL, sending=Sending.IN_FLIGHT)),
     "closing it: close 1 was sent and not answered yet"),
    (protected, "watching it"),
    (orphan, "neither protection nor flatness could be shown in time; it goes on looking"),
    (lambda r: settled(r, at(1)), ""),
])
def test_what_the_library_is_doing_is_said(made: Any, said: str) -> None:
    """One sentence from the row itself."""
    assert doing(made(a_record())) == said


def test_amounts_are_strings_of_exact_decimals() -> None:
    """As long as they are, without an exponent."""
    tiny = replace(protected(a_record()), entry_price=Decimal("0.00000001234"), filled_quantity=Decimal("1E+6"))
    told = row(tiny)
    assert (told["entry_price"], told["filled"]) == ("0.00000001234", "1000000")
    assert all(not isinstance(value, float) for value in told.values())
