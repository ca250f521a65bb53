"""Guards of restarts, and of what an account that is listed badly or late must not break."""

from __future__ import annotations

from mutant import Edit, Mutant

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
            "running.py",
            "self._watching = asyncio.ensure_future(self.watchdog.run())",
            "pass",
        ),),
    ),
    Mutant(
        "F55", "leases are not renewed",
        (Edit(
            "running.py",
            "self._renewing = asyncio.ensure_future(self._renewal.run())",
            "pass",
        ),),
        tests="entering",
    ),
    Mutant(
        "F55", "the account is not swept",
        (Edit(
            "watchdog.py",
            "await self.sweep.turn()",
            "await asyncio.sleep(0)",
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
            "log.warning(\"%s%s\", self.failure, after)\n            return",
            "pass\n            view = AccountView(self._means.clock.now_us(), 0, (), (), ())",
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
            "if p.view.quantity > 0 and (p.symbol, p.position_side) not in claimed",
            "if (p.symbol, p.position_side) not in claimed",
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

RECOVERY = (*RESTARTS, *LISTINGS)
