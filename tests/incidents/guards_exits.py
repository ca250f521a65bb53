"""Guards of getting out again: closes that only shrink, ends that are proven."""

from __future__ import annotations

from mutant import Edit, Mutant

EXITS = (
    Mutant(
        "F32", "a close asks for what the order says that it filled",
        (Edit(
            "plan/exits.py",
            "return min(verdict.observed, record.intent.quantity)",
            "return record.entry.filled",
        ), Edit(
            "weigh/entry.py",
            "if shown > 0 or entry.created_at_us is None or entry.settled:",
            "if True:",
        )),
        tests="size_of_the_position",
    ),
    Mutant(
        "F32", "a close asks for what was once filled",
        (Edit(
            "plan/exits.py",
            "if verdict.filled > 0:\n        return verdict.share",
            "if verdict.filled > 0:\n        return verdict.filled",
        ),),
        tests="closed_meanwhile",
    ),
    Mutant(
        "F33", "after a restart a suspected position is left to itself",
        (Edit(
            "watchdog.py",
            "if row.id not in busy | wanted]",
            "if row.state is not State.ORPHAN_SUSPECTED and row.id not in busy | wanted]",
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
        "F35", "a refused market close is only ever tried again",
        (Edit(
            "plan/exits.py",
            "if mark is None or not due or",
            "if True or",
        ),),
        tests="limit",
    ),
    Mutant(
        "F35", "one refused close is the end of closing",
        (Edit(
            "plan/exits.py",
            "if living or quantity <= 0:",
            "if closes or quantity <= 0:",
        ),),
        tests="same_ladder",
    ),
    Mutant(
        "F35", "no stop goes up again while closes are refused",
        (Edit(
            "plan/stops.py",
            "if record.goal is Goal.FLAT:\n        refused = ",
            "if record.goal is Goal.FLAT:\n        return False\n        refused = ",
        ),),
        tests="goes_up_again",
    ),
    Mutant(
        "F35", "what is too large is asked for whole again",
        (Edit(
            "plan/pauses.py",
            "return min(quantity, piece(max(refused), step, min(len(refused), halvings_max))) if refused else quantity",
            "return quantity",
        ),),
        tests="pieces",
    ),
    Mutant(
        "F36", "a sentence means the same whatever it answers",
        (Edit(
            "exchanges/failures.py",
            "if operation in sentence.operations and sentence",
            "if sentence",
        ),),
    ),
    Mutant(
        "F36", "a refused stop ends the row like a refused entry",
        (Edit(
            "weigh/entry.py",
            "if entry.sending is Sending.REFUSED:",
            "if any(o.sending is Sending.REFUSED for o in record.orders):",
        ), Edit(
            "weigh/entry.py",
            "shown = max(entry.filled, record.filled_quantity)",
            "shown = Decimal(0) if any(o.sending is Sending.REFUSED for o in record.orders) else entry.filled",
        ), Edit(
            "weigh/entry.py",
            "if entry.status is not None:\n        return None",
            "pass",
        )),
        tests="on_the_stop",
    ),
    Mutant(
        "F36", "a refused entry is looked for and closed like one of unknown outcome",
        (Edit(
            "engine/answers.py",
            "OutcomeKind.REFUSED: Sending.REFUSED",
            "OutcomeKind.REFUSED: Sending.UNKNOWN",
        ),),
        tests="on_the_entry",
    ),
    Mutant(
        "F38", "any zero is a look at the effect of the last fill",
        (Edit(
            "weigh/slot.py",
            "late = last + bounds.visibility_us + bounds.clock_skew_us",
            "late = last",
        ),),
    ),
    Mutant(
        "F38", "an empty slot is flat whatever the fills say",
        (Edit(
            "weigh/exits.py",
            "if not final or filled <= 0 or closed < filled or fresh is None:",
            "if not final or filled <= 0 or fresh is None:",
        ),),
        tests="do_not_explain",
    ),
    Mutant(
        "F38", "a source of the user's own holds nothing up",
        (Edit(
            "weigh/verdict.py",
            "if shown is None or any(loose) or late or _vetoed(record):",
            "if shown is None or any(loose) or late:",
        ),),
        tests="still_sees",
    ),
    Mutant(
        "F38", "what the stream tells is a look like any other",
        (Edit("absorb/fold.py", "if evidence.source == POSITION_STREAM:", "if evidence.source is None:"),),
        tests="is_believed",
    ),
    Mutant(
        "F38", "a stop that rides on the entry counts as standing though nobody has read it",
        (Edit(
            "weigh/protection.py",
            "return not order.rides and order.sending",
            "return order.sending",
        ),),
        tests="says_zero_from_the_start",
    ),
    Mutant(
        "F39", "a row ends though a stop of ours is alive",
        (Edit(
            "weigh/verdict.py",
            "if shown is None or any(loose) or late or _vetoed(record):",
            "if shown is None or late or _vetoed(record):",
        ),),
    ),
    Mutant(
        "F39", "a failed cancel is not made again",
        (Edit(
            "plan/again.py",
            "due = now_us if sent is None else sent + pause",
            "due = now_us if sent is None else now_us + 3_600_000_000",
        ),),
        tests="cancel_that_fails",
    ),
    Mutant(
        "F40", "a slot that is held by hand is opened upon",
        (Edit(
            "opener.py",
            "if checked.slot.quantity > 0:",
            "if False:",
        ),),
        tests="held_by_hand",
    ),
    Mutant(
        "F40", "the close takes all that is there",
        (Edit(
            "weigh/exits.py",
            "share = max(filled - closed, NOTHING)",
            "share = fresh.view.quantity if fresh is not None and closed < filled else max(filled - closed, NOTHING)",
        ), Edit(
            "weigh/exits.py",
            "return min(share, fresh.view.quantity)",
            "return share",
        )),
        tests="own_share",
    ),
    Mutant(
        "F40", "the position's own stop is left on what others hold",
        (Edit(
            "weigh/loose.py",
            "return not theirs and order.alive and fresh is not None and "
            "fresh.view.stop_price == order.trigger_price",
            "return False",
        ),),
        tests="takes_our_stop_off",
    ),
)
