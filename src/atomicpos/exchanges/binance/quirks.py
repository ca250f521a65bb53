"""What Binance USD-M does that the core must know, each fact with its source."""

from __future__ import annotations

from types import MappingProxyType

from atomicpos.models import TriggerBy
from atomicpos.profile import Profile, Protection

from ..declared import Fact, Quirks

BINANCE = Quirks(
    profile=Profile(
        name="binanceusdm",
        visibility_s_max=30.0,
        recv_window_s=5.0,
        clock_skew_s_max=1.0,
        protection=Protection.ON_ACKNOWLEDGEMENT,
        guarded=frozenset(),
        final_rows_are_whole=True,
        orders_listed_from=40,
        duplicate_ids_refused=False,
        hedge_mode=True,
        streams=True,
        targets=True,
        triggers=frozenset({TriggerBy.MARK, TriggerBy.LAST}),
    ),
    sources=MappingProxyType({
        "visibility_s_max": "No bound is documented: under load the reads are served from copies that lag (change log "
        "of USD-M futures); 30 s are those of the other exchanges, not verified against the live exchange. A flat "
        "symbol has no row and so no time (v3): that it is flat is proven only once this time has passed.",
        "recv_window_s": "A request is refused with -1021 once the server's time is more than recvWindow behind its "
        "timestamp, documented; 5 s is the default.",
        "clock_skew_s_max": "A timestamp of a second or more ahead of the server's is refused with -1021, documented.",
        "protection": "There is no attached stop (none in the parameters of POST /fapi/v1/order). Since 2025-12-09 a "
        "conditional order is taken by the algo service and its margin is checked when it triggers, documented; that "
        "it is taken reduce-only before the position shows is not verified against the live exchange, and a refusal "
        "is met like any other.",
        "hedge_mode": "positionSide LONG and SHORT name the sides in every order, row and trade, and reduceOnly may "
        "not be sent there, documented; that an order of the closing side cannot turn its side over is not verified "
        "against the live exchange.",
        "guarded": "No stop travels with an entry (see protection).",
        "final_rows_are_whole": "executedQty and status come in one row of the order's own last version; "
        "not verified against the live exchange.",
        "orders_listed_from": "openOrders and openAlgoOrders without a symbol weigh 40 each, one order 1 or 2, of 2400 "
        "a minute, documented; ccxt 4.5.90 paces by the same weights, so such a listing holds its line for 4 s.",
        "duplicate_ids_refused": "newClientOrderId is documented as unique among open orders only: the id of a market "
        "order that has filled is free again, so nothing is ever sent a second time.",
        "targets": "TAKE_PROFIT_MARKET is one of the types of POST /fapi/v1/algoOrder: a sell waits for the price to "
        "rise to its trigger, a buy for it to fall, documented; there is no one-cancels-other order on futures.",
        "streams": "The user data stream tells ORDER_TRADE_UPDATE, ALGO_UPDATE and ACCOUNT_UPDATE under a listen key, "
        "documented; that ccxt.pro 4.5.90 connects to it as the venue here wants it was measured, the live exchange "
        "was not asked.",
        "triggers": "workingType MARK_PRICE and CONTRACT_PRICE, documented.",
    }),
    facts=MappingProxyType({
        "attached_stop": Fact(
            "no", "ccxt 4.5.90 sends stopLoss as a key that the exchange does not know, measured; it is never sent."
        ),
        "stop_before_position": Fact(
            "yes, on acknowledgement",
            "The algo service checks a conditional order when it triggers, documented; not verified against the live "
            "exchange.",
        ),
        "lookup_by_client_id": Fact(
            "order by origClientOrderId, then algoOrder by clientAlgoId",
            "Documented; conditional orders are with the algo service since 2025-12-09, where the plain lookups do not "
            "show them.",
        ),
        "position_modes": Fact("one-way, hedge", "positionSide BOTH, or LONG and SHORT, documented."),
        "proof_of_closing": Fact(
            "userTrades, forced ones by forceOrders",
            "Trades name their order by its number only, documented; there is no history of closed positions.",
        ),
    }),
)
