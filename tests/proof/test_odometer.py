"""Every interleaving within the bounds: lags of each endpoint x what is lost, filled, refused, shown and done."""

from atomicpos.testing.interleavings.distinct import Known
from atomicpos.testing.interleavings.histories import History, play
from atomicpos.testing.interleavings.kinds import MODES
from atomicpos.testing.interleavings.odometer import Space
from atomicpos.testing.interleavings.spaces import (
    ALL_FAULTS,
    BACKWARDS,
    BLURS,
    EXITS,
    FAULTS,
    FILLINGS,
    INSTANTS,
    LAGS,
    LAGS_S,
    MISHAPS,
    MOMENTS_S,
    ONE_CRASH,
    ONE_FAULT,
    OTHER_HANDS,
    OTHER_KINDS,
    OTHERS,
    PARTIAL,
    REFUSALS,
    REFUSED,
    STOP_OUT,
    gone_before_it_could_be_seen,
)
from atomicpos.testing.interleavings.walk import Walked, walk

EACH_LAG = len(LAGS_S) ** 3


def test_every_lag_with_at_most_one_fault_breaks_no_invariant() -> None:
    """Any two lags with every fault, the third lag in turn; ``make prove`` walks all 125 lag combinations."""
    assert EACH_LAG == 125
    assert len(ONE_FAULT) == EACH_LAG * len(FAULTS) == 125 * 40
    walked = _in_turn(ONE_FAULT)
    assert walked.ends["protected", "protected"] >= EACH_LAG
    for end in (
        ("EntryNeverFilled", "rolled_back"),
        ("EntryRefused", "rolled_back"),
        ("ClosedImmediately", "closed_immediately"),
        ("OrphanSuspected", "rolled_back"),
    ):
        assert walked.ends[end] >= EACH_LAG / len(LAGS_S), f"{end} did not happen under any two lags: {walked.ends}"
    assert walked.ends["OrphanSuspected", "protected"] > 0, "no suspicion was ever lifted"


def test_every_lag_with_at_most_one_crash_breaks_no_invariant() -> None:
    """Any two lags with every instant of death, the third lag in turn, and the successor always puts it right."""
    assert len(ONE_CRASH) == EACH_LAG * (INSTANTS + 1) == 125 * 39
    walked = _in_turn(ONE_CRASH)
    for instant in (
        "before admit",
        "after admit",
        "before entry",
        "entry has left",
        "entry was answered",
        "before position stop",
        "position stop has left",
        "position stop was answered",
        "before stop",
        "stop has left",
        "stop was answered",
        "before commit of verifying",
        "after commit of verifying",
        "before commit of protected",
        "after commit of protected",
    ):
        assert walked.deaths[instant] > 0, f"nobody died {instant}: {walked.deaths}"
    assert {end for _, end in walked.ends} <= {"protected", "rolled_back", "nothing stored"}


def test_every_instant_of_an_open_is_one_of_those_tried() -> None:
    """However late the reads are, an open without a fault passes no more instants than deaths are tried."""
    late = (History(o, f, p) for o in LAGS_S for f in LAGS_S for p in LAGS_S)
    assert max(play(history).instants for history in late) < INSTANTS


def test_other_kinds_of_exchange_break_no_invariant() -> None:
    """What holds where the stop travels with the entry holds in every other mode, and where rows and ids differ.

    Any two lags here, the third in turn; ``make prove`` walks all.
    """
    assert len(OTHER_KINDS) == 2**3 * len(ALL_FAULTS) * 7 == 8 * 60 * 7
    tapes = [tape for tape in OTHER_KINDS.tapes() if sum(tape[:3]) % 2 == 0]
    assert len({tape[1:] for tape in tapes}) == len({tape[:2] + tape[3:] for tape in tapes}) == len(tapes) == 4 * 60 * 7
    walked = walk(OTHER_KINDS, tapes, known=Known())
    assert walked.tapes >= set(tapes)
    unexplained = [found for found in walked.broken if not gone_before_it_could_be_seen(*found)]
    assert not unexplained, f"{len(unexplained)} tapes broke; the first: {unexplained[:3]}"
    assert walked.ends["protected", "protected"] >= 4


def test_partial_fills_break_no_invariant() -> None:
    """However the entry fills, in every mode, with at most one lost write or one death, our whole share is covered.

    The lag in turn; ``make prove`` walks all.
    """
    assert len(PARTIAL) == len(LAGS) * len(FILLINGS) * len(MODES) * len(MISHAPS) == 4 * 5 * 4 * 43
    tapes = [tape for tape in PARTIAL.tapes() if sum(tape) % len(LAGS) == 0]
    assert len({tape[1:] for tape in tapes}) == len(tapes) == 5 * 4 * 43
    walked = _whole(walk(PARTIAL, tapes, known=Known()), len(tapes))
    assert walked.ends["protected", "protected"] >= len(LAGS) * len(FILLINGS) * len(MODES)
    assert {end for _, end in walked.ends} <= {"protected", "rolled_back", "nothing stored"}


def test_a_position_that_goes_at_any_instant_breaks_no_invariant() -> None:
    """Stopped out, liquidated, deleveraged, closed by others or passed by the price: it is proven gone, and told so."""
    assert len(STOP_OUT) == len(LAGS) * len(MODES) * len(EXITS) * len(MOMENTS_S) == 4 * 4 * 5 * 33
    walked = _whole(walk(STOP_OUT, known=Known()), len(STOP_OUT))
    assert {end for _, end in walked.ends} == {"closed", "closed_immediately", "rolled_back"}
    for end in (("protected", "closed"), ("ClosedImmediately", "closed_immediately"), ("RolledBack", "rolled_back")):
        assert walked.ends[end] >= len(LAGS) * len(MODES), f"{end} is rare: {walked.ends}"


def test_refused_stops_and_closes_break_no_invariant() -> None:
    """Every reason, once, the second time or for ever: in the end another stop covers it, or it is flat."""
    assert len(REFUSED) == 2 * len(MODES) * len(REFUSALS) * 2 == 2 * 4 * (1 + 8 * 3 * 5) * 2
    walked = _whole(walk(REFUSED, known=Known()), len(REFUSED))
    assert {end for _, end in walked.ends} == {"protected", "closed", "rolled_back"}
    for end in (("RolledBack", "rolled_back"), ("OrphanSuspected", "rolled_back"), ("protected", "closed")):
        assert walked.ends[end] >= len(MODES), f"{end} is rare: {walked.ends}"


def test_reads_that_go_backwards_or_omit_break_no_invariant() -> None:
    """What a look showed before and no longer shows proves nothing: what is open stays covered, what is told is so."""
    assert len(BACKWARDS) == len(LAGS) * len(MODES) * len(BLURS) * 2 == 4 * 4 * (15 + 16 + 8) * 2
    walked = _whole(walk(BACKWARDS, known=Known()), len(BACKWARDS))
    assert walked.ends["protected", "protected"] >= len(LAGS) * len(MODES)
    assert walked.ends["protected", "closed"] >= len(LAGS) * len(MODES)


def test_other_hands_break_no_invariant() -> None:
    """What others add is theirs, what they take away is put back, what they turn over is suspected and not touched."""
    assert len(OTHERS) == len(LAGS) * len(MODES) * len(OTHER_HANDS) * 2 == 4 * 4 * (1 + 4 * 10) * 2
    walked = _whole(walk(OTHERS, known=Known()), len(OTHERS))
    assert {end for _, end in walked.ends} == {"protected", "closed", "closed_immediately", "rolled_back"}
    assert walked.ends["OrphanSuspected", "closed_immediately"] >= len(LAGS) * len(MODES)


def _in_turn(space: Space) -> Walked:
    """Any two lags with every value of the fourth domain once: the tapes whose indices sum to a multiple of five."""
    tapes = [tape for tape in space.tapes() if sum(tape) % len(LAGS_S) == 0]
    fourth = len(space.domains[3].values)
    for without in range(3):
        assert len({tape[:without] + tape[without + 1 :] for tape in tapes}) == len(LAGS_S) ** 2 * fourth == len(tapes)
    return _whole(walk(space, tapes, known=Known()), len(tapes))


def _whole(walked: Walked, expected: int) -> Walked:
    assert len(walked.tapes) >= expected
    assert not walked.broken, walked.report
    return walked
