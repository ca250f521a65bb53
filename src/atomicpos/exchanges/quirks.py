"""What an exchange does that the core must know, as frozen data, each fact with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from atomicpos.profile import Profile, Protection


@dataclass(frozen=True, slots=True)
class Quirks:
    """One exchange: its profile, and for each field of it the sentence that says where it comes from."""

    profile: Profile
    sources: Mapping[str, str]


BYBIT = Quirks(
    profile=Profile(
        name="bybit",
        visibility_s_max=30.0,
        recv_window_s=5.0,
        clock_skew_s_max=1.0,
        protection=Protection.ATTACHED,
        final_rows_are_whole=True,
        hedge_mode=True,
        duplicate_ids_refused=True,
        streams=True,
        targets=True,
    ),
    sources=MappingProxyType({
        "visibility_s_max": "A position became visible 24 s after its entry in the field; 30 leaves a margin.",
        "recv_window_s": "Bybit v5 refuses a request whose timestamp is older than the X-BAPI-RECV-WINDOW it carries, "
        "documented; 5 s is its default and ccxt's.",
        "clock_skew_s_max": "Bybit v5 refuses timestamps more than 1 s ahead of its own clock, documented.",
        "protection": "order/create takes stopLoss, slTriggerBy and tpslMode Full, and position/trading-stop amends "
        "the same stop (the price it has already answers 34040), documented; that it binds with the first fill of a "
        "market order is not verified against the live exchange, so it counts only once it was read back.",
        "final_rows_are_whole": "cumExecQty and orderStatus come in one row of the order's own last version; "
        "not verified against the live exchange.",
        "hedge_mode": "positionIdx 1 and 2 name the sides of hedge mode on order/create, position/trading-stop and in "
        "the rows of orders and positions, documented; an execution tells its side by closedSize, documented and not "
        "verified against the live exchange.",
        "duplicate_ids_refused": "Code 110072 is documented as a duplicate orderLinkId; how long the id of a final "
        "order is refused is not verified against the live exchange.",
        "targets": "order/create takes a reduce-only conditional order with triggerDirection 1 (the price rises to "
        "it) or 2 (it falls to it), whatever its side, documented; takeProfit on the position itself exists and is not "
        "used.",
        "streams": "/v5/private tells the topics order, execution and position, documented; that ccxt.pro 4.5.90 signs "
        "in, subscribes and pings as the venue here wants it was measured, the live exchange was not asked.",
    }),
)

BINANCE = Quirks(
    profile=Profile(
        name="binanceusdm",
        visibility_s_max=30.0,
        recv_window_s=5.0,
        clock_skew_s_max=1.0,
        protection=Protection.ON_ACKNOWLEDGEMENT,
        final_rows_are_whole=True,
        duplicate_ids_refused=False,
        hedge_mode=True,
        streams=True,
        targets=True,
    ),
    sources=MappingProxyType({
        "visibility_s_max": "No bound is documented: under load the reads are served from copies that lag (change log "
        "of USD-M futures); 30 s are those of the other exchanges, not verified against the live exchange.",
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
        "final_rows_are_whole": "executedQty and status come in one row of the order's own last version; "
        "not verified against the live exchange.",
        "duplicate_ids_refused": "newClientOrderId is documented as unique among open orders only: the id of a market "
        "order that has filled is free again, so nothing is ever sent a second time.",
        "targets": "TAKE_PROFIT_MARKET is one of the types of POST /fapi/v1/algoOrder: a sell waits for the price to "
        "rise to its trigger, a buy for it to fall, documented; there is no one-cancels-other order on futures.",
        "streams": "The user data stream tells ORDER_TRADE_UPDATE, ALGO_UPDATE and ACCOUNT_UPDATE under a listen key, "
        "documented; that ccxt.pro 4.5.90 connects to it as the venue here wants it was measured, the live exchange "
        "was not asked.",
    }),
)

OKX = Quirks(
    profile=Profile(
        name="okx",
        visibility_s_max=30.0,
        recv_window_s=5.0,
        clock_skew_s_max=1.0,
        protection=Protection.ATTACHED_ORDER,
        final_rows_are_whole=True,
        duplicate_ids_refused=False,
        hedge_mode=True,
        streams=True,
        targets=True,
    ),
    sources=MappingProxyType({
        "visibility_s_max": "No bound is documented: reads and the engine are updated apart; 30 s is what Bybit is "
        "given, after 24 s were seen there.",
        "recv_window_s": "OKX takes a place or amend until the expTime header it carries (50036, 50037 after it), "
        "documented; ours is 5 s after the signed moment. Algo orders and cancels have none and are taken for as long "
        "as their timestamp is good, 30 s, documented: of orders only stops that may but reduce go that way.",
        "clock_skew_s_max": "OKX refuses timestamps 30 s off on either side, documented; expTime is compared with its "
        "own clock, so ours may not be further off than this.",
        "protection": "trade/order takes attachAlgoOrds, each with an attachAlgoClOrdId that becomes the algoClOrdId "
        "of a conditional order once the order has filled completely, documented; a partial fill generates none; it "
        "stays open when the position is closed, seen in the field. Not verified against the live exchange, so it "
        "counts only once it was read back.",
        "hedge_mode": "posSide long and short name the sides of long/short mode in every order and row, documented; "
        "there an order of the closing side can only reduce, whatever reduceOnly says, documented.",
        "final_rows_are_whole": "accFillSz and state come in one row of the order's own last version; not verified "
        "against the live exchange.",
        "duplicate_ids_refused": "A clOrdId must be unique among pending orders only, documented: that of an order "
        "that has filled may be taken again, so nothing is sent twice under one id.",
        "targets": "trade/order-algo takes ordType conditional with tpTriggerPx, tpTriggerPxType and tpOrdPx -1 (at "
        "the market), documented; ordType oco has both triggers in one order and is not used.",
        "streams": "/ws/v5/private tells the channels orders and positions, /ws/v5/business orders-algo, after login, "
        "documented; that ccxt.pro 4.5.90 logs in, subscribes and pings as the venue here wants it was measured, the "
        "live exchange was not asked.",
    }),
)

QUIRKS: Mapping[str, Quirks] = MappingProxyType({"binanceusdm": BINANCE, "bybit": BYBIT, "okx": OKX})
"""Every exchange that has a profile, by its ccxt id; one without is refused by name."""
