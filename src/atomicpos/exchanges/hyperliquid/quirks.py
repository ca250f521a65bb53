"""What Hyperliquid does that the core must know, each fact with its source."""

from __future__ import annotations

from types import MappingProxyType

from atomicpos.models import TriggerBy
from atomicpos.profile import Profile, Protection

from ..declared import Fact, Quirks, Tier

HYPERLIQUID = Quirks(
    tier=Tier.CONTRACT,
    profile=Profile(
        name="hyperliquid",
        visibility_s_max=30.0,
        recv_window_s=5.0,
        clock_skew_s_max=1.0,
        protection=Protection.AFTER_FILL,
        guarded=frozenset(),
        final_rows_are_whole=False,
        duplicate_ids_refused=False,
        triggers=frozenset({TriggerBy.MARK}),
    ),
    sources=MappingProxyType({
        "visibility_s_max": "Nothing is published; as long as was seen at Bybit, with a margin.",
        "recv_window_s": "expiresAfter is documented as the time in milliseconds after which an action is refused; it "
        "is signed into every action. The nonce alone would be taken for days.",
        "clock_skew_s_max": "Nothing is published about the exchange's clock; a second is what is asked of ours.",
        "protection": "A stop is sent after the first fill was seen: whether one that can only reduce is taken without "
        "a position is not documented, and a stop in one group with its entry bears the same id (measured with ccxt "
        "4.5.90).",
        "guarded": "No stop travels with an entry (see protection).",
        "final_rows_are_whole": "That sz of an order that is dead is what was left of it is not documented.",
        "duplicate_ids_refused": "What a second order with the same cloid is answered with is not documented.",
        "targets": "Not asked for here: none was asserted by its request.",
        "triggers": "Trigger orders are compared with the mark price, documented.",
        "hedge_mode": "There is no hedge mode (documented: type oneWay).",
        "streams": "ccxt.pro 4.5.90 offers orders, fills and positions; nothing here listens to them.",
        "orders_listed_from": "No listing of orders is known to be dear: one is asked for, whatever there is.",
    }),
    facts=MappingProxyType({
        "attached_stop": Fact(
            "offered, not used",
            "Grouping normalTpsl exists, documented; both orders get the same cloid, and only the entry's reply is "
            "shown, measured with ccxt 4.5.90.",
        ),
        "stop_before_position": Fact("not used", "Not documented."),
        "lookup_by_client_id": Fact(
            "orderStatus by cloid, then the open orders",
            "Documented; our ids are 128 bits there, from which they can be told again.",
        ),
        "position_modes": Fact("one-way", "There is no other (documented: type oneWay)."),
        "proof_of_closing": Fact(
            "fills; liquidations by the address they name",
            "liquidation.liquidatedUser of a fill, documented. A position has no time of its last change, so a flat "
            "one counts only when it was asked for late enough; only the newest ten thousand fills can be had.",
        ),
    }),
)
