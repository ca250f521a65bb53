"""What KuCoin futures do that the core must know, each fact with its source."""

from __future__ import annotations

from types import MappingProxyType

from atomicpos.models import TriggerBy
from atomicpos.profile import Profile, Protection

from ..declared import Fact, Quirks, Tier

KUCOIN = Quirks(
    tier=Tier.CONTRACT,
    profile=Profile(
        name="kucoinfutures",
        visibility_s_max=300.0,
        recv_window_s=5.0,
        clock_skew_s_max=1.0,
        protection=Protection.AFTER_FILL,
        final_rows_are_whole=False,
        duplicate_ids_refused=False,
        triggers=frozenset({TriggerBy.MARK, TriggerBy.LAST, TriggerBy.INDEX}),
    ),
    sources=MappingProxyType({
        "visibility_s_max": "positions was reported empty for minutes while the position existed (ccxt issue 15606).",
        "recv_window_s": "A request whose KC-API-TIMESTAMP differs from the server's time by more than 5 s is refused, "
        "documented.",
        "clock_skew_s_max": "The same 5 s hold for timestamps ahead; a second is what is asked of this machine.",
        "protection": "A stop is sent after the first fill was seen: whether one that can only reduce is taken without "
        "a position is not documented (code 300009 refuses a close without one), and stops that are attached by "
        "st-orders have no id of ours.",
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
            "offered, not used",
            "st-orders takes triggerStopDownPrice and triggerStopUpPrice, documented; the stop has no id of ours, so "
            "nothing could tell it from another's or take it away.",
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
