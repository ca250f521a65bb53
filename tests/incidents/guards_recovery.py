"""Guards of what several processes, restarts, and a database or an account that fails, must not break."""

from __future__ import annotations

from mutant import Edit, Mutant

TWO_WRITERS = (
    Mutant(
        "F41", "the journal's own error reaches the caller",
        (Edit(
            "opener.py",
            "raise await self._already_open(record, taken.position_id) from None",
            "raise",
        ),),
    ),
    Mutant(
        "F41", "the database's refusal of a second row on a slot is an error of the database",
        (Edit(
            "store/changes.py",
            "raise SlotTaken(taken)",
            "return",
        ),),
        tests="ten_writers",
    ),
    Mutant(
        "F42", "a taken slot hands back the row that has it",
        (Edit(
            "opener.py",
            "raise await self._already_open(record, taken.position_id) from None",
            "return await self._means.journal.load(taken.position_id)",
        ),),
    ),
    Mutant(
        "F42", "a taken id is that row's",
        (Edit(
            "store/changes.py",
            "if stored is not None and stored.intent == intent:",
            "if stored is not None:",
        ),),
        tests="an_id_that_is_taken",
    ),
    Mutant(
        "F43", "a key that another process stored a moment earlier is an error",
        (Edit(
            "opener.py",
            "except KeyTaken:\n            known",
            "except KeyTaken:\n            raise\n            known",
        ),),
        tests="two_processes",
    ),
    Mutant(
        "F43", "a repeat is answered by a row that is not answered yet",
        (Edit(
            "opener.py",
            "if record.state in ANSWERED:\n                return record",
            "if True:\n                return record",
        ),),
        tests="two_processes",
    ),
    Mutant(
        "F46", "every other owner counts as gone",
        (Edit(
            "leases.py",
            "gone=frozenset(filter(self._owners.gone, others - {self.me}))",
            "gone=others - {self.me}",
        ),),
        tests="second_process",
    ),
    Mutant(
        "F46", "what another installation traded is not noticed",
        (Edit(
            "externals.py",
            "for own_id, symbol in filled.items():\n        theirs",
            "for own_id, symbol in ():\n        theirs",
        ),),
        tests="second_database",
    ),
    Mutant(
        "F46", "living orders of another installation are not noticed",
        (Edit(
            "externals.py",
            "if given_by is not None and own_id not in known:",
            "if False:",
        ),),
        tests="second_database",
    ),
    Mutant(
        "F46", "positions without a row of ours are not noticed",
        (Edit(
            "externals.py",
            "if p.view.quantity > 0 and p.symbol not in claimed",
            "if False",
        ),),
        tests="by_hand",
    ),
)

LEASES = (
    Mutant(
        "F37", "what could not be stored is forgotten",
        (Edit(
            "engine/ledger.py",
            "await self._journal.commit(Change(row, entries, evidence))\n        del self._entries[: len(entries)]",
            "del self._entries[: len(entries)]\n        await self._journal.commit(Change(row, entries, evidence))",
        ),),
        tests="spooled",
    ),
    Mutant(
        "F37", "a close leaves whatever became of the lease",
        (Edit(
            "leases.py",
            "if left_us >= needed_us:",
            "if True:",
        ),),
        tests="once_the_lease",
    ),
    Mutant(
        "F37", "orders under our own prefix that no row knows are not said",
        (
            Edit("externals.py", "if given_by is not None and own_id not in known:", "if False:"),
            Edit("externals.py", "found.append(External(UNRECORDED_ORDER, symbol, own_id, text))", "pass"),
        ),
        tests="by_prefix",
    ),
    Mutant(
        "F47", "rows of who has fallen silent are left to it",
        (Edit(
            "watchdog.py",
            "taken = await self._claim()",
            "taken: frozenset[str] = frozenset()",
        ),),
        tests="the_one_beside_it",
    ),
    Mutant(
        "F49", "a request leaves whatever became of the lease",
        (Edit(
            "leases.py",
            "if until_us is None:\n                return",
            "if True:\n                return None\n            if until_us is None:\n                return",
        ),),
        tests="held_up",
    ),
)

RESTARTS = (
    Mutant(
        "F53", "what is suspected is looked for once in ten minutes",
        (Edit(
            "policies.py",
            "SLOW = Rhythm(0.0, 1.0, 1.5, 10.0)",
            "SLOW = Rhythm(0.0, 60.0, 3.0, 600.0)",
        ),),
    ),
    Mutant(
        "F53", "who starts leaves suspected orphans alone",
        (Edit(
            "watchdog.py",
            "idle = [row for row in ours if row.id not in busy | wanted]",
            "idle = [row for row in ours if row.id not in busy | wanted and row.state is not State.ORPHAN_SUSPECTED]",
        ),),
        tests="next_process",
    ),
    Mutant(
        "F53", "a stop is put up by a default and not by the row's own rule",
        (Edit(
            "record.py",
            "return self.rule or self.intent.stop_rule",
            "return self.rule or replace(self.intent.stop_rule, percent=Decimal(2))",
        ),),
    ),
    Mutant(
        "F54", "settled rows are never looked at again",
        (
            Edit("sweep.py", "reopened = await self._reopen(view, set(known.values()) - {row.id for row in held})",
                 "reopened: list[Record] = []"),
            Edit("sweep.py", "if at[0] == EXTERNAL_POSITION:", "if False:"),
        ),
        tests="reopened",
    ),
    Mutant(
        "F54", "protected rows are not looked at",
        (Edit(
            "watchdog.py",
            "self._drivers.start(record, watch=row.state is State.PROTECTED)",
            "if row.state is not State.PROTECTED:\n            self._drivers.start(record)",
        ),),
        tests="what_happened",
    ),
    Mutant(
        "F54", "a position that nobody looked at for long is closed before a stop was tried",
        (Edit(
            "advance/goal.py",
            "begins = sights.taken_over and (untried or not sights.looks.keys() >= BUILT_IN)",
            "begins = False",
        ),),
        tests="what_happened",
    ),
    Mutant(
        "F55", "the watchdog is not started",
        (Edit(
            "app.py",
            "started.watching = asyncio.ensure_future(started.watchdog.run())",
            "pass",
        ),),
    ),
    Mutant(
        "F55", "leases are not renewed",
        (Edit(
            "app.py",
            "started.renewing = asyncio.ensure_future(started.renewal.run())",
            "pass",
        ),),
        tests="entering",
    ),
    Mutant(
        "F55", "the account is not swept",
        (Edit(
            "watchdog.py",
            "self._troubles.unfailing(self.sweep.turn)",
            "asyncio.sleep(0)",
        ),),
        tests="entering",
    ),
    Mutant(
        "F55", "a background task ends with the first failure of the database",
        (Edit(
            "troubles.py",
            "except StoreUnavailable as failure:\n            self._begin(str(failure))",
            "except StoreUnavailable as failure:\n            self._begin(str(failure))\n            raise",
        ),),
        tests="outlive",
    ),
)

LISTINGS = (
    Mutant(
        "F51", "what a listing does not show is not there",
        (Edit(
            "shared_reads.py",
            "return PositionReading(listed[0]) if len(listed) == 1 else await self._reads.position(symbol)",
            "from .evidence import PositionView\n        return PositionReading(listed[0] if listed else "
            "PositionView(Decimal(0)))",
        ),),
        tests="none_of_thirty",
    ),
    Mutant(
        "F51", "an account that cannot be listed is an empty one",
        (Edit(
            "sweep.py",
            "log.warning(self.failure)\n            return",
            "view = AccountView(self._means.clock.now_us(), 0, (), (), ())",
        ),),
        tests="resolves_nothing",
    ),
    Mutant(
        "F51", "an empty slot ends a row without its exits",
        (Edit(
            "weigh/exits.py",
            "if not final or filled <= 0 or closed < filled or fresh is None:",
            "if not final or filled <= 0 or fresh is None:",
        ),),
        tests="shows_nothing_for_good",
    ),
    Mutant(
        "F52", "a listed row without a size is an external position",
        (Edit(
            "externals.py",
            "if p.view.quantity > 0 and p.symbol not in claimed",
            "if p.symbol not in claimed",
        ),),
        tests="listed_row_of_size_zero",
    ),
    Mutant(
        "F56", "what was closed before the entry counts as its exit",
        (Edit(
            "weigh/slot.py",
            "if f in ours or (f.order_side is closing and f.time_us >= since))",
            "if f in ours or f.order_side is closing)",
        ),),
        tests="sold_before",
    ),
    Mutant(
        "F56", "any fill since the entry is an exit",
        (
            Edit("weigh/slot.py", "if f in ours or (f.order_side is closing and f.time_us >= since))",
                 "if f in ours or f.time_us >= since)"),
            Edit("weigh/exits.py", "if f.order_side is closing and not any(belongs(f, o) for o in exits)",
                 "if not any(belongs(f, o) for o in (*exits, record.entry))"),
        ),
        tests="no_exit_however_late",
    ),
    Mutant(
        "F56", "the empty slot is enough",
        (Edit(
            "weigh/exits.py",
            "if not final or filled <= 0 or closed < filled or fresh is None:",
            "if not final or filled <= 0 or fresh is None:",
        ),),
        tests="every_order",
    ),
)

RECOVERY = (*TWO_WRITERS, *LEASES, *RESTARTS, *LISTINGS)
