"""Guards of the entry: what is sent, what its acknowledgement and its order's words mean."""

from __future__ import annotations

from mutant import Edit, Mutant

ENTRY = (
    Mutant(
        "F01", "an acknowledgement that shows no status is taken for a refusal",
        (Edit(
            "exchanges/outcomes.py",
            "OutcomeKind.ACKNOWLEDGED, order_id=order_id",
            "OutcomeKind.REFUSED, order_id=order_id",
        ),),
    ),
    Mutant(
        "F02", "a word that is not known means dead",
        (Edit(
            "exchanges/parse.py",
            "_LIVE.get(plain, OrderStatus.UNKNOWN)",
            "_LIVE.get(plain, OrderStatus.DEAD)",
        ),),
    ),
    Mutant(
        "F03", "an acknowledged entry counts as filled",
        (Edit(
            "weigh/entry.py",
            "shown = max(entry.filled, record.filled_quantity)",
            "shown = entry.quantity if entry.sending is Sending.ACKNOWLEDGED else record.filled_quantity",
        ),),
    ),
    Mutant(
        "F04", "an entry read as dead with nothing filled decides nothing",
        (Edit(
            "weigh/entry.py",
            "if entry.status is OrderStatus.DEAD and is_final(entry, bounds, now_us):",
            "if False:",
        ),),
    ),
    Mutant(
        "F05", "the close goes to the side of the entry",
        (Edit(
            "engine/requests.py",
            "side.opening if step.leg is Leg.ENTRY else side.closing",
            "side.closing if step.leg is Leg.STOP else side.opening",
        ),),
        tests="opposite_to_our_own_request",
    ),
    Mutant(
        "F05", "a position on the other side is closed as if it were ours",
        (Edit(
            "plan/exits.py",
            "if not verdict.reversed and not",
            "if not",
        ),),
        tests="shows_on_the_other_side",
    ),
    Mutant(
        "F06", "an exception on the way counts as not sent",
        (Edit(
            "engine/courier.py",
            "outcome = Outcome(OutcomeKind.UNKNOWN,",
            "outcome = Outcome(OutcomeKind.NOT_SENT,",
        ),),
    ),
    Mutant(
        "F07", "the order is looked up through the client's fetch_order",
        (Edit(
            "exchanges/bybit_reads.py",
            "await self._read(ask(market, client_order_id))",
            'await self._read(Ask("fetch_order", ask(market, client_order_id).params))',
        ),),
    ),
    Mutant(
        "F09", "a return code that is text is no code",
        (Edit(
            "exchanges/fields.py",
            "isinstance(value, bool) or not isinstance(value, int | str)",
            "isinstance(value, bool) or not isinstance(value, int)",
        ),),
    ),
    Mutant(
        "F10", "an entry of unknown outcome is sent again",
        (Edit(
            "plan/planning.py",
            "if entry.sending is Sending.INTENDED:\n        if",
            "if entry.sending in (Sending.INTENDED, Sending.UNKNOWN):\n        if",
        ),),
    ),
    Mutant(
        "F12", "the first market that has the name is taken, whatever it is",
        (Edit(
            "exchanges/markets.py",
            "perpetuals = [market for market in named if _perpetual(market)]",
            "perpetuals = named[:1]",
        ),),
    ),
    Mutant(
        "F14", "an order goes without the position index",
        (Edit(
            "exchanges/bybit_writes.py",
            '        "positionIdx": ONE_WAY,\n        "orderLinkId"',
            '        "orderLinkId"',
        ),),
        tests="category_position_index",
    ),
    Mutant(
        "F14", "rows of hedge mode are read like any other",
        (Edit(
            "exchanges/parse.py",
            "if whole(index) not in (0, None):",
            "if False:",
        ),),
        tests="hedge_mode",
    ),
)
