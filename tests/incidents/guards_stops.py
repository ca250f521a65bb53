"""Guards of the stop: where it belongs, whose it is, and that it stands."""

from __future__ import annotations

from mutant import Edit, Mutant

STOPS = (
    Mutant(
        "F20", "the trigger comes from the price before the entry",
        (Edit(
            "stop_price.py",
            "price = average if average is not None else intent.mark_price",
            "price = intent.mark_price",
        ),),
    ),
    Mutant(
        "F21", "an average that is not known counts as zero",
        (Edit(
            "stop_price.py",
            "price = average if average is not None else intent.mark_price",
            "price = average if average is not None else Decimal(0)",
        ),),
    ),
    Mutant(
        "F22", "a word that is not known means short",
        (Edit(
            "request.py",
            "SIDES.get(side.strip().lower()) if isinstance(side, str) else None",
            "SIDES.get(side.strip().lower() if isinstance(side, str) else side, PositionSide.SHORT)",
        ),),
    ),
    Mutant(
        "F24", "whatever looks like a stop is the position's own",
        (Edit(
            "exchanges/parse.py",
            'if text(row, "orderLinkId") is not None or not made_by.intersection(_POSITION_STOP):',
            "if not made_by:",
        ),),
        tests="other_orders_are_not",
    ),
)
