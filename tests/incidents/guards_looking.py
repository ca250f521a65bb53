"""Guards of looking for the position, and not taking absence for an answer."""

from __future__ import annotations

from mutant import Edit, Mutant

LOOKING = (
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
)
