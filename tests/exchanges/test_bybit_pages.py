"""Lookups and pages one by one, over a transport that answers from a table."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from atomicpos.errors import NotReady
from atomicpos.exchanges.bybit.account import BybitAccount
from atomicpos.exchanges.bybit.readiness import try_key
from atomicpos.exchanges.bybit.reads import PAGES_MAX, BybitReads
from atomicpos.exchanges.bybit.replies import result
from atomicpos.exchanges.transport import Ask, Exchanged
from atomicpos.models import OrderStatus
from atomicpos.ports import ReadFailed
from atomicpos.sim import SystemClock

AVL = "AVL/USDT:USDT"
NOW_US = SystemClock().now_us()


def exchanged(inner: object, code: object = 0, error: Exception | None = None) -> Exchanged:
    reply = {"retCode": code, "retMsg": "OK", "result": inner}
    return Exchanged(None if error else reply, error, True, 200, "raw", None, "broken" if error else "", 0, 0)


class Table:
    """Answers each request by a function of it, and keeps what was asked."""

    def __init__(self, answer: Callable[[Ask], Exchanged]) -> None:
        self.markets = {AVL: {"id": "AVLUSDT", "symbol": AVL}}
        self.answer, self.asked = answer, []

    async def read(self, ask: Ask, *, urgent: bool = False) -> Exchanged:
        self.asked.append(ask)
        return self.answer(ask)

    def redacted(self, text: str) -> str:
        return text


def reads(answer: Callable[[Ask], Exchanged]) -> tuple[BybitReads, Table]:
    table: Any = Table(answer)
    return BybitReads(table, SystemClock(), BybitAccount(table)), table


def execution(name: str, time_us: int) -> dict[str, object]:
    return {"symbol": "AVLUSDT", "execId": name, "execType": "Trade", "side": "Buy", "execQty": "1",
            "execPrice": "2", "execTime": str(time_us // 1000)}  # fmt: skip


ORDER = {"symbol": "AVLUSDT", "orderLinkId": "ap-1", "orderStatus": "Cancelled", "qty": "1", "cumExecQty": "0"}


async def test_f07_an_order_that_left_the_live_list_is_found_in_history() -> None:
    """The live lookup shows nothing, the historic one has it: seen."""
    ours, table = reads(lambda ask: exchanged({"list": [ORDER] if "History" in ask.endpoint else []}))
    (view,) = (await ours.orders(AVL, ["ap-1"])).orders
    assert (view.status, len(table.asked)) == (OrderStatus.DEAD, 2)


@pytest.mark.parametrize("broken", ["Realtime", "History"])
async def test_i1_one_failed_lookup_of_two_leaves_the_id_undecided(broken: str) -> None:
    """Absent needs every lookup to have answered; one error is enough to say nothing."""
    ours, _ = reads(lambda ask: exchanged({"list": []}, error=OSError() if broken in ask.endpoint else None))
    reading = await ours.orders(AVL, ["ap-1"])
    assert (reading.orders, reading.absent_ids, len(reading.failures)) == ((), (), 1)


async def test_a_failed_live_lookup_does_not_hide_what_history_shows() -> None:
    """One lookup that works is enough to be seen."""
    ours, _ = reads(lambda ask: exchanged({"list": [ORDER]}, error=OSError() if "Realtime" in ask.endpoint else None))
    reading = await ours.orders(AVL, ["ap-1", "ap-1"])
    assert ([view.client_order_id for view in reading.orders], reading.failures) == (["ap-1"], ())


async def test_of_several_rows_of_one_order_the_newest_counts() -> None:
    """A list that shows two versions is read by the exchange's own time."""
    rows = [{**ORDER, "updatedTime": "2000"}, {**ORDER, "updatedTime": "1000", "orderStatus": "New"}]
    ours, _ = reads(lambda ask: exchanged({"list": rows}))
    (view,) = (await ours.orders(AVL, ["ap-1"])).orders
    assert view.status is OrderStatus.DEAD


async def test_fills_are_read_to_the_last_page() -> None:
    """Every page is asked for by the cursor of the one before, and a row on two pages counts once."""
    pages = {"": (["a", "b"], "next"), "next": (["b", "c"], "")}

    def answer(ask: Ask) -> Exchanged:
        names, cursor = pages[str(ask.params.get("cursor", ""))]
        return exchanged({"list": [execution(name, NOW_US) for name in names], "nextPageCursor": cursor})

    ours, table = reads(answer)
    fills = (await ours.fills(AVL, NOW_US - 1000)).fills
    assert ([fill.fill_id for fill in fills], len(table.asked)) == (["a", "b", "c"], 2)
    assert sum(fill.quantity for fill in fills) == Decimal(3)


async def test_pages_without_end_fail_the_read() -> None:
    """A cursor that never ends is an incomplete answer, not a long one."""
    rows = [execution("a", NOW_US)]
    ours, table = reads(lambda ask: exchanged({"list": rows, "nextPageCursor": f"{ask.params.get('cursor', '')}x"}))
    with pytest.raises(ReadFailed, match="more than"):
        await ours.fills(AVL, NOW_US)
    assert len(table.asked) == PAGES_MAX


async def test_pages_that_lead_back_fail_the_read_at_once() -> None:
    """A cursor that was followed already leads to nothing new: the answer is incomplete, and asked for no longer."""
    ours, table = reads(lambda ask: exchanged({"list": [execution("a", NOW_US)], "nextPageCursor": "again"}))
    with pytest.raises(ReadFailed, match="lead back"):
        await ours.fills(AVL, NOW_US)
    assert len(table.asked) == 2


@pytest.mark.parametrize("cursor", [7, True, [], {"a": 1}, "a b", "a\r\nX-Header: b", "\u0661", "x" * 5000])
async def test_a_cursor_that_is_none_fails_the_read(cursor: object) -> None:
    """What lies behind it would be taken for missing; ccxt 4.5.90 puts it into the address as it is."""
    ours, _ = reads(lambda ask: exchanged({"list": [execution("a", NOW_US)], "nextPageCursor": cursor}))
    with pytest.raises(ReadFailed, match="the cursor of the next page is"):
        await ours.fills(AVL, NOW_US)


async def test_fills_of_the_same_millisecond_belong_and_older_ones_do_not() -> None:
    """The exchange's times are whole milliseconds: cutting them must not lose the very first fill."""
    since = NOW_US // 1000 * 1000 + 700
    rows = [execution("same", since), execution("older", since - 1000)]
    ours, _ = reads(lambda ask: exchanged({"list": rows}))
    assert [fill.fill_id for fill in (await ours.fills(AVL, since)).fills] == ["same"]


@pytest.mark.parametrize("code", [30084, "10001", None, True, "x"])
def test_f09_only_the_return_code_zero_is_an_answer(code: object) -> None:
    """ccxt lets some codes pass without raising: a list beside them is not read."""
    with pytest.raises(ReadFailed, match="no return code 0"):
        result(exchanged({"list": []}, code), "position")
    assert result(exchanged({"list": []}, "0"), "position") == {"list": []}


async def test_a_read_only_key_is_not_ready() -> None:
    """A key that may not trade is told before anything is sent."""

    class Client:
        apiKey, secret, options = "k", "s", {}

    table: Any = Table(lambda ask: exchanged({"readOnly": 1}))
    with pytest.raises(NotReady, match="read-only"):
        await try_key(Client(), table)
