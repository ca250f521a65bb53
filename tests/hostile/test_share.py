"""A small share of the hostile replies in every test run; ``python tests/prove hostile`` strikes a hundred thousand."""

from __future__ import annotations

import pytest

from atomicpos.testing.hostile import Operator

from .cases import Case, Share, cases, play

pytestmark = pytest.mark.wire

SEEDS = {Share.READ: 1001, Share.WRITE: 1002}


@pytest.mark.parametrize("share", SEEDS, ids=str)
def test_every_call_answers_or_fails_as_it_is_documented_to(share: Share) -> None:
    """Under every operator a read is honest or fails, and a write is unknown or what it is."""
    results = play(list(cases(share, SEEDS[share])))
    assert results.findings == []
    unstruck = set(Operator) - {operator for _, operator in results.tally}
    assert unstruck <= ({Operator.SHUFFLED_ROWS} if share is Share.WRITE else set()), "writes have one row to shuffle"


@pytest.mark.parametrize("operator", [Operator.CUT, Operator.NULL, Operator.SAME_PAGE_AGAIN, Operator.DEEP], ids=str)
def test_a_new_client_is_made_ready_or_is_not_ready(operator: Operator) -> None:
    """Markets, key, account and clock from hostile replies: NotReady, or a client whose calls answer or fail."""
    ready = [case for case in cases(Share.NEWCOMER, 1003) if case.operator is operator]
    assert play(ready).findings == []


@pytest.mark.parametrize("seed", [1, 3, 8, 15])
def test_whole_openings_end_as_it_is(seed: int) -> None:
    """Five at once while replies are hostile: nothing escapes, no row says what is not so, and all come to rest."""
    results = play([Case(Share.OPEN, "five", None, seed)])
    assert results.findings == []
    assert results.tally.total() > 0
