"""From what the caller typed to one active linear perpetual swap: pure functions over ccxt's loaded markets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from atomicpos.errors import InvalidRequest
from atomicpos.ports import ReadFailed

from .fields import Row

Markets = Mapping[str, Any]

LOAD_AGAIN = "load_markets(True) of the ccxt client loads the list again"
"""What helps where the list of markets came in part, or is no longer true."""


def market_id(markets: Markets, symbol: str) -> str:
    """The exchange's id of a unified symbol, listed as active or not. Raises InvalidRequest when it has none."""
    market = markets.get(symbol)
    if not isinstance(market, dict) or not isinstance(market.get("id"), str):
        raise InvalidRequest(f"{symbol!r} is not among the exchange's markets")
    return str(market["id"])


def read_id(markets: Markets, symbol: str) -> str:
    """The same for a read, which fails where there is none. Raises ReadFailed."""
    try:
        return market_id(markets, symbol)
    except InvalidRequest as unknown:
        raise ReadFailed(str(unknown)) from None


def namer(markets: Markets, market_of: Callable[[Row], str]) -> Callable[[Row], str]:
    """What a row's market is called: unified, or by the exchange's id where the loaded markets lack it."""
    symbols = linear_symbols(markets)

    def name(row: Row) -> str:
        its_id = market_of(row)
        return symbols.get(its_id, its_id)

    return name


def linear_symbols(markets: Markets) -> dict[str, str]:
    """The unified symbol of each linear contract by the exchange's id, which a spot market may share (F12)."""
    return {str(market.get("id")): symbol for symbol, market in markets.items() if _linear_contract(market)}


def settle_coins(markets: Markets) -> tuple[str, ...]:
    """The coins that linear contracts settle in, by the exchange's ids, in order."""
    coins = {market.get("settleId") or market.get("settle") for market in markets.values() if _linear_contract(market)}
    return tuple(sorted(str(coin) for coin in coins if coin))


def _linear_contract(market: Any) -> bool:
    return isinstance(market, dict) and market.get("contract") is True and market.get("linear") is True


def perpetual(markets: Markets, symbol: object) -> Row:
    """The one active linear perpetual that the symbol names, as ccxt loaded it: raw id or unified, in any case.

    A raw id that a spot market shares means the perpetual (F12). Raises InvalidRequest naming the value and, where
    there is one, what to use instead.
    """
    if not isinstance(symbol, str) or not symbol.strip():
        raise InvalidRequest(f"symbol is {symbol!r}; it must be a market's id or unified symbol, such as BTC/USDT:USDT")
    wanted = symbol.strip().casefold()
    named = [m for m in markets.values() if isinstance(m, dict) and wanted in _names(m)]
    if not named:
        hint = _similar(markets, wanted) or f"; if the exchange lists it, {LOAD_AGAIN}"
        raise InvalidRequest(f"{symbol!r} is not among the exchange's markets{hint}")
    perpetuals = [market for market in named if _perpetual(market)]
    if len(perpetuals) > 1:
        choices = _list(perpetuals)
        raise InvalidRequest(f"{symbol!r} is ambiguous: it names {choices}; use one of these")
    if not perpetuals:
        meant = next((market for market in named if _linear_swap(market)), named[0])
        raise InvalidRequest(f"{symbol!r} {_why_not(meant)}{_instead(markets, meant)}")
    return perpetuals[0]


def _names(market: Row) -> tuple[str, ...]:
    return tuple(str(market.get(key) or "").casefold() for key in ("symbol", "id"))


def _linear_swap(market: Row) -> bool:
    return (
        market.get("swap") is True
        and market.get("linear") is True
        and market.get("quote") is not None
        and market.get("settle") == market.get("quote")
    )


def _unopened_swap(market: Row) -> bool:
    """A swap that is listed without its coins and its trading, as OKX lists one before it opens (ccxt 4.5.90)."""
    return market.get("swap") is True and market.get("active") is False and not market.get("settle")


def _perpetual(market: Row) -> bool:
    return _linear_swap(market) and market.get("active") is True


def _why_not(market: Row) -> str:
    if _linear_swap(market) or _unopened_swap(market):
        return "is not open for trading at the moment"
    if market.get("spot"):
        return "is a spot market; positions are opened on linear perpetual swaps"
    kind = "an option" if market.get("option") else "a dated future" if market.get("future") else "an inverse contract"
    return f"is {kind}; positions are opened on linear perpetual swaps"


def _instead(markets: Markets, market: Row) -> str:
    """The perpetuals on the same base asset, as a hint; where none is listed, what to do if there is one."""
    if same := _on(markets, _base(market)):
        return f"; use {_list(same)}"
    if _linear_swap(market) or _unopened_swap(market):
        return f"; trade another symbol, or if it has opened since, {LOAD_AGAIN}"
    return f"; no perpetual on {market.get('base')} is among the exchange's markets; if it lists one, {LOAD_AGAIN}"


def _similar(markets: Markets, wanted: str) -> str:
    same = _on(markets, wanted.split("/")[0])
    return f"; did you mean {_list(same)}?" if same else ""


def _on(markets: Markets, base: str) -> list[Row]:
    return [m for m in markets.values() if isinstance(m, dict) and _perpetual(m) and _base(m) == base]


def _base(market: Row) -> str:
    return str(market.get("base") or "").casefold()


def _list(markets: Iterable[Row]) -> str:
    return " or ".join(sorted(str(market.get("symbol")) for market in markets))
