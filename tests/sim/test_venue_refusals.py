"""What the engine refuses, and that a refusal changes nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from atomicpos.models import OrderSide, OrderStatus
from atomicpos.sim.venue import PlaceRequest, RefusalReason, Refused, Venue

AVL = "AVL/USDT:USDT"
BTC = "BTC/USDT:USDT"
BUY, SELL = OrderSide.BUY, OrderSide.SELL


@pytest.fixture
def venue() -> Venue:
    return Venue(lambda: 1_000_000)


def order(side: OrderSide, quantity: str, symbol: str = AVL, **rest: object) -> PlaceRequest:
    return PlaceRequest(symbol, rest.pop("cid", None), side, Decimal(quantity), **rest)  # type: ignore[arg-type]


def reason(venue: Venue, request: PlaceRequest) -> RefusalReason:
    before = venue.truth(AVL), venue.orders_as_of(AVL, venue.now_us())
    with pytest.raises(Refused) as caught:
        venue.place(request)
    assert before == (venue.truth(AVL), venue.orders_as_of(AVL, venue.now_us()))
    return caught.value.reason


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (order(BUY, "0"), RefusalReason.QUANTITY),
        (order(BUY, "-1"), RefusalReason.QUANTITY),
        (order(BUY, "NaN"), RefusalReason.QUANTITY),
        (order(BUY, "1.5"), RefusalReason.QUANTITY),
        (order(BUY, "200001"), RefusalReason.QUANTITY),
        (order(BUY, "1", "XDC/USDT:USDT"), RefusalReason.QUANTITY),
        (order(BUY, "1", "DOGE/USDT:USDT"), RefusalReason.NOTIONAL),
        (order(BUY, "1", "AVL/USDT"), RefusalReason.UNKNOWN_SYMBOL),
        (order(SELL, "10", reduce_only=True), RefusalReason.NO_POSITION),
        (order(SELL, "10", reduce_only=True, trigger_price=Decimal("1.3")), RefusalReason.NO_POSITION),
        (order(SELL, "10", trigger_price=Decimal("0")), RefusalReason.PRICE),
        (order(SELL, "10", trigger_price=Decimal("1.30005")), RefusalReason.PRICE),
    ],
)
def test_what_cannot_be_is_refused(venue: Venue, request_: PlaceRequest, expected: RefusalReason) -> None:
    """Each impossible order is refused for its own reason, and leaves no trace."""
    assert reason(venue, request_) is expected


@pytest.mark.parametrize("trigger", ["1.3580", "1.4"])
def test_a_stop_beyond_its_trigger_is_refused(venue: Venue, trigger: str) -> None:
    """A sell stop at or above the mark would fire at once and is refused."""
    venue.place(order(BUY, "10"))
    stop = order(SELL, "10", reduce_only=True, trigger_price=Decimal(trigger))
    assert reason(venue, stop) is RefusalReason.WOULD_TRIGGER


def test_reduce_only_on_the_enlarging_side_is_refused(venue: Venue) -> None:
    """A reduce-only buy on a long has nothing to reduce."""
    venue.place(order(BUY, "10"))
    assert reason(venue, order(BUY, "10", reduce_only=True)) is RefusalReason.NO_POSITION


def test_a_reduce_only_close_larger_than_the_position_is_cut(venue: Venue) -> None:
    """A close of too much closes what there is, and says so."""
    venue.place(order(BUY, "10"))
    closed = venue.place(order(SELL, "25", reduce_only=True))
    assert (closed.quantity, closed.filled, closed.status) == (10, 10, OrderStatus.FILLED)
    assert venue.truth(AVL).quantity == 0


def test_a_client_order_id_is_taken_for_ever(venue: Venue) -> None:
    """An id that was accepted once is refused on every symbol, even when its order is long dead."""
    venue.place(order(BUY, "10", cid="once"), fill=False)
    assert reason(venue, order(BUY, "10", cid="once")) is RefusalReason.DUPLICATE_ID
    assert reason(venue, order(BUY, "0.01", BTC, cid="once")) is RefusalReason.DUPLICATE_ID


def test_a_refused_id_is_not_taken(venue: Venue) -> None:
    """A refusal does not use the id up."""
    reason(venue, order(BUY, "0.5", cid="again"))
    assert venue.place(order(BUY, "10", cid="again")).status is OrderStatus.FILLED


def test_a_cancel_of_what_is_not_open_is_refused(venue: Venue) -> None:
    """Filled, cancelled and unknown orders cannot be cancelled."""
    filled = venue.place(order(BUY, "10", cid="filled"))
    venue.place(order(SELL, "10", cid="stop", reduce_only=True, trigger_price=Decimal("1.3")))
    assert venue.cancel(AVL, client_order_id="stop").status is OrderStatus.DEAD
    for ids in ({"client_order_id": "stop"}, {"order_id": filled.order_id}, {"client_order_id": "none"}, {}):
        with pytest.raises(Refused) as caught:
            venue.cancel(AVL, **ids)
        assert caught.value.reason is RefusalReason.UNKNOWN_ORDER


def test_a_venue_may_accept_stops_without_a_position() -> None:
    """With stop_when_flat="accept" a reduce-only stop is taken first and covers the entry from its first moment."""
    venue = Venue(lambda: 1_000_000, stop_when_flat="accept")
    venue.place(order(SELL, "10", reduce_only=True, trigger_price=Decimal("1.3")))
    venue.place(order(BUY, "10"))
    assert venue.truth(AVL).stop_quantity == 10


def test_an_unknown_choice_is_named() -> None:
    """A wrong stop_when_flat is refused with the value and what is allowed."""
    with pytest.raises(ValueError, match=r"'maybe'.*'refuse' or 'accept'"):
        Venue(lambda: 0, stop_when_flat="maybe")


@pytest.mark.parametrize(
    ("leverage", "expected"),
    [("0", RefusalReason.LEVERAGE), ("26", RefusalReason.LEVERAGE), ("10", RefusalReason.LEVERAGE_UNCHANGED)],
)
def test_leverage_out_of_range_or_unchanged_is_refused(venue: Venue, leverage: str, expected: RefusalReason) -> None:
    """Leverage must lie in the market's range and differ from what it is."""
    with pytest.raises(Refused) as caught:
        venue.set_leverage(AVL, Decimal(leverage))
    assert caught.value.reason is expected
