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
        "F23", "a stop that the price has crossed is put up again like any other",
        (Edit(
            "advance/goal.py",
            "return STOP_CROSSED",
            "pass",
        ),),
        tests="would_fire_at_once",
    ),
    Mutant(
        "F23", "the crossed stop is slid away from the market until it is taken",
        (Edit(
            "plan/stops.py",
            "trigger = wanted(record, verdict.average, record.moving)",
            "trigger = wanted(record, verdict.average, record.moving) * (10 - len(record.of(Leg.STOP))) / 10",
        ),),
        tests="risk_is_never_widened",
    ),
    Mutant(
        "F24", "whatever looks like a stop is the position's own",
        (Edit(
            "exchanges/bybit/parse.py",
            'return text(row, "orderLinkId") is None and bool(made_by.intersection(_POSITION_STOP))',
            "return bool(made_by)",
        ),),
        tests="other_orders_are_not",
    ),
    Mutant(
        "F24", "any value on the position's own stop is taken for ours",
        (Edit(
            "absorb/position_stop.py",
            "return trigger is not None and order.trigger_price is not None and abs(trigger - "
            "order.trigger_price) <= tick / 2",
            "return trigger is not None",
        ),),
        tests="changed_stop",
    ),
    Mutant(
        "F24", "a looser stop of somebody else's is accepted",
        (Edit(
            "advance/wishes.py",
            "if record.protected_at_us is None or not tighter(theirs, verdict.wanted, record.intent.side):",
            "if record.protected_at_us is None:",
        ),),
        tests="looser_stop",
    ),
    Mutant(
        "F25", "a stop that was not seen yet is put up anew",
        (Edit(
            "plan/stops.py",
            "def _is_gone(order: Order) -> bool:\n    return order.settled",
            "def _is_gone(order: Order) -> bool:\n    return order.status is None or order.settled",
        ),),
    ),
    Mutant(
        "F26", "the stop waits until the position shows",
        (Edit(
            "plan/stops.py",
            "if verdict.filled > 0:\n        return verdict.share > 0",
            "if verdict.filled > 0:\n        return verdict.observed > 0",
        ),),
        tests="first_sign",
    ),
    Mutant(
        "F26", "a refusal for want of a position is not asked again",
        (Edit(
            "plan/stops.py",
            "due = last_sent_us(refused) + stop_retry_us(len(refused))",
            "due = verdict.now_us + 60_000_000 if refused else verdict.now_us",
        ),),
        tests="asked_again",
    ),
    Mutant(
        "F27", "a trigger is not rounded to the tick",
        (Edit(
            "stop_price.py",
            "return (value / tick).to_integral_value(rounding=rounding) * tick",
            "return value",
        ),),
        tests="multiple_of_the_tick",
    ),
    Mutant(
        "F27", "a trigger is rounded away from the market",
        (Edit(
            "stop_price.py",
            "_TOWARD_MARKET = {PositionSide.LONG: ROUND_CEILING, PositionSide.SHORT: ROUND_FLOOR}",
            "_TOWARD_MARKET = {PositionSide.LONG: ROUND_FLOOR, PositionSide.SHORT: ROUND_CEILING}",
        ),),
        tests="coarser_tick",
    ),
    Mutant(
        "F27", "a refused precision is tried again as it was",
        (Edit(
            "weigh/triggers.py",
            "coarser += stop.refusal is Refusal.PRECISION and coarser < ADJUSTMENTS_MAX",
            "coarser += 0",
        ),),
        tests="coarser_tick",
    ),
    Mutant(
        "F27", "a listener's exception is the caller's",
        (Edit(
            "ears/in_a_thread.py",
            "except BaseException as error:",
            "except KeyError as error:",
        ), Edit(
            "ears/in_a_thread.py",
            "self._underway = loop.run_in_executor(self._aside, batch.run)",
            "batch.run()",
        )),
        tests="listener_and_an_alert",
    ),
    Mutant(
        "F27", "a log line's exception is the caller's",
        (Edit(
            "announcer.py",
            "with suppress(Exception):",
            "with suppress(KeyError):",
        ),),
        tests="log",
    ),
    Mutant(
        "F28", "the wish is stored as the trigger before it stands",
        (Edit(
            "advance/asked.py",
            "moving=rule), (entry,)",
            "moving=rule, rule=rule, stop_price=rule.price), (entry,)",
        ),),
        tests="refused_move_leaves",
    ),
    Mutant(
        "F28", "the old stop is cancelled while the new one is on its way",
        (Edit(
            "plan/planning.py",
            "(record.moving is None or verdict.moved)",
            "True",
        ), Edit(
            "weigh/verdict.py",
            "if moving is not None and (found :=",
            "if moving is not None and not (found :=",
        )),
        tests="no_moment_without",
    ),
    Mutant(
        "F29", "a protected position is not looked at again",
        (Edit(
            "watchdog.py",
            "if row.id not in busy | wanted]",
            "if row.state is not State.PROTECTED and row.id not in busy | wanted]",
        ),),
    ),
    Mutant(
        "F30", "the goal flat takes the stop down first",
        (Edit(
            "plan/planning.py",
            "if record.goal is Goal.FLAT:\n        close_all(",
            "if record.goal is Goal.FLAT:\n        cancel_loose(result, record, record.of(Leg.STOP), "
            "verdict, bounds)\n        close_all(",
        ),),
        tests="stop_stays_up",
    ),
    Mutant(
        "F30", "a close of unknown outcome is followed by another",
        (Edit(
            "plan/exits.py",
            "living = [o for o in closes if not o.settled]",
            "living = [o for o in closes if not o.settled and o.sending is not Sending.UNKNOWN]",
        ),),
        tests="unknown_outcome",
    ),
)
