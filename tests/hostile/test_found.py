"""Every finding that whole openings under hostile replies ever had, by the seed that showed it."""

from __future__ import annotations

import pytest

from .cases import Case, Share, play

pytestmark = pytest.mark.wire

FOUND = {
    28: "fills with their sides turned round, once, stayed for as long as the row was driven",
    57: "the same, in execution/list alone",
    141: "what one garbled listing of fills put in stayed in",
    183: "a close whose fills had lost our ids counted twice, for good: the rest of the position had no share",
}


@pytest.mark.parametrize("seed", FOUND)
def test_what_was_found_once_is_not_found_again(seed: int) -> None:
    """The row comes to rest, and says what is so."""
    assert play([Case(Share.OPEN, FOUND[seed], None, seed)]).findings == []
