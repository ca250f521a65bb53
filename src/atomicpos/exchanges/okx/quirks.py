"""What OKX does that the core must know, each fact with its source."""

from __future__ import annotations

from types import MappingProxyType

from atomicpos.models import TriggerBy
from atomicpos.profile import Profile, Protection

from ..declared import Fact, Quirks

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
        triggers=frozenset({TriggerBy.MARK, TriggerBy.LAST, TriggerBy.INDEX}),
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
        "guarded": "The same words for either side, documented.",
        "final_rows_are_whole": "accFillSz and state come in one row of the order's own last version; not verified "
        "against the live exchange.",
        "duplicate_ids_refused": "A clOrdId must be unique among pending orders only, documented: that of an order "
        "that has filled may be taken again, so nothing is sent twice under one id.",
        "orders_listed_from": "Limits count requests, each path by itself: orders-pending 60 and orders-algo-pending "
        "20 in 2 s, as many as the lookups of one order, documented; so a listing costs no more than a lookup.",
        "targets": "trade/order-algo takes ordType conditional with tpTriggerPx, tpTriggerPxType and tpOrdPx -1 (at "
        "the market), documented; ordType oco has both triggers in one order and is not used.",
        "streams": "/ws/v5/private tells the channels orders and positions, /ws/v5/business orders-algo, after login, "
        "documented; that ccxt.pro 4.5.90 logs in, subscribes and pings as the venue here wants it was measured, the "
        "live exchange was not asked.",
        "triggers": "slTriggerPxType mark, last and index, documented.",
    }),
    facts=MappingProxyType({
        "attached_stop": Fact(
            "yes, as an order under our id",
            "attachAlgoOrds with attachAlgoClOrdId, generated once the entry has filled completely, documented.",
        ),
        "stop_before_position": Fact("not used", "The stop travels with the entry; a separate one follows a fill."),
        "lookup_by_client_id": Fact(
            "order by clOrdId, order-algo by algoClOrdId, then their histories",
            "Documented; ccxt's trigger listing misses conditional orders, measured with 4.5.90.",
        ),
        "position_modes": Fact("one-way, hedge", "net and long/short mode, posSide, documented."),
        "proof_of_closing": Fact(
            "fills and fills-history, forced ones by the order's category",
            "full_liquidation, partial_liquidation and adl are categories of orders, documented.",
        ),
    }),
)
