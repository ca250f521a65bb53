"""What Bybit does that the core must know, each fact with its source."""

from __future__ import annotations

from types import MappingProxyType

from atomicpos.models import TriggerBy
from atomicpos.profile import Profile, Protection

from ..declared import Fact, Quirks

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
        triggers=frozenset({TriggerBy.MARK, TriggerBy.LAST, TriggerBy.INDEX}),
    ),
    sources=MappingProxyType({
        "visibility_s_max": "A position became visible 24 s after its entry in the field; 30 leaves a margin.",
        "recv_window_s": "Bybit v5 refuses a request whose timestamp is older than the X-BAPI-RECV-WINDOW it carries, "
        "documented; 5 s is its default and ccxt's.",
        "clock_skew_s_max": "Bybit v5 refuses timestamps more than 1 s ahead of its own clock, documented.",
        "protection": "order/create takes stopLoss, slTriggerBy and tpslMode Full, and position/trading-stop amends "
        "the same stop (the price it has already answers 34040), documented; that it binds with the first fill of a "
        "market order is not verified against the live exchange, so it counts only once it was read back.",
        "guarded": "The same words for either side, documented.",
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
        "triggers": "triggerBy and slTriggerBy, documented.",
        "orders_listed_from": "No listing of orders is known to be dear: one is asked for, whatever there is.",
    }),
    facts=MappingProxyType({
        "attached_stop": Fact("yes, on the position", "order/create takes stopLoss in mode Full, documented."),
        "stop_before_position": Fact("not needed", "The stop travels with the entry."),
        "lookup_by_client_id": Fact(
            "order/realtime, then order/history, by orderLinkId",
            "Documented; ccxt's unified lookup by client id can return another order, measured with 4.5.90.",
        ),
        "position_modes": Fact("one-way, hedge", "positionIdx 0, or 1 and 2, documented."),
        "proof_of_closing": Fact(
            "executions of every type by name",
            "execType Trade, BustTrade, AdlTrade and Settle, documented; without their names liquidations stay unseen, "
            "measured with ccxt 4.5.90.",
        ),
    }),
)
