"""Guards of looking for the position, and not taking absence for an answer."""

from __future__ import annotations

from mutant import Edit, Mutant

LOOKING = (
    Mutant(
        "F15", "the deadline leaves out how late a read may be",
        (Edit(
            "bounds.py",
            "horizon = visibility + recv_window + skew",
            "horizon = recv_window + skew",
        ),),
        tests="nothing_at_all_shows",
    ),
    Mutant(
        "F16", "the position is not asked before absence is proven",
        (Edit(
            "weigh/entry.py",
            "for source in (Source.TRADE_HISTORY, Source.POSITION_POLL)]",
            "for source in (Source.TRADE_HISTORY,)]",
        ),),
        tests="prove_nothing",
    ),
    Mutant(
        "F16", "only the first source is asked",
        (Edit(
            "engine/asking.py",
            "for v in verifiers\n",
            "for v in list(verifiers)[:1]\n",
        ),),
        tests="third_from_protecting",
    ),
    Mutant(
        "F16", "a source that hangs is waited for",
        (Edit(
            "engine/looker.py",
            "async with asyncio.timeout(timeout_s):",
            "async with asyncio.timeout(None):",
        ),),
        tests="order_alone",
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
            "exchanges/bybit/reads.py",
            'tuple(parse.FILL_KINDS) if all_kinds else ("Trade",)',
            '("Trade",)',
        ),),
    ),
    Mutant(
        "F19", "an exit by other hands counts as ours",
        (Edit(
            "advance/walking.py",
            "verdict.closed_by_us > 0,",
            "verdict.closed_by_us >= 0,",
        ),),
        tests="before_it_was_protected",
    ),
    Mutant(
        "F19", "exits that others made are not counted",
        (Edit(
            "weigh/exits.py",
            "if f.order_side is closing and not any(",
            "if False and not any(",
        ),),
    ),
    Mutant(
        "F19", "a position that seems gone is asked for among trades only",
        (Edit(
            "engine/asking.py",
            "return record.filled_quantity > 0 and (record.goal is Goal.FLAT or smaller or refused)",
            "return False",
        ),),
        tests="trades_do_not_show",
    ),
)
