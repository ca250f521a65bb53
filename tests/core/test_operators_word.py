"""An operator's word on how it ended is proof once every source was asked after it, and none shows exposure."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from stories import AT, BOUNDS, ENTRY_ID, S, absent, order, sending, slot, told

from atomicpos.evidence import Evidence, Source
from atomicpos.models import OrderStatus, PositionSide, Proof, ProofKind, Sending, State
from atomicpos.record import Record, Resolution
from atomicpos.weigh import Verdict, weigh

WORD_AT = AT + 100 * S
BEFORE, AFTER = WORD_AT - 1, WORD_AT
WORD = Resolution(State.CLOSED, "sold by hand", "ann", WORD_AT)
SUSPECTED = replace(sending(Sending.UNKNOWN), state=State.ORPHAN_SUSPECTED)
ORDERS, FILLS, SLOT = absent(Source.ORDER_STATUS, AFTER), absent(Source.TRADE_HISTORY, AFTER), slot("0", AFTER, None)
ASKED = (ORDERS, FILLS, SLOT)


def mine(found: Evidence, at_us: int, **changes: Any) -> Evidence:
    """What a user's own source found."""
    return replace(found, source="mine", asked_at_us=at_us, **changes)


def after(*found: Evidence, word: Resolution | None = WORD) -> Verdict:
    """The verdict once all that was found."""
    return weigh(replace(told(SUSPECTED, *found), resolution=word), BOUNDS, WORD_AT + S)


def proof(detail: str) -> Proof:
    """The proof that such a word is."""
    return Proof(ProofKind.OPERATOR, WORD_AT, detail)


def test_a_word_is_proof_once_every_source_was_asked() -> None:
    """It says who, why and when, and that nothing was seen; at the very moment of the word is not before it."""
    assert after(*ASKED).ended == proof("ann: sold by hand (no source showed a position)")


def test_it_names_the_sources_that_gave_no_answer() -> None:
    """One that fails or hangs holds nothing up, and is told, by name."""
    failed = [replace(Evidence.unknown("down"), source=s, asked_at_us=AFTER) for s in ("trade_history", "order_status")]
    unheard = "no answer from order_status, trade_history"
    assert after(*failed, SLOT).ended == proof(f"ann: sold by hand (no source showed a position; {unheard})")


@pytest.mark.parametrize("missing", range(3))
def test_no_source_may_be_left_out(missing: int) -> None:
    """Neither one that was never asked, nor one that was asked before the word only."""
    others = tuple(found for n, found in enumerate(ASKED) if n != missing)
    assert after(*others).ended is None
    assert after(*others, replace(ASKED[missing], asked_at_us=BEFORE)).ended is None


def test_a_source_of_the_user_is_asked_too() -> None:
    """Once it has ever answered."""
    assert after(*ASKED, mine(Evidence.absent(), BEFORE)).ended is None
    assert after(*ASKED, mine(Evidence.absent(), AFTER)).ended is not None


def test_without_a_word_there_is_nothing_to_refuse() -> None:
    """And nothing to prove."""
    verdict = after(*ASKED, word=None)
    assert (verdict.ended, verdict.resolution_refused) == (None, None)
    assert after(*ASKED).resolution_refused is None


# --- who refuses it -----------------------------------------------------------------------------------------------


def refused(*found: Evidence) -> str | None:
    """Why the word cannot stand; when it cannot, it is no proof."""
    verdict = after(*ASKED, *found)
    assert (verdict.resolution_refused is None) is (verdict.ended is not None)
    return verdict.resolution_refused


def test_a_position_that_shows_after_it_refuses_it() -> None:
    """However small; one that was seen before the word is what the word is about."""
    shows = slot("0.5", AFTER, None, PositionSide.LONG)
    assert refused(shows) == "position_poll shows 0.5 long"
    assert after(ORDERS, FILLS, replace(shows, asked_at_us=BEFORE)).resolution_refused is None


def test_a_source_of_the_user_that_sees_exposure_refuses_it() -> None:
    """After the word, at the moment of it included; what it saw before, or saw none of, does not."""
    assert refused(mine(Evidence.seen(1), AFTER)) == "mine sees a position"
    assert refused(mine(Evidence.seen(0), AFTER)) is None
    assert after(*ASKED, mine(Evidence.seen(1), BEFORE)).resolution_refused is None


def test_one_that_saw_exposure_and_cannot_say_now_refuses_nothing() -> None:
    """It was asked again and is named as silent: an error is no position."""
    verdict = after(*ASKED, mine(Evidence.seen(1), BEFORE), mine(Evidence.unknown("down"), AFTER))
    assert verdict.resolution_refused is None
    assert verdict.ended == proof("ann: sold by hand (no source showed a position; no answer from mine)")


def test_fills_and_orders_that_are_seen_are_no_position() -> None:
    """The built-in sources speak through the slot and our orders: that they found something refuses nothing."""
    seen = [replace(Evidence.seen(1), source=s, asked_at_us=AFTER) for s in ("trade_history", "order_status")]
    assert refused(*seen) is None


@pytest.mark.parametrize(("at_us", "refuses"), [(BEFORE, False), (AFTER, True)])
def test_an_order_of_ours_that_is_alive_refuses_it(at_us: int, refuses: bool) -> None:
    """Read after the word, at the moment of it included."""
    alive = order(OrderStatus.OPEN, "0", at_us)
    assert after(*ASKED, alive).resolution_refused == (f"our entry {ENTRY_ID} is alive" if refuses else None)


def test_one_that_is_dead_does_not() -> None:
    """Only a living order may still open something."""
    row: Record = told(SUSPECTED, *ASKED, order(OrderStatus.DEAD, "0", AFTER))
    assert weigh(replace(row, resolution=WORD), BOUNDS, WORD_AT).resolution_refused is None
    assert row.entry.filled == Decimal(0)
