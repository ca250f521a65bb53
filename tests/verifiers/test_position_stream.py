"""The position stream shows what it was told, keeps what every verifier promises, and never says absent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import permutations

import pytest

from atomicpos.evidence import POSITION_STREAM, Kind, OrderView, PositionView
from atomicpos.models import Fill, OrderSide, OrderStatus, PositionSide
from atomicpos.noticeboard import KEPT, SYMBOLS_KEPT, Noticeboard
from atomicpos.ports import Notice
from atomicpos.sim.clock import EPOCH_US
from atomicpos.sim.stream import notice_of
from atomicpos.testing.contracts import VerifierContract
from atomicpos.testing.contracts.verifier.source import StallingReads, VenueSource
from atomicpos.testing.fixtures.venue import BotVenue
from atomicpos.verifiers import PositionStream, Question, Verifier

AVL = "AVL/USDT:USDT"
TEN = Decimal(10)
ENTRY = "entry-id"
STOP = "stop-id"


class ToldSource(VenueSource):
    """The venue, as it tells of itself; broken, nothing is told."""

    def __init__(self, venue: BotVenue, board: Noticeboard) -> None:
        super().__init__(venue)
        self._board = board
        board.silent = None
        clock, engine = venue.clock, venue.engine
        engine.told.append(lambda happened: board.hear(notice_of(happened, engine, clock.now_us())))

    def breaks(self) -> None:
        self._board.silent = "the connection dropped"

    hangs = breaks

    def recovers(self) -> None:
        self._board.silent = None


class TestPositionStream(VerifierContract):
    """It knows what the entry filled, which stays so whatever becomes of the position."""

    sees_the_end = False

    @pytest.fixture
    def board(self) -> Noticeboard:
        return Noticeboard()

    @pytest.fixture
    def verifier(self, board: Noticeboard) -> Verifier:
        return PositionStream(board)

    @pytest.fixture
    def source(self, atomicpos_venue: BotVenue, board: Noticeboard) -> ToldSource:
        return ToldSource(atomicpos_venue, board)


@pytest.fixture
def board() -> Noticeboard:
    made = Noticeboard()
    made.silent = None
    return made


def question(*ids: str, sent_at_us: int = EPOCH_US) -> Question:
    reads = StallingReads(None, None)  # type: ignore[arg-type]  # it reads nothing
    return Question("p", AVL, PositionSide.LONG, TEN, ids or (ENTRY,), ENTRY, sent_at_us, False, False, reads)


def row(filled: int, status: OrderStatus, *, own: str = ENTRY, at: int = 1) -> OrderView:
    return OrderView(own, f"x-{own}", status, OrderSide.BUY, TEN, Decimal(filled), Decimal("0.125") if filled else None,
                     updated_at_us=EPOCH_US + at)  # fmt: skip


def fill(number: int, quantity: int, *, own: str | None = ENTRY, exchange: str = f"x-{ENTRY}") -> Fill:
    return Fill(f"f{number}", OrderSide.BUY, Decimal(quantity), Decimal("0.125"), EPOCH_US + number,
                client_order_id=own, exchange_order_id=exchange)  # fmt: skip


def told(board: Noticeboard, *, at_us: int = EPOCH_US, orders: tuple[OrderView, ...] = (),
         fills: tuple[Fill, ...] = (), position: PositionView | None = None) -> None:
    board.hear(Notice(AVL, at_us, orders, fills, position, raw="raw"))


async def test_f17_a_message_from_before_the_reply_and_before_anybody_asked_counts(board: Noticeboard) -> None:
    """The verifier is made after the message came; it is shown all the same."""
    told(board, orders=(row(10, OrderStatus.FILLED),), fills=(fill(1, 10),))
    found = await PositionStream(board).look(question())
    assert (found.kind, found.quantity, found.price) == (Kind.SEEN, TEN, Decimal("0.125"))
    assert [view.client_order_id for view in found.orders] == [ENTRY]
    assert [shown.fill_id for shown in found.fills] == ["f1"]
    assert found.raw == "raw"


async def test_f38_an_empty_slot_that_was_told_is_no_absence(board: Noticeboard) -> None:
    """Whatever it hears of an empty slot or a dead order, it never answers absent, and names no id as absent."""
    told(board, position=PositionView(Decimal(0), updated_at_us=EPOCH_US + 5))
    told(board, orders=(row(0, OrderStatus.DEAD),))
    found = await PositionStream(board).look(question())
    assert found.kind is Kind.UNKNOWN
    assert found.absent_ids == ()
    assert found.why


async def test_in_whatever_order_messages_come_the_newest_row_of_an_order_is_shown(board: Noticeboard) -> None:
    """Reordered and repeated messages change nothing of what is shown in the end."""
    rows = (row(0, OrderStatus.OPEN, at=1), row(4, OrderStatus.PARTIAL, at=2), row(10, OrderStatus.FILLED, at=2))
    for order in permutations(rows):
        one = Noticeboard()
        one.silent = None
        for view in (*order, order[0]):
            told(one, orders=(view,))
        found = await PositionStream(one).look(question())
        assert found.orders == (rows[2],)
        assert found.quantity == TEN


async def test_only_orders_that_the_question_names_are_shown(board: Noticeboard) -> None:
    """Somebody else's orders and fills stay out; a fill without our id goes by the exchange's id of our order."""
    told(board, orders=(row(3, OrderStatus.FILLED, own="theirs"), row(0, OrderStatus.OPEN, own=STOP)))
    told(board, fills=(fill(1, 3, own="theirs", exchange="x-theirs"), fill(2, 4, own=None, exchange=f"x-{STOP}")))
    told(board, fills=(fill(3, 5, own=None, exchange="x-unknown"),))
    found = await PositionStream(board).look(question(ENTRY, STOP))
    assert [view.client_order_id for view in found.orders] == [STOP]
    assert [shown.fill_id for shown in found.fills] == ["f2"]
    assert found.kind is Kind.UNKNOWN


async def test_what_was_told_before_the_entry_was_sent_is_not_about_it(board: Noticeboard) -> None:
    """The slot of an earlier position says nothing of this one."""
    told(board, at_us=EPOCH_US - 1, position=PositionView(TEN, PositionSide.LONG))
    assert (await PositionStream(board).look(question())).kind is Kind.UNKNOWN
    told(board, at_us=EPOCH_US + 1, position=PositionView(Decimal(9), PositionSide.LONG, Decimal("0.126")))
    found = await PositionStream(board).look(question())
    assert (found.kind, found.quantity, found.price) == (Kind.SEEN, Decimal(9), Decimal("0.126"))


async def test_while_nothing_is_told_it_does_not_know_and_says_why(board: Noticeboard) -> None:
    """A gap means that silence proves nothing; what was told before it is still filled in."""
    told(board, orders=(row(10, OrderStatus.FILLED),))
    board.silent = "the connection dropped"
    found = await PositionStream(board).look(question())
    assert (found.kind, found.quantity, found.why) == (Kind.UNKNOWN, None, "the connection dropped")
    assert found.orders[0].filled == TEN


def test_the_board_is_bounded_and_drops_repetitions() -> None:
    """Neither many messages of one symbol nor many symbols grow it without end; a repetition wakes nobody."""
    board = Noticeboard()
    heard: list[str] = []
    board.on_notice(heard.append)
    for number in range(KEPT + 10):
        told(board, fills=(fill(number, 1),))
        told(board, at_us=EPOCH_US + 1, fills=(fill(number, 1),))
    assert len(board.of(AVL)) == KEPT
    assert len(heard) == KEPT + 10
    for number in range(SYMBOLS_KEPT + 5):
        board.hear(Notice(f"S{number}", EPOCH_US, fills=(fill(1, 1),)))
    assert board.of(AVL) == ()
    assert sum(bool(board.of(f"S{number}")) for number in range(SYMBOLS_KEPT + 5)) == SYMBOLS_KEPT


def test_its_name_is_taken() -> None:
    """No plug-in can pass for it."""
    from atomicpos.errors import InvalidRequest
    from atomicpos.verifiers import assemble

    class Pretender:
        name = POSITION_STREAM

        async def look(self, question: Question) -> object:
            return replace(question)

    with pytest.raises(InvalidRequest, match="taken"):
        assemble([Pretender()])
