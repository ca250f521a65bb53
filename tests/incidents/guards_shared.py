"""Guards of what several processes on one database, and a database that fails, must not break."""

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
            "if p.view.quantity > 0 and (p.symbol, p.position_side) not in claimed",
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

SHARED = (*TWO_WRITERS, *LEASES)
