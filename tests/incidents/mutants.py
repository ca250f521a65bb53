"""The guards, and what each looks like when it is taken out: a few characters of the source replaced by others.

``python tests/incidents/try_guards.py`` takes out one at a time, in a copy, and expects the incident's tests to go red.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement in a file below ``src/atomicpos``; ``old`` occurs there exactly once."""

    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """One guard taken out; where two guards stand behind each other, both."""

    incident: str
    guard: str
    """What was changed, in a few words."""
    edits: tuple[Edit, ...]
    tests: str = ""
    """Only the incident's tests with this in their name are expected to go red; all of them without it."""


MUTANTS = (
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
    Mutant(
        "F15", "the deadline leaves out how late a read may be",
        (Edit(
            "settings.py",
            "horizon = visibility + recv_window + skew",
            "horizon = recv_window + skew",
        ),),
        tests="nothing_at_all_shows",
    ),
    Mutant(
        "F18", "a deadline that passes proves that nothing filled",
        (Edit(
            "weigh/entry.py",
            "return _absent(record, bounds)\n",
            'return None if now_us < record.deadline_us else Proof(ProofKind.ABSENT, now_us, "it is late")\n',
        ),),
    ),
    Mutant(
        "F19", "liquidations, ADL and settlements are not asked for by name",
        (Edit(
            "exchanges/bybit_reads.py",
            'tuple(parse.FILL_KINDS) if all_kinds else ("Trade",)',
            '("Trade",)',
        ),),
    ),
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
    Mutant(
        "F47", "the entry leaves before its row is stored",
        (Edit(
            "opener.py",
            "change = Change(record, (intent_entry(record),))",
            "change = Change(record, (intent_entry(record),))\n"
            "        from .engine.requests import place_request\n"
            "        await self._means.exchange.write(place_request(record, record.entry))",
        ),),
    ),
    Mutant(
        "F48", "only the last transition of a turn is journaled",
        (Edit(
            "engine/drive.py",
            "self.record, entries = advance(self.record, verdict, bounds)\n        self._ledger.note(*entries)",
            "self.record, entries = advance(self.record, verdict, bounds)\n        self._ledger.note(*entries[-1:])",
        ),),
    ),
    Mutant(
        "F49", "an order that was only intended counts as not sent after a restart",
        (Edit(
            "record.py",
            "sending=Sending.UNKNOWN,",
            "sending=Sending.NOT_SENT,",
        ),),
    ),
    Mutant(
        "F50", "a successor closes before it has looked",
        (Edit(
            "plan/exits.py",
            "if not sightings.taken_over or",
            "if True or",
        ),),
    ),
    Mutant(
        "F52", "a position's size is the number of contracts that a client computed",
        (Edit(
            "exchanges/parse.py",
            'needed(amount(row, "size"), "size")',
            'needed(amount(row, "contracts") or amount(row, "size"), "size")',
        ),),
    ),
)
