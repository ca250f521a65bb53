"""An operator's word covers what he has seen: not what is under way, what was sent since, or what is read later."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from stories import AT, BOUNDS, S, a_round, a_stop, sending, told

from atomicpos.absorb import absorb
from atomicpos.advance import advance, guards
from atomicpos.evidence import Evidence, Kind, OrderView, Source
from atomicpos.models import OrderStatus, ProofKind, Sending, State
from atomicpos.record import Record, Resolution, adopt
from atomicpos.weigh import Verdict, weigh

WORD_AT = AT + 100 * S
WORD = Resolution(State.ROLLED_BACK, "nothing is there", "ann", WORD_AT)
NOW = WORD_AT + S


def unread(**changes: Any) -> Any:
    """A separate stop of ours that no reading has shown yet."""
    never = {"status": None, "read_back": False, "seen_at_us": None, "created_at_us": None}
    return a_stop(**(never | changes))


def orphan(*stops: Any) -> Record:
    """An entry of unknown outcome and these stops; every source was asked after the word and shows nothing."""
    row = replace(sending(Sending.UNKNOWN), state=State.ORPHAN_SUSPECTED, deadline_us=AT + 41 * S, resolution=WORD)
    for stop in stops:
        row = row.with_order(stop)
    return told(row, *a_round(NOW))


def weighed(row: Record, at_us: int = NOW) -> Verdict:
    return weigh(row, BOUNDS, at_us)


def test_a_word_ends_what_was_sent_before_it() -> None:
    """An entry and a stop of unknown outcome, sent before the word and shown by nobody, are over by it."""
    ended = weighed(orphan(unread(sending=Sending.UNKNOWN))).ended
    assert ended is not None
    assert ended.kind is ProofKind.OPERATOR


@pytest.mark.parametrize("stop", [
    unread(sending=Sending.IN_FLIGHT, sent_at_us=WORD_AT - S),
    unread(sending=Sending.IN_FLIGHT, sent_at_us=WORD_AT),
    unread(sending=Sending.ACKNOWLEDGED, sent_at_us=WORD_AT),
    unread(sending=Sending.UNKNOWN, sent_at_us=WORD_AT + S // 2),
], ids=["under way before it", "under way with it", "acknowledged after it", "unknown after it"])  # fmt: skip
def test_a_word_does_not_cover_what_is_sent_since(stop: Any) -> None:
    """A stop that left together with the word stood on an empty slot of a row that was over (the machine of rules)."""
    assert weighed(orphan(stop)).ended is None


def test_what_the_exchange_refused_since_is_in_nobodys_way() -> None:
    """It never was there."""
    assert weighed(orphan(unread(sending=Sending.REFUSED, sent_at_us=WORD_AT))).ended is not None


def test_a_word_waits_for_the_last_requests_of_a_predecessor() -> None:
    """What another process sent before the row was taken may arrive for six seconds, whatever an operator says."""
    row = replace(adopt(orphan(), WORD_AT), resolution=WORD)
    row = told(row, *a_round(NOW))
    assert weighed(row, NOW).ended is None
    assert weighed(row, WORD_AT + BOUNDS.last_word_us - 1).ended is None
    assert weighed(row, WORD_AT + BOUNDS.last_word_us).ended is not None


def test_what_lives_after_all_reopens_it() -> None:
    """An order that was over by a word alone, and is read as alive later, is late evidence as any other."""
    row = orphan(unread(sending=Sending.UNKNOWN))
    over, _, _ = advance(row, weighed(row), BOUNDS)
    assert over.state is State.ROLLED_BACK
    assert over.open_orders == 0
    stop = next(order for order in over.orders if order.trigger_price is not None)
    view = OrderView(
        stop.client_order_id, "x9", OrderStatus.UNTRIGGERED, stop.order_side, stop.quantity, stop.filled,
        reduce_only=True, trigger_price=stop.trigger_price, trigger_by=stop.trigger_by,
    )
    seen = Evidence(Kind.SEEN, source=Source.ORDER_STATUS, asked_at_us=NOW + 5 * S, orders=(view,))
    late = absorb(over, seen, BOUNDS)
    verdict = weighed(late, NOW + 5 * S)
    assert guards(late, verdict)["late_evidence"]
    reopened, _, _ = advance(late, verdict, BOUNDS)
    assert reopened.state is State.ORPHAN_SUSPECTED
