"""What Gate does that the core must know, each fact with its source."""

from __future__ import annotations

from types import MappingProxyType

from atomicpos.models import TriggerBy
from atomicpos.profile import Profile, Protection

from ..declared import Fact, Quirks, Tier

GATE = Quirks(
    tier=Tier.CONTRACT,
    profile=Profile(
        name="gate",
        visibility_s_max=30.0,
        recv_window_s=5.0,
        clock_skew_s_max=2.0,
        protection=Protection.AFTER_FILL,
        guarded=frozenset(),
        final_rows_are_whole=True,
        duplicate_ids_refused=False,
        triggers=frozenset({TriggerBy.MARK, TriggerBy.LAST, TriggerBy.INDEX}),
    ),
    sources=MappingProxyType({
        "visibility_s_max": "Nothing is published; as long as was seen at Bybit, with a margin.",
        "recv_window_s": "X-Gate-Exptime is documented as the time in milliseconds after which an order is refused; "
        "it is sent with every write. That price-triggered orders heed it is not documented: they can only reduce.",
        "clock_skew_s_max": "The signed timestamp is in whole seconds, so one more than a second.",
        "protection": "A price-triggered order is sent after the first fill was seen: whether one that can only reduce "
        "is taken without a position is not documented, and a stop attached to an order does not exist (ccxt 4.5.90 "
        "passes stopLoss on as a key that is ignored, measured).",
        "guarded": "No stop travels with an entry (see protection).",
        "final_rows_are_whole": "size, left and finish_as come in one row, documented; an immediate-or-cancel order "
        "that filled in part is cancelled with its filled quantity.",
        "duplicate_ids_refused": "Nothing is documented about a text that exists already.",
        "targets": "Not asked for here: none was asserted by its request.",
        "triggers": "price_type 1, 0 and 2, documented.",
        "hedge_mode": "Dual mode closes by auto_size and not by side, documented; such an account is refused.",
        "streams": "ccxt.pro 4.5.90 offers orders, fills and positions; nothing here listens to them.",
        "orders_listed_from": "No listing of orders is known to be dear: one is asked for, whatever there is.",
    }),
    facts=MappingProxyType({
        "attached_stop": Fact("no", "stopLoss is a junk key on orders: sent by ccxt 4.5.90, ignored by the exchange."),
        "stop_before_position": Fact("not used", "Not documented."),
        "lookup_by_client_id": Fact(
            "orders/t-id for a minute after the end, then the lists of past and of price-triggered orders",
            "Documented for orders; that a price-triggered order keeps its text is not verified against the live "
            "exchange. Cancelled by the exchange's id only: ccxt 4.5.90 asks for the path of cancelling all when it is "
            "given a client id, measured.",
        ),
        "position_modes": Fact("one-way", "Dual mode closes by auto_size and not by side, documented; refused."),
        "proof_of_closing": Fact(
            "fills, forced ones by their text",
            "Reserved texts for liquidation and auto-deleveraging, documented. update_time of a position's row is in "
            "whole seconds, so a flat one counts only when it was asked for late enough.",
        ),
    }),
)
