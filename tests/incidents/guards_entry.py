"""Guards of the entry: what is sent, what its acknowledgement and its order's words mean."""

from __future__ import annotations

from mutant import Edit, Mutant

ENTRY = (
    Mutant(
        "F01", "an acknowledgement that shows no status is taken for a refusal",
        (Edit(
            "exchanges/bybit/outcomes.py",
            "OutcomeKind.ACKNOWLEDGED, order_id=order_id",
            "OutcomeKind.REFUSED, order_id=order_id",
        ),),
    ),
    Mutant(
        "F02", "a word that is not known means dead",
        (Edit(
            "exchanges/bybit/parse.py",
            "_LIVE.get(plain, OrderStatus.UNKNOWN)",
            "_LIVE.get(plain, OrderStatus.DEAD)",
        ),),
    ),
    Mutant(
        "F02", "words mean something in one spelling only",
        (Edit(
            "exchanges/bybit/parse.py",
            'plain = word.strip().lower().replace("_", "")',
            'plain = word.strip().replace("_", "")',
        ),),
        tests="case_of_a_word",
    ),
    Mutant(
        "F02", "closed means filled whatever was filled",
        (Edit(
            "exchanges/bybit/parse.py",
            "return OrderStatus.FILLED if whole_order else OrderStatus.UNKNOWN",
            "return OrderStatus.FILLED",
        ),),
        tests="only_an_explicit_word",
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
            "if entry.status is OrderStatus.DEAD and is_final(entry, bounds, now_us) and not _contradicted(record):",
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
            "exchanges/bybit/reads.py",
            "await self._read(ask(market, client_order_id))",
            'await self._read(Ask("fetch_order", ask(market, client_order_id).params))',
        ),),
    ),
    Mutant(
        "F08", "the price that was asked for is taken for the average",
        (Edit(
            "weigh/entry.py",
            "    if record.entry.average is not None:",
            "    if record.entry.limit_price is not None:\n        return record.entry.limit_price\n"
            "    if record.entry.average is not None:",
        ),),
        tests="whichever_source",
    ),
    Mutant(
        "F08", "the price field of an order's row is taken where there is no average",
        (Edit(
            "exchanges/bybit/parse.py",
            'average=price(row, "avgPrice"),',
            'average=price(row, "avgPrice") or price(row, "price"),',
        ),),
        tests="price_field",
    ),
    Mutant(
        "F08", "the average of a first part stands for all that filled",
        (
            Edit(
                "absorb/orders.py",
                "return order.average if shown == order.filled else None",
                "return order.average",
            ),
            Edit(
                "absorb/orders.py",
                "newer = whole > order.filled or (order.average is None and whole == order.filled)",
                "newer = order.average is None and whole >= order.filled",
            ),
        ),
        tests="whichever_source",
    ),
    Mutant(
        "F08", "the position's price is kept when more fills",
        (Edit(
            "weigh/entry.py",
            "if record.entry_price is not None and record.filled_quantity >= filled:",
            "if record.entry_price is not None:",
        ),),
        tests="whichever_source",
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
        "F11", "it is called protected while more may fill",
        (Edit(
            "weigh/verdict.py",
            "if final and not reversed_ else",
            "if not reversed_ else",
        ),),
        tests="six_two_seconds_later",
    ),
    Mutant(
        "F11", "the close is as large as the request",
        (Edit(
            "plan/exits.py",
            "    if verdict.filled > 0:\n        return verdict.share\n",
            "    if verdict.filled > 0:\n        return record.intent.quantity\n",
        ),),
    ),
    Mutant(
        "F11", "what is left of an entry is waited for",
        (Edit(
            "plan/planning.py",
            "return due <= verdict.now_us",
            "return False",
        ),),
        tests="stays_open",
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
        "F13", "the position's row is compared under the unified symbol",
        (Edit(
            "exchanges/bybit/reads.py",
            'return replies.rows(exchanged, "position", {"symbol": market}), exchanged',
            'return replies.rows(exchanged, "position", {"symbol": symbol}), exchanged',
        ),),
        tests="every_source_finds",
    ),
    Mutant(
        "F13", "a symbol is known in one mix of cases only",
        (Edit(
            "exchanges/markets.py",
            "wanted = symbol.strip().casefold()",
            "wanted = symbol.strip()",
        ),),
        tests="every_spelling",
    ),
    Mutant(
        "F13", "a row of another instrument is taken for an answer",
        (Edit(
            "exchanges/frames.py",
            "if each.get(name) != value:",
            "if False:",
        ),),
        tests="another_name",
    ),
    Mutant(
        "F14", "an order goes without the position index",
        (Edit(
            "exchanges/bybit/writes.py",
            '        "positionIdx": POSITION_INDEXES[side],\n        "orderLinkId"',
            '        "orderLinkId"',
        ),),
        tests="category_position_index",
    ),
    Mutant(
        "F14", "rows of hedge mode are read like any other",
        (Edit(
            "exchanges/bybit/parse.py",
            "if (shown_side is None) != (side is None):",
            "if False:",
        ),),
        tests="hedge_mode",
    ),
    Mutant(
        "F14", "the position's own stop is set without the position index",
        (Edit(
            "exchanges/bybit/writes.py",
            '        "positionIdx": POSITION_INDEXES[side],\n        "tpslMode"',
            '        "tpslMode"',
        ),),
        tests="every_write",
    ),
    Mutant(
        "F14", "the wrong position mode is a failed read like any other",
        (Edit(
            "preflight.py",
            "except WrongPositionMode as wrong:",
            "except ZeroDivisionError as wrong:",
        ),),
        tests="gets_no_order",
    ),
)
