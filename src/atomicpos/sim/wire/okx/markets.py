"""What anyone may read of OKX: instruments, tickers, marks, limits and the clock."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from atomicpos.sim.markets import SPOT_TWINS, Market

from ..circumstances import Circumstances
from ..spelling import Json, milliseconds, number
from ..views import View
from .contracts import CONTRACTS, Contract, by_id
from .fields import refused
from .instrument_rows import listed
from .words import SWAP

LAUNCHED_US = 1_600_000_000_000_000
TYPES = ("SPOT", "MARGIN", "SWAP", "FUTURES", "OPTION")

Asked = Mapping[str, str]


def instruments(asked: Asked, circumstances: Circumstances) -> list[Json]:
    """``public/instruments`` of one type: perpetual swaps and two spot markets; of all others there are none."""
    kind = asked.get("instType")
    if kind not in TYPES:
        raise refused("instType")
    rows = listed(map(_swap, CONTRACTS), circumstances) if kind == SWAP else []
    if kind == "SPOT":
        rows = [_spot(market) for market in SPOT_TWINS]
    return [row for row in rows if asked.get("instId") in (None, row["instId"])]


def server_time(now_us: int) -> list[Json]:
    """``public/time``."""
    return [{"ts": milliseconds(now_us)}]


def mark_prices(view: View, asked: Asked) -> list[Json]:
    """``public/mark-price`` of one instrument, or of all swaps."""
    return [
        {"instType": SWAP, "instId": found.inst_id, "markPx": number(view.mark(found.market.symbol)), "ts": ""}
        for found in _asked(asked)
    ]


def tickers(view: View, asked: Asked) -> list[Json]:
    """``market/ticker`` of one instrument: the last price is the mark."""
    return [_ticker(found, view.mark(found.market.symbol)) for found in _asked(asked)]


def price_limits(view: View, asked: Asked) -> list[Json]:
    """``public/price-limit``: the highest price of a buy and the lowest of a sell."""
    return [_limits(found.market, found.inst_id, view.mark(found.market.symbol)) for found in _asked(asked)]


def currencies() -> list[Json]:
    """``asset/currencies``: the coins of the markets, each without a chain to withdraw over."""
    names = sorted({coin for found in CONTRACTS for coin in (found.market.base, found.market.quote)})
    return [{"ccy": name, "name": name, "chain": "", "canDep": False, "canWd": False} for name in names]


def _asked(asked: Asked) -> tuple[Contract, ...]:
    return (by_id(asked["instId"]),) if "instId" in asked else CONTRACTS


def _swap(contract: Contract) -> Json:
    market, largest = contract.market, number(contract.contracts(contract.market.max_quantity))
    return {
        "instType": SWAP,
        "instId": contract.inst_id,
        "instFamily": f"{market.base}-{market.quote}",
        "uly": f"{market.base}-{market.quote}",
        "category": "1",
        "baseCcy": "",
        "quoteCcy": "",
        "settleCcy": market.quote,
        "ctVal": number(contract.value),
        "ctMult": "1",
        "ctValCcy": market.base,
        "ctType": "linear",
        "optType": "",
        "stk": "",
        "listTime": milliseconds(LAUNCHED_US),
        "expTime": "",
        "lever": number(market.max_leverage),
        "tickSz": number(market.tick),
        "lotSz": number(contract.lot),
        "minSz": number(contract.contracts(market.min_quantity)),
        "state": "live",
        "ruleType": "normal",
        "maxLmtSz": largest,
        "maxMktSz": largest,
        "maxTriggerSz": largest,
        "maxStopSz": largest,
    }


def _spot(market: Market) -> Json:
    return {
        "instType": "SPOT",
        "instId": f"{market.base}-{market.quote}",
        "instFamily": "",
        "uly": "",
        "baseCcy": market.base,
        "quoteCcy": market.quote,
        "settleCcy": "",
        "ctVal": "",
        "ctMult": "",
        "ctValCcy": "",
        "ctType": "",
        "lever": "1",
        "tickSz": number(market.tick),
        "lotSz": number(market.step),
        "minSz": number(market.min_quantity),
        "state": "live",
        "maxLmtSz": number(market.max_quantity),
        "maxMktSz": number(market.max_quantity),
    }


def _ticker(contract: Contract, mark: Decimal) -> Json:
    tick, least = contract.market.tick, number(contract.contracts(contract.market.min_quantity))
    return {
        "instType": SWAP,
        "instId": contract.inst_id,
        "last": number(mark),
        "lastSz": least,
        "bidPx": number(mark - tick),
        "bidSz": least,
        "askPx": number(mark + tick),
        "askSz": least,
        "ts": "",
    }


def _limits(market: Market, inst_id: str, mark: Decimal) -> Json:
    high, low = mark * (1 + market.price_band), mark * (1 - market.price_band)
    return {
        "instType": SWAP, "instId": inst_id, "buyLmt": number(high), "sellLmt": number(low), "enabled": True, "ts": "",
    }  # fmt: skip
