"""What KuCoin futures do that the core must know, each fact with its source."""

from __future__ import annotations

from types import MappingProxyType

from atomicpos.models import PositionSide, TriggerBy
from atomicpos.profile import Profile, Protection

from ..declared import Fact, Quirks, Tier

KUCOIN = Quirks(
    tier=Tier.CONTRACT,
    profile=Profile(
        name="kucoinfutures",
        visibility_s_max=300.0,
        recv_window_s=5.0,
        clock_skew_s_max=1.0,
        protection=Protection.ATTACHED_UNNAMED,
        guarded=frozenset({PositionSide.LONG}),
        final_rows_are_whole=False,
        duplicate_ids_refused=False,
        triggers=frozenset({TriggerBy.MARK, TriggerBy.LAST, TriggerBy.INDEX}),
    ),
    sources=MappingProxyType({
        "visibility_s_max": "positions was reported empty for minutes while the position existed (ccxt issue 15606).",
        "recv_window_s": "A request whose KC-API-TIMESTAMP differs from the server's time by more than 5 s is refused, "
        "documented.",
        "clock_skew_s_max": "The same 5 s hold for timestamps ahead; a second is what is asked of this machine.",
        "protection": "st-orders takes an entry together with triggerStopDownPrice and stopPriceType, documented, and "
        "the stop takes effect when the entry has executed fully or partially (KuCoin's own guide). What it becomes is "
        "listed among stopOrders and cancelled by its id, documented; that it then has closeOrder and no id of ours is "
        "a field report. Not verified against the live exchange, so it is told by its value and never said to protect. "
        "A short is protected after the fill (see attached_stop).",
        "guarded": "A short's entry goes without one (see attached_stop).",
        "final_rows_are_whole": "Nothing is documented about when filledSize of an order that is done is whole.",
        "duplicate_ids_refused": "clientOid is documented as unique; what a second one is answered with is not.",
        "targets": "Not asked for here: none was asserted by its request.",
        "triggers": "stopPriceType MP, TP and IP, documented.",
        "hedge_mode": "Orders in hedge mode name positionSide, documented; such an account is refused.",
        "streams": "ccxt.pro 4.5.90 offers orders, fills and positions; nothing here listens to them.",
        "orders_listed_from": "No listing of orders is known to be dear: one is asked for, whatever there is.",
    }),
    facts=MappingProxyType({
        "attached_stop": Fact(
            "for a long, as a stop without our id",
            "triggerStopDownPrice is documented as the price of the stop and triggerStopUpPrice as that of the target, "
            "and ccxt 4.5.90 sends them so for either side; by their names and in three field reports they are the "
            "ways that the price moves. For a long both agree; for a short the wrong one could close it at once.",
        ),
        "stop_before_position": Fact("not used", "Not documented."),
        "lookup_by_client_id": Fact(
            "orders/byClientOid, then the waiting stops", "Documented; sent so by ccxt 4.5.90, measured."
        ),
        "position_modes": Fact("one-way", "Orders in hedge mode name positionSide, documented; refused."),
        "proof_of_closing": Fact(
            "fills, each with its tradeType",
            "trade, liquid, adl and settlement, documented. A position's row has no time of its last change, so a "
            "flat one counts only when it was asked for late enough.",
        ),
    }),
)
