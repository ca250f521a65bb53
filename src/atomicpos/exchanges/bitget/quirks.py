"""What Bitget does that the core must know, each fact with its source."""

from __future__ import annotations

from types import MappingProxyType

from atomicpos.models import TriggerBy
from atomicpos.profile import Profile, Protection

from ..declared import Fact, Quirks, Tier

BITGET = Quirks(
    tier=Tier.CONTRACT,
    profile=Profile(
        name="bitget",
        visibility_s_max=30.0,
        recv_window_s=30.0,
        clock_skew_s_max=1.0,
        protection=Protection.ATTACHED_UNNAMED,
        final_rows_are_whole=True,
        duplicate_ids_refused=True,
        triggers=frozenset({TriggerBy.MARK, TriggerBy.LAST}),
    ),
    sources=MappingProxyType({
        "visibility_s_max": "Nothing is published; as long as was seen at Bybit, with a margin.",
        "recv_window_s": "A request whose ACCESS-TIMESTAMP is more than 30 s old is refused, documented; no shorter "
        "window can be asked for on futures orders.",
        "clock_skew_s_max": "The same 30 s hold for timestamps ahead; a second is what is asked of this machine.",
        "protection": "A guard goes with the entry: classic presetStopLossPrice, in a unified account stopLoss with "
        "slTriggerBy and slOrderType, documented. It becomes a plan of its own under ids of the exchange: classic a "
        "stop of the position by an earlier edition of place-order (with a position a preset modifies its TP/SL), one "
        "plan among profit_loss that can be modified by its orderId (field report, demo account); in a unified account "
        "a tpsl order. Stops over a part stand beside one over the whole position (field report). Not verified against "
        "the live exchange: which planType it has, whether it comes with the first fill, and whether ours is taken "
        "beside it. So it is told by its value, cancelled by its orderId, and never said to protect.",
        "guarded": "The same words for either side, documented.",
        "final_rows_are_whole": "size, baseVolume and state come in one row, documented; not verified against the live "
        "exchange.",
        "duplicate_ids_refused": "Code 40786 is documented as a duplicate clientOid.",
        "targets": "Not asked for here: none was asserted by its request.",
        "triggers": "triggerType mark_price and fill_price, documented.",
        "hedge_mode": "Hedge mode says tradeSide and turns sides round, documented; such an account is refused.",
        "streams": "ccxt.pro 4.5.90 offers orders, fills and positions; nothing here listens to them.",
        "orders_listed_from": "No listing of orders is known to be dear: one is asked for, whatever there is.",
    }),
    facts=MappingProxyType({
        "attached_stop": Fact(
            "yes, as a plan without our id",
            "presetStopLossPrice, in a unified account stopLoss, documented. On classic futures nothing can be said of "
            "the price that it is compared with: its triggerType is read, and the exact stop says its own.",
        ),
        "stop_before_position": Fact("no", "Code 43023 refuses a stop without a position, documented."),
        "lookup_by_client_id": Fact(
            "the order by clientOid, then the waiting and the past stops",
            "Documented; stops are listed under planType profit_loss only, not under ccxt's default (ccxt issues "
            "21470 and 16219).",
        ),
        "position_modes": Fact("one-way", "Hedge mode says tradeSide and turns sides round, documented; refused."),
        "proof_of_closing": Fact(
            "fills; classic: forced ones by tradeSide, and executeOrderId of a triggered stop",
            "burst, reduce, delivery and ADL words of tradeSide, documented. In a unified account no row names the "
            "order that a stop made, so its fills count as another hand's.",
        ),
    }),
)
