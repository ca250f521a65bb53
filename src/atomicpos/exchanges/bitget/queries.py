"""Bitget's classic futures: what each read asks, word by word."""

from __future__ import annotations

from atomicpos.ports import ReadFailed

from .. import frames
from ..bycontract.cells import one_page
from ..bycontract.contract import Contract
from ..fields import Row, text
from ..paging import Listing
from ..transport import Ask, Exchanged, Params
from .words import product

PAGE = 100
PAGES_MAX = 50
NO_ORDER = frozenset({40109, 40768, 43001})
"""The data of the order cannot be found, the order does not exist (documented)."""

TPSL = "profit_loss"
"""``planType`` under which stops are listed: ``normal_plan``, ccxt's default, shows none of them (reported)."""

_ORDER = "privateMixGetV2MixOrder"


def detail(contract: Contract, **by: str) -> Listing[Row]:
    """order/detail by our id or the exchange's, in any state."""
    what = f"order {' '.join(by.values())}"
    params: Params = {"symbol": contract.id, "productType": product(contract.settle), **by}

    def rows(exchanged: Exchanged) -> list[Row]:
        if exchanged.code in NO_ORDER:
            return []
        asked = {"symbol": contract.id, **by}
        return frames.only([frames.row(exchanged, what, "data")], asked, exchanged, what)

    return one_page(what, Ask(f"{_ORDER}Detail", params), rows)


def pending(settle: str) -> Listing[Row]:
    """orders-pending: orders in the book, of every symbol."""
    params: Params = {"productType": product(settle)}
    return _pages("open orders", f"{_ORDER}OrdersPending", params, "entrustedList", {})


def plans(settle: str, kind: str, contract: Contract | None = None) -> Listing[Row]:
    """orders-plan-pending of that kind: conditional orders that wait."""
    params: Params = {"productType": product(settle), "planType": kind}
    asked = {} if contract is None else {"symbol": contract.id}
    return _pages(f"waiting {kind}", f"{_ORDER}OrdersPlanPending", {**params, **asked}, "entrustedList", asked)


def past_stops(contract: Contract, **by: str) -> Listing[Row]:
    """orders-plan-history of one symbol: stops that were triggered or cancelled; all of them, or that of one id."""
    params: Params = {"productType": product(contract.settle), "planType": TPSL, "symbol": contract.id, **by}
    return _pages("past stops", f"{_ORDER}OrdersPlanHistory", params, "entrustedList", {"symbol": contract.id})


def fills(settle: str, start_us: int, end_us: int, contract: Contract | None = None) -> Listing[Row]:
    """order/fill-history in a stretch of time: executions of every kind."""
    params: Params = {
        "productType": product(settle), "startTime": str(start_us // 1000), "endTime": str(-(-end_us // 1000)),
    }  # fmt: skip
    asked = {} if contract is None else {"symbol": contract.id}
    return _pages("fills", f"{_ORDER}FillHistory", {**params, **asked}, "fillList", asked)


def position(contract: Contract) -> Listing[Row]:
    """position/single-position: no row where there is no position."""
    params: Params = {
        "symbol": contract.id, "productType": product(contract.settle), "marginCoin": contract.settle,
    }  # fmt: skip
    return _whole("position", Ask("privateMixGetV2MixPositionSinglePosition", params), {"symbol": contract.id})


def positions(settle: str) -> Listing[Row]:
    """position/all-position of what settles in one coin."""
    params: Params = {"productType": product(settle), "marginCoin": settle}
    return _whole("positions", Ask("privateMixGetV2MixPositionAllPosition", params), {})


def mark(contract: Contract) -> Listing[Row]:
    """market/symbol-price; public."""
    params: Params = {"symbol": contract.id, "productType": product(contract.settle)}
    return _whole("mark price", Ask("publicMixGetV2MixMarketSymbolPrice", params), {"symbol": contract.id})


def account(contract: Contract) -> Ask:
    """account/account of one symbol: position mode, margin mode and leverage."""
    params: Params = {
        "symbol": contract.id, "productType": product(contract.settle), "marginCoin": contract.settle,
    }  # fmt: skip
    return Ask("privateMixGetV2MixAccountAccount", params)


def accounts() -> Ask:
    """account/accounts: the cheapest signed request."""
    return Ask("privateMixGetV2MixAccountAccounts", {"productType": product("USDT")})


def _whole(what: str, ask: Ask, asked: dict[str, str]) -> Listing[Row]:
    return one_page(what, ask, lambda answer: frames.only(frames.rows(answer, what, "data"), asked, answer, what))


def _pages(what: str, endpoint: str, params: Params, name: str, asked: dict[str, str]) -> Listing[Row]:
    """Pages by the id that the next begins below; a list of none is written as null (seen in replies)."""

    def ask(cursor: str) -> Ask:
        paged: Params = {**params, "limit": str(PAGE)}
        return Ask(endpoint, {**paged, "idLessThan": cursor} if cursor else paged)

    def understand(exchanged: Exchanged) -> tuple[list[Row], str]:
        page = frames.row(exchanged, what, "data")
        if name in page and page[name] is None:
            return [], ""
        listed = frames.only(frames.rows(exchanged, what, "data", name), asked, exchanged, what)
        if len(listed) < PAGE:
            return listed, ""
        last = text(page, "endId")
        if last is None:
            raise ReadFailed(f"{what}: a full page names no end", exchanged.raw)
        return listed, last

    return Listing(what, ask, understand, PAGES_MAX)
