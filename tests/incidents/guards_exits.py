"""Guards of getting out again: closes that only shrink, ends that are proven."""

from __future__ import annotations

from mutant import Edit, Mutant

EXITS = (
    Mutant(
        "F33", "after a restart a suspected position is left to itself",
        (Edit(
            "watchdog.py",
            "for row in rows if row.id not in",
            "for row in rows if row.state is not State.ORPHAN_SUSPECTED and row.id not in",
        ),),
        tests="restart_in_the_middle",
    ),
    Mutant(
        "F34", "the close is an ordinary order",
        (Edit(
            "engine/requests.py",
            "reduce_only=step.leg is not Leg.ENTRY",
            "reduce_only=step.leg is Leg.STOP",
        ),),
    ),
    Mutant(
        "F36", "a sentence means the same whatever it answers",
        (Edit(
            "exchanges/failures.py",
            "if operation in sentence.operations and sentence",
            "if sentence",
        ),),
    ),
)
