"""The request budgets that the exchanges publish, as frozen data, each with its source, and what we take of them.

All are the figures for an account without special status; none was tried against the live exchanges.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from atomicpos.allowance import Allowance
from atomicpos.evidence import Source

ANY = ""
"""Whatever is not named."""
POST, GET, DELETE = "POST ", "GET ", "DELETE "


@dataclass(frozen=True, slots=True)
class Budget:
    """So much may be asked in any window: the weights of the requests that it covers, added up."""

    name: str
    most: float
    window_s: float
    weights: Mapping[str, float]
    """By method and path; one that ends with a slash covers all below it, and ``ANY`` whatever is not named. What
    nothing fits is not covered."""
    source: str
    by_symbol: bool = False
    """It is counted for each instrument by itself."""

    def weight(self, method: str, path: str) -> float:
        """What that request costs of it; 0 when it is not covered."""
        asked = f"{method} {path}"
        if asked in self.weights:
            return self.weights[asked]
        fitting = [name for name in self.weights if name[-1:] in ("/", ANY) and asked.startswith(name)]
        return self.weights[max(fitting, key=len)] if fitting else 0


@dataclass(frozen=True, slots=True)
class Budgets:
    """What one exchange publishes, and what we take of it."""

    published: tuple[Budget, ...]
    allowance: Allowance


def _each(most: float, window_s: float, source: str, *requests: str, by_symbol: bool = False) -> tuple[Budget, ...]:
    return tuple(
        Budget(request, most, window_s, MappingProxyType({request: 1.0}), source, by_symbol) for request in requests
    )


_BYBIT = "Bybit v5, Rate Limit: a rolling second and UID for each endpoint, linear contracts, documented."
_BYBIT_IP = "Bybit v5, Rate Limit: 600 requests in a window of 5 s for each IP, documented."
BYBIT = Budgets(
    published=(
        *_each(10, 1.0, _BYBIT, *(
            f"{POST}/v5/{path}" for path in (
                "order/create", "order/amend", "order/cancel", "position/trading-stop", "position/set-leverage",
            )
        )),
        *_each(50, 1.0, _BYBIT, *(
            f"{GET}/v5/{path}" for path in (
                "order/realtime", "order/history", "execution/list", "position/list", "position/closed-pnl",
                "account/wallet-balance", "account/info",
            )
        )),
        Budget("all requests", 600, 5.0, MappingProxyType({ANY: 1.0}), _BYBIT_IP),
    ),
    # half of the orders in a second for entries, the other half for what must be closed or stopped meanwhile
    allowance=Allowance(2, 0.4, 4, 1.0, 5, MappingProxyType({
        Source.ORDER_STATUS.value: 12.0, Source.TRADE_HISTORY.value: 15.0, Source.POSITION_POLL.value: 15.0,
    })),
)

_BINANCE = "Binance USD-M Futures, exchangeInfo rateLimits (REQUEST_WEIGHT and ORDERS) and the endpoints, documented."
_BINANCE_WEIGHTS: Mapping[str, float] = MappingProxyType({
    ANY: 1.0,
    f"{POST}/fapi/v1/order": 0.0,
    f"{POST}/fapi/v1/algoOrder": 0.0,
    f"{GET}/fapi/v1/allOrders": 5.0,
    f"{GET}/fapi/v1/allAlgoOrders": 5.0,
    f"{GET}/fapi/v1/userTrades": 5.0,
    f"{GET}/fapi/v1/income": 30.0,
    f"{GET}/fapi/v1/openOrders": 40.0,
    f"{GET}/fapi/v1/openAlgoOrders": 40.0,
    f"{GET}/fapi/v1/positionSide/dual": 30.0,
    f"{GET}/fapi/v1/multiAssetsMargin": 30.0,
    f"{GET}/fapi/v1/symbolConfig": 5.0,
    f"{GET}/fapi/v1/accountConfig": 5.0,
    f"{GET}/fapi/v1/premiumIndex": 10.0,
    f"{GET}/fapi/v2/": 5.0,
    f"{GET}/fapi/v3/": 5.0,
    f"{GET}/sapi/": 0.0,
})
"""The heavier weight where naming a symbol makes a request cheaper: an upper bound."""
_BINANCE_ORDERS = MappingProxyType({f"{POST}/fapi/v1/order": 1.0, f"{POST}/fapi/v1/algoOrder": 1.0})
BINANCEUSDM = Budgets(
    published=(
        Budget("request weight", 2400, 60.0, _BINANCE_WEIGHTS, _BINANCE),
        Budget("orders in ten seconds", 300, 10.0, _BINANCE_ORDERS, _BINANCE),
        Budget("orders in a minute", 1200, 60.0, _BINANCE_ORDERS, _BINANCE),
    ),
    # an open costs 61 in reads, the mode alone 30 of it; watching costs 85 every five seconds, however many there are
    allowance=Allowance(10, 40.0, 6, 5.0, 5, MappingProxyType({
        Source.ORDER_STATUS.value: 3.0, Source.TRADE_HISTORY.value: 0.5, Source.POSITION_POLL.value: 0.5,
    })),
)

_OKX = "OKX v5, each endpoint's Rate Limit, by user (and instrument, for orders), documented."
OKX = Budgets(
    published=(
        *_each(60, 2.0, _OKX, f"{POST}/api/v5/trade/order", f"{POST}/api/v5/trade/cancel-order",
               f"{GET}/api/v5/trade/order", by_symbol=True),
        *_each(20, 2.0, _OKX, f"{POST}/api/v5/trade/order-algo", f"{POST}/api/v5/trade/cancel-algos",
               f"{POST}/api/v5/trade/amend-algos", by_symbol=True),
        *_each(60, 2.0, _OKX, f"{GET}/api/v5/trade/orders-pending", f"{GET}/api/v5/trade/fills"),
        *_each(20, 2.0, _OKX, f"{GET}/api/v5/trade/order-algo", f"{GET}/api/v5/trade/orders-algo-pending",
               f"{GET}/api/v5/trade/orders-algo-history", f"{GET}/api/v5/account/leverage-info"),
        *_each(10, 2.0, _OKX, f"{GET}/api/v5/account/positions", f"{GET}/api/v5/trade/fills-history",
               f"{GET}/api/v5/public/mark-price"),
        *_each(5, 2.0, _OKX, f"{GET}/api/v5/account/config"),
    ),
    # positions are the scarcest: ten in two seconds, for preflight, looks and listings together
    allowance=Allowance(2, 2.5, 4, 2.5, 5, MappingProxyType({
        Source.ORDER_STATUS.value: 5.0, Source.TRADE_HISTORY.value: 5.0, Source.POSITION_POLL.value: 1.5,
    })),
)

BUDGETS: Mapping[str, Budgets] = MappingProxyType({"bybit": BYBIT, "binanceusdm": BINANCEUSDM, "okx": OKX})
"""By ccxt id; an exchange that is not here is asked as often as it takes."""


def allowance_of(exchange: str) -> Allowance | None:
    """What we take of that exchange's budgets; None where none are known."""
    return BUDGETS[exchange].allowance if exchange in BUDGETS else None
