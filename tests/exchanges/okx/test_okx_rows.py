"""Rows of OKX as the library's words: exact, and refused where they cannot be understood."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atomicpos.errors import InvalidRequest
from atomicpos.exchanges.okx import parse
from atomicpos.exchanges.okx.contracts import contract_size, to_contracts
from atomicpos.exchanges.okx.instruments import instrument
from atomicpos.exchanges.okx.outcomes import PLAIN_IDS, of_order
from atomicpos.exchanges.okx.replies import one, page, read_code, rows
from atomicpos.exchanges.refusals import Operation
from atomicpos.exchanges.transport import Exchanged
from atomicpos.models import FillKind, MarginMode, OrderSide, OrderStatus, PositionMode, PositionSide, TriggerBy
from atomicpos.ports import OutcomeKind, ReadFailed, WrongPositionMode
from atomicpos.sim.wire.okx.contracts import CONTRACTS

TEN = Decimal(10)
ORDER: dict[str, Any] = {
    "instId": "AVL-USDT-SWAP", "ordId": "11", "clOrdId": "apentry", "algoId": "", "algoClOrdId": "", "side": "buy",
    "posSide": "net", "sz": "1.5", "accFillSz": "0.5", "avgPx": "0.00002480", "px": "", "state": "partially_filled",
    "reduceOnly": "false", "cTime": "1700000000123", "uTime": "1700000000456",
}  # fmt: skip
ALGO: dict[str, Any] = {
    "instId": "AVL-USDT-SWAP", "algoId": "21", "algoClOrdId": "apstop", "clOrdId": "", "side": "sell", "posSide": "net",
    "sz": "1.5", "state": "live", "slTriggerPx": "0.00002400", "slTriggerPxType": "mark", "reduceOnly": "true",
    "ordId": "", "ordIdList": [], "cTime": "1700000000123", "uTime": "1700000000123",
}  # fmt: skip
FILL: dict[str, Any] = {
    "instId": "AVL-USDT-SWAP", "ordId": "11", "clOrdId": "apentry", "tradeId": "31", "billId": "41", "side": "buy",
    "posSide": "net", "fillPx": "0.00002480", "fillSz": "0.3", "subType": "1", "fillTime": "1700000000123", "ts": "1",
}  # fmt: skip
POSITION: dict[str, Any] = {
    "instId": "AVL-USDT-SWAP", "mgnMode": "cross", "posSide": "net", "pos": "-1.5", "avgPx": "0.00002480",
    "markPx": "0.00002500", "liqPx": "", "lever": "5", "uTime": "1700000000123",
}  # fmt: skip


def test_a_plain_order_in_the_base_asset() -> None:
    """Contracts of ten; what the exchange writes as text is read as text; the average is not the limit."""
    view = parse.order_view(ORDER, TEN, None)
    assert (view.client_order_id, view.exchange_order_id, view.status) == ("apentry", "11", OrderStatus.PARTIAL)
    assert (view.quantity, view.filled, view.average) == (15, 5, Decimal("0.00002480"))
    assert (view.reduce_only, view.order_side, view.updated_at_us) == (False, OrderSide.BUY, 1700000000456000)


@pytest.mark.parametrize(("state", "filled", "status"), [
    ("live", "0", OrderStatus.OPEN), ("canceled", "0.5", OrderStatus.DEAD), ("mmp_canceled", "0", OrderStatus.DEAD),
    ("filled", "1.5", OrderStatus.FILLED), ("filled", "1.4", OrderStatus.UNKNOWN), ("filled", "", OrderStatus.UNKNOWN),
    ("closed", "1.5", OrderStatus.UNKNOWN), ("", "0", OrderStatus.UNKNOWN), (None, "0", OrderStatus.UNKNOWN),
    (["live"], "0", OrderStatus.UNKNOWN),
])  # fmt: skip
def test_f02_f03_a_state_is_one_of_the_documented_words(state: Any, filled: str, status: OrderStatus) -> None:
    """Dead by its own word only, filled only where the fills cover the order."""
    assert parse.order_view({**ORDER, "state": state, "accFillSz": filled}, TEN, None).status is status


def test_a_stop_that_waits() -> None:
    """Known by our id, with its trigger, its type and its size."""
    view = parse.algo_view(ALGO, TEN, None)
    assert (view.client_order_id, view.exchange_order_id, view.status) == ("apstop", "21", OrderStatus.UNTRIGGERED)
    assert (view.trigger_price, view.trigger_by, view.quantity) == (Decimal("0.000024"), TriggerBy.MARK, 15)
    assert (view.reduce_only, view.filled) == (True, 0)


@pytest.mark.parametrize(("state", "filled", "status"), [
    ("filled", "1.5", OrderStatus.FILLED), ("canceled", "0.2", OrderStatus.DEAD),
    ("live", "0", OrderStatus.TRIGGERED), ("partially_filled", "0.5", OrderStatus.PARTIAL),
])  # fmt: skip
def test_a_stop_that_has_fired_is_what_it_became(state: str, filled: str, status: OrderStatus) -> None:
    """The plain order's state, fills and id: by that id its fills are known."""
    row = {**ORDER, "ordId": "12", "clOrdId": "", "side": "sell", "state": state, "accFillSz": filled}
    fired = {**ALGO, "state": "effective", "ordIdList": ["12"]}
    assert parse.children(fired) == ("12",)
    view = parse.algo_view(fired, TEN, None, [parse.order_view(row, TEN, None)])
    assert (view.client_order_id, view.exchange_order_id, view.status) == ("apstop", "12", status)
    assert view.filled == Decimal(filled) * 10


@pytest.mark.parametrize(("state", "status"), [
    ("effective", OrderStatus.TRIGGERED), ("canceled", OrderStatus.DEAD), ("order_failed", OrderStatus.DEAD),
    ("pause", OrderStatus.UNTRIGGERED), ("new", OrderStatus.UNKNOWN), (None, OrderStatus.UNKNOWN),
])  # fmt: skip
def test_a_stop_without_an_order_of_its_own(state: str | None, status: OrderStatus) -> None:
    """It fires, dies or waits by its own word; any other says nothing."""
    assert parse.algo_view({**ALGO, "state": state}, TEN, None).status is status


@pytest.mark.parametrize(("sub_type", "kind"), [
    ("1", FillKind.TRADE), ("6", FillKind.TRADE), ("325", FillKind.TRADE), ("103", FillKind.LIQUIDATION),
    ("107", FillKind.LIQUIDATION), ("128", FillKind.ADL), ("113", FillKind.SETTLEMENT),
])  # fmt: skip
def test_a_fill_says_what_it_was(sub_type: str, kind: FillKind) -> None:
    """By its transaction type, which is documented; quantity and price to the last digit."""
    fill = parse.fill({**FILL, "subType": sub_type}, Decimal(1_000_000))
    assert (fill.kind, fill.quantity, fill.price) == (kind, 300_000, Decimal("0.00002480"))
    assert (fill.fill_id, fill.time_us) == ("11/31", 1700000000123000)


@pytest.mark.parametrize("changes", [
    {"subType": "999"}, {"subType": None}, {"side": ""}, {"tradeId": ""}, {"fillTime": "", "ts": ""},
    {"fillSz": "0"}, {"fillPx": ""}, {"fillSz": "NaN"}, {"fillTime": "yesterday"},
])  # fmt: skip
def test_a_fill_that_cannot_be_understood_is_no_fill(changes: dict[str, Any]) -> None:
    """It fails the reading: leaving it out would be a guess about money."""
    with pytest.raises(ReadFailed):
        parse.fill({**FILL, **changes}, TEN)


@pytest.mark.parametrize(("changes", "side", "quantity"), [
    ({}, PositionSide.SHORT, 15), ({"pos": "1.5"}, PositionSide.LONG, 15), ({"pos": "0"}, None, 0),
    ({"pos": ""}, None, 0),
])  # fmt: skip
def test_in_net_mode_the_sign_is_the_side(changes: dict[str, Any], side: PositionSide | None, quantity: int) -> None:
    """And nothing held has no side."""
    view = parse.position_view({**POSITION, **changes}, TEN, None)
    assert (view.side, view.quantity, view.margin_mode, view.leverage) == (side, quantity, MarginMode.CROSS, 5)


@pytest.mark.parametrize("changes", [
    {"posSide": "long", "pos": "-1"}, {"posSide": "both"}, {"posSide": ""}, {"pos": "many"}, {"uTime": "now"},
])  # fmt: skip
def test_a_position_that_cannot_be_understood_fails_the_reading(changes: dict[str, Any]) -> None:
    """Never flat, never a guess."""
    with pytest.raises(ReadFailed):
        parse.side_view({**POSITION, **changes}, TEN)


def test_each_position_mode_sees_only_its_own_rows() -> None:
    """A row of hedge mode is an error in one-way mode and the other way round; the other side's is not ours."""
    long = {**POSITION, "posSide": "long", "pos": "1.5"}
    assert parse.position_view(long, TEN, PositionSide.LONG).side is PositionSide.LONG
    assert not parse.is_of_side(long, PositionSide.SHORT)
    with pytest.raises(WrongPositionMode):
        parse.position_view(long, TEN, None)
    with pytest.raises(WrongPositionMode):
        parse.position_view(POSITION, TEN, PositionSide.LONG)


@pytest.mark.parametrize(("side", "only_reduces"), [("sell", True), ("buy", False)])
def test_through_a_side_what_closes_it_can_only_reduce(side: str, only_reduces: bool) -> None:
    """The flag does not apply there, whatever it says."""
    row = {**ALGO, "posSide": "long", "side": side, "reduceOnly": "false"}
    assert parse.algo_view(row, TEN, PositionSide.LONG).reduce_only is only_reduces


def test_the_position_mode_is_one_of_two_words() -> None:
    """Anything else fails."""
    assert parse.position_mode({"posMode": "net_mode"}) is PositionMode.ONE_WAY
    assert parse.position_mode({"posMode": "long_short_mode"}) is PositionMode.HEDGE
    with pytest.raises(ReadFailed):
        parse.position_mode({})


# --- replies ----------------------------------------------------------------------------------------------------------


def told(reply: object, error: Exception | None = None) -> Exchanged:
    code, message = read_code(reply if isinstance(reply, dict) else {})
    return Exchanged(reply, error, True, 200, str(reply), code, message, 0, 0)


@pytest.mark.parametrize(("said", "code"), [
    ({"code": "0", "data": []}, 0), ({"code": 0, "data": []}, 0), ({"code": "50011", "data": []}, 50011),
    ({"code": "1", "data": [{"sCode": "51008", "sMsg": "no"}]}, 51008),
    ({"code": 1, "data": [{"sCode": 51008}]}, 51008),
    ({"code": "0", "data": [{"sCode": "51008"}]}, 51008), ({"code": "2", "data": [{"sCode": "0"}, {"sCode": "7"}]}, 7),
    ({"code": "1", "data": []}, 1), ({"code": "1", "data": "x"}, 1), ({"code": "1", "data": [None]}, 1),
    ({"code": ""}, None), ({"code": True}, None), ({}, None),
])  # fmt: skip
def test_f09_a_code_is_read_whatever_its_type_and_wherever_it_stands(said: dict[str, Any], code: int | None) -> None:
    """The whole reply's, or that of the row that failed; what is no code is none."""
    assert read_code(said)[0] == code


@pytest.mark.parametrize("reply", [
    None, "", [], {}, {"code": "0"}, {"code": "0", "data": {}}, {"code": "0", "data": [None]},
    {"code": "", "data": []}, {"code": "50026", "data": []}, {"code": "0", "data": [{"instId": "OTHER"}]},
])  # fmt: skip
def test_a_reply_that_is_no_list_of_what_was_asked_for_fails(reply: Any) -> None:
    """An error is never an empty answer, and another market's rows are no answer (F07)."""
    with pytest.raises(ReadFailed):
        rows(told(reply), "orders", {"instId": "AVL-USDT-SWAP"})


def test_absent_is_said_by_name_or_by_an_empty_list() -> None:
    """And never by an error, nor where nothing left."""
    gone = told({"code": "51603", "data": [], "msg": "Order does not exist"}, OSError())
    assert one(gone, "order", {}) is None
    assert one(told({"code": "0", "data": []}), "order", {}) is None
    for failing in (told({"code": "50026", "data": []}, OSError()), replace(gone, left=False)):
        with pytest.raises(ReadFailed):
            one(failing, "order", {})
    with pytest.raises(ReadFailed):
        one(told({"code": "0", "data": [ORDER, ORDER]}), "order", {})


def test_a_page_without_an_id_to_go_on_from_fails() -> None:
    """The rows behind it would be taken for missing."""
    assert page(told({"code": "0", "data": [FILL]}), "fills", "billId", {}, lambda row: 1) == ([1], "41")
    assert page(told({"code": "0", "data": []}), "fills", "billId", {}, lambda row: 1) == ([], "")
    with pytest.raises(ReadFailed):
        page(told({"code": "0", "data": [{}]}), "fills", "billId", {}, lambda row: 1)


@pytest.mark.parametrize("reply", [
    None, "<html>", {}, {"code": "0", "data": []}, {"code": "0", "data": [{"ordId": "", "clOrdId": "apentry"}]},
    {"code": "0", "data": [{"ordId": "1", "clOrdId": "another"}]}, {"code": "0", "data": [{"ordId": "1"}] * 2},
    {"code": "0", "data": [{"ordId": "1", "sCode": "51008"}]},
])  # fmt: skip
def test_an_acknowledgement_names_our_order_or_it_is_none(reply: Any) -> None:
    """Whatever else came back is of unknown outcome."""
    assert of_order(told(reply), Operation.ENTRY, "apentry", PLAIN_IDS).kind is OutcomeKind.UNKNOWN


# --- contracts --------------------------------------------------------------------------------------------------------


@given(st.sampled_from(CONTRACTS), st.integers(1, 10**9))
def test_f57_quantities_come_back_as_they_went(contract: Any, lots: int) -> None:
    """Any number of lots of any market goes on the wire and returns to the last digit; half a lot goes nowhere."""
    quantity = contract.market.step * lots
    contracts = to_contracts(quantity, contract.value, contract.lot)
    assert contracts is not None
    assert (contracts * contract.value, contracts % contract.lot) == (quantity, 0)
    assert to_contracts(quantity + contract.market.step / 2, contract.value, contract.lot) is None


def test_a_contract_that_is_not_counted_in_the_base_asset_is_none_of_ours() -> None:
    """An inverse contract is counted in dollars: its size says nothing about a quantity of the coin."""
    market = {"symbol": "A/B:B", "id": "A-B-SWAP", "baseId": "A", "info": {"ctVal": "100", "ctValCcy": "USD"}}
    with pytest.raises(ReadFailed):
        contract_size(market)
    with pytest.raises(InvalidRequest):
        instrument(market)
    assert contract_size({**market, "info": {"ctVal": "0.01", "ctMult": "10", "ctValCcy": "A"}}) == Decimal("0.1")
