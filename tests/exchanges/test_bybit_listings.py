"""The listings of the whole account, page by page, over a transport that answers from a table."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.exchanges.bybit.account import BybitAccount
from atomicpos.exchanges.bybit.listings import ORDER_PAGES_MAX, POSITION_PAGES_MAX, BybitListings
from atomicpos.exchanges.transport import Ask, Exchanged
from atomicpos.models import FillKind, MarginMode, PositionSide
from atomicpos.ports import AccountReads, ReadFailed
from atomicpos.sim import SystemClock

NOW_US = SystemClock().now_us()
Rows = list[dict[str, Any]]


def market(symbol: str, market_id: str, *, settle: str | None = "USDT") -> dict[str, Any]:
    linear = settle is not None
    return {"symbol": symbol, "id": market_id, "contract": linear, "linear": linear, "settle": settle}


MARKETS = {
    "AVL/USDT": market("AVL/USDT", "AVLUSDT", settle=None),
    "AVL/USDT:USDT": market("AVL/USDT:USDT", "AVLUSDT"),
    "BTC/USDC:USDC": market("BTC/USDC:USDC", "BTCPERP", settle="USDC"),
}
ONE = {"AVL/USDT:USDT": MARKETS["AVL/USDT:USDT"]}


class Table:
    """Answers each request by a function of it, and keeps what was asked."""

    def __init__(self, answer: Callable[[Ask], Exchanged], markets: dict[str, Any]) -> None:
        self.markets = markets
        self.answer, self.asked = answer, []

    async def read(self, ask: Ask, *, urgent: bool = False) -> Exchanged:
        self.asked.append(ask)
        assert not urgent, "a listing stands in line"
        return self.answer(ask)


def shown(rows: object, cursor: str = "", error: Exception | None = None) -> Exchanged:
    reply = {"retCode": 0, "retMsg": "OK", "result": {"list": rows, "nextPageCursor": cursor}}
    return Exchanged(None if error else reply, error, True, 200, "raw", None, "broken" if error else "", 0, 0)


def listings(
    answer: Callable[[Ask], Exchanged], markets: dict[str, Any] | None = None
) -> tuple[BybitListings, list[Ask]]:
    table: Any = Table(answer, MARKETS if markets is None else markets)
    account = BybitAccount(table)
    account.margin_mode = MarginMode.ISOLATED
    return BybitListings(table, SystemClock(), account), table.asked


def of_coin(coin: str, rows: Rows) -> Callable[[Ask], Exchanged]:
    """These rows for that settle coin, none for any other."""
    return lambda ask: shown(rows if ask.params.get("settleCoin") == coin else [])


def position(market_id: str = "AVLUSDT", size: str = "10", **more: Any) -> dict[str, Any]:
    return {"symbol": market_id, "side": "Buy", "size": size, "avgPrice": "1.3", "positionIdx": 0, **more}


def order(name: str, **more: Any) -> dict[str, Any]:
    return {"symbol": "AVLUSDT", "orderId": name, "orderLinkId": f"ap-{name}", "orderStatus": "New", "qty": "10",
            "cumExecQty": "0", "side": "Sell", **more}  # fmt: skip


def execution(name: str, kind: str, time_us: int = NOW_US, **more: Any) -> dict[str, Any]:
    return {"symbol": "AVLUSDT", "execId": name, "execType": kind, "side": "Buy", "execQty": "1", "execPrice": "2",
            "execTime": str(time_us // 1000), **more}  # fmt: skip


LISTINGS: dict[str, Callable[[AccountReads], Any]] = {
    "positions": lambda account: account.positions(),
    "orders": lambda account: account.open_orders(),
    "fills": lambda account: account.fills(NOW_US - 1),
}


async def test_every_coin_that_linear_contracts_settle_in_is_asked_for_once() -> None:
    """One request a coin and page, whatever the account holds; a spot market settles in none."""
    account, asked = listings(of_coin("USDT", [position()]))
    assert [row.symbol for row in await account.positions()] == ["AVL/USDT:USDT"]
    assert [ask.params for ask in asked] == [
        {"category": "linear", "settleCoin": coin, "limit": 200} for coin in ("USDC", "USDT")
    ]


async def test_a_position_is_shown_with_all_that_its_own_row_would_show() -> None:
    """Side, quantity, entry, stop and the account's margin mode."""
    account, _ = listings(of_coin("USDC", [position("BTCPERP", stopLoss="1.2", side="Sell")]))
    ((symbol, view),) = [(row.symbol, row.view) for row in await account.positions()]
    assert (symbol, view.side, view.quantity) == ("BTC/USDC:USDC", PositionSide.SHORT, 10)
    assert (view.stop_price, view.entry_price) == (Decimal("1.2"), Decimal("1.3"))
    assert view.margin_mode is MarginMode.ISOLATED


async def test_f52_a_row_of_size_zero_is_no_position() -> None:
    """Whatever else the row says: contracts, an average and a side make no position of it."""
    account, _ = listings(of_coin("USDT", [position(size="0", contracts="0.5"), position(size="0.000", side="")]))
    assert await account.positions() == ()


async def test_f46_a_market_that_nobody_loaded_is_named_by_the_exchanges_own_id() -> None:
    """What was listed after the markets were loaded is shown all the same."""
    account, _ = listings(of_coin("USDT", [position("NEWUSDT")]))
    assert [row.symbol for row in await account.positions()] == ["NEWUSDT"]


async def test_both_sides_of_hedge_mode_are_shown() -> None:
    """One row a side: nothing that the account holds is hidden because of its mode."""
    rows = [position(positionIdx=1), position(positionIdx=2, side="Sell", size="4")]
    account, _ = listings(of_coin("USDT", rows))
    held = await account.positions()
    assert [(row.view.side, row.view.quantity) for row in held] == [(PositionSide.LONG, 10), (PositionSide.SHORT, 4)]


async def test_orders_of_every_kind_are_shown_and_the_positions_own_stop_is_marked() -> None:
    """An order that rests, a stop that waits, and the stop that has no id of ours."""
    own = order("c", orderLinkId="", stopOrderType="StopLoss", orderStatus="Untriggered", triggerPrice="1.2")
    rows = [order("a"), order("b", stopOrderType="Stop", orderStatus="Untriggered", triggerPrice="1.1"), own]
    account, asked = listings(of_coin("USDT", rows))
    found = await account.open_orders()
    assert [(row.view.exchange_order_id, row.position_stop) for row in found] == [
        ("a", False), ("b", False), ("c", True)
    ]  # fmt: skip
    assert [row.view.trigger_price for row in found] == [None, Decimal("1.1"), Decimal("1.2")]
    assert asked[-1].params == {"category": "linear", "settleCoin": "USDT", "limit": 50}


async def test_only_what_is_known_to_be_final_is_left_out() -> None:
    """A word that nobody knows may be a living order."""
    words = ("New", "PartiallyFilled", "Cancelled", "Filled", "Novel")
    rows = [order(word, orderStatus=word, cumExecQty="10" if word == "Filled" else "0") for word in words]
    account, _ = listings(of_coin("USDT", rows))
    assert [row.view.exchange_order_id for row in await account.open_orders()] == ["New", "PartiallyFilled", "Novel"]


async def test_an_order_on_two_pages_counts_once_as_it_was_shown_last() -> None:
    """The list moves while it is read: the second page shows an order of the first again, dead by then."""
    pages = {"": ([order("a"), order("b")], "x%3A1"), "x%3A1": ([order("b", orderStatus="Cancelled"), order("c")], "")}
    account, asked = listings(lambda ask: shown(*pages[str(ask.params.get("cursor", ""))]), ONE)
    assert [row.view.exchange_order_id for row in await account.open_orders()] == ["a", "c"]
    assert [ask.params.get("cursor") for ask in asked] == [None, "x%3A1"]


async def test_a_page_without_rows_is_the_last_whatever_cursor_it_names() -> None:
    """A full last page may name a cursor that leads to nothing."""
    account, asked = listings(lambda ask: shown([] if "cursor" in ask.params else [position()], "more"))
    assert [row.symbol for row in await account.positions()] == ["AVL/USDT:USDT"]
    assert len(asked) == 4, "two pages in each of the two coins"


async def test_fills_of_every_type_are_asked_for_by_name() -> None:
    """Trades, liquidations, deleveragings and settlements, oldest first; funding is no fill."""
    kinds = {"Trade": FillKind.TRADE, "BustTrade": FillKind.LIQUIDATION, "AdlTrade": FillKind.ADL,
             "Settle": FillKind.SETTLEMENT}  # fmt: skip
    ages = {kind: age for age, kind in enumerate(kinds)}

    def answer(ask: Ask) -> Exchanged:
        kind = str(ask.params["execType"])
        return shown([execution("f", "Funding"), execution(kind, kind, NOW_US - 1000 * ages[kind])])

    account, asked = listings(answer)
    found = await account.fills(NOW_US - 60_000_000)
    assert [row.fill.kind for row in found] == list(reversed(kinds.values()))
    assert [row.symbol for row in found] == ["AVL/USDT:USDT"] * 4
    assert [ask.params["execType"] for ask in asked] == list(kinds)
    assert all("symbol" not in ask.params and "settleCoin" not in ask.params for ask in asked)


async def test_fills_are_read_back_in_windows_of_seven_days() -> None:
    """Bybit answers for seven days from the start: what lies further back takes more requests, and nothing is lost."""
    account, asked = listings(lambda ask: shown([]))
    await account.fills(NOW_US - 10 * 24 * 3600 * 1_000_000)
    assert len(asked) == 8
    assert sum("endTime" in ask.params for ask in asked) == 4


async def test_fills_before_the_moment_asked_for_are_left_out_and_repeats_counted_once() -> None:
    """Times are whole milliseconds: one in the same millisecond belongs to the answer."""
    since = NOW_US // 1000 * 1000 + 700
    rows = [execution("same", "Trade", since), execution("older", "Trade", since - 1000)]
    account, _ = listings(lambda ask: shown(rows if ask.params["execType"] in ("Trade", "Settle") else []))
    assert [row.fill.fill_id for row in await account.fills(since)] == ["same"]


@pytest.mark.parametrize("name", LISTINGS)
@pytest.mark.parametrize("rows", [None, [1], {}, "list", [{}], [{"symbol": 7}], [{"symbol": "AVLUSDT", "size": "x",
                         "qty": "x", "execType": "Trade"}]])  # fmt: skip
async def test_f51_what_cannot_be_understood_fails_the_listing_and_is_kept(name: str, rows: object) -> None:
    """One row that says nothing spoils it all: a list with a gap would look like a list."""
    account, _ = listings(lambda ask: shown(rows))
    with pytest.raises(ReadFailed) as failed:
        await LISTINGS[name](account)
    assert failed.value.raw == "raw"


@pytest.mark.parametrize("name", LISTINGS)
async def test_f51_one_failed_request_of_several_fails_the_listing(name: str) -> None:
    """An error is never an empty answer, in one coin or type as little as in all."""
    account, _ = listings(lambda ask: shown([], error=OSError() if "USDC" in ask.params.values()
                                            or ask.params.get("execType") == "AdlTrade" else None))  # fmt: skip
    with pytest.raises(ReadFailed, match="broken"):
        await LISTINGS[name](account)


@pytest.mark.parametrize(("name", "pages"), [("positions", POSITION_PAGES_MAX), ("orders", ORDER_PAGES_MAX)])
async def test_pages_without_end_fail_the_listing(name: str, pages: int) -> None:
    """A cursor that never ends is an incomplete answer, not a long one."""
    rows = {"positions": [position()], "orders": [order("a")]}
    account, asked = listings(lambda ask: shown(rows[name], f"{ask.params.get('cursor', '')}x"), ONE)
    with pytest.raises(ReadFailed, match=f"more than {pages} pages"):
        await LISTINGS[name](account)
    assert len(asked) == pages


@pytest.mark.parametrize("name", ["positions", "orders"])
async def test_without_markets_nothing_is_listed_and_nothing_is_said_to_be_empty(name: str) -> None:
    """Which coins to ask for is known from the markets."""
    account, asked = listings(lambda ask: shown([]), {})
    with pytest.raises(ReadFailed, match="markets are not loaded"):
        await LISTINGS[name](account)
    assert asked == []


async def test_a_cancelled_order_that_is_still_listed_is_no_living_order() -> None:
    """The list may name it once more on its way out."""
    account, _ = listings(of_coin("USDT", [order("a", orderStatus="Cancelled")]))
    assert await account.open_orders() == ()
