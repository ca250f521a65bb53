"""What is decided stays decided: a change of the core that changes a decision shows as a line of ``decided.txt``.

``python tests/core/test_decisions_stay.py`` writes them anew; what differs then is what the change is about, and is
read before it is kept. The cases are those of three thousand that tell the most mutants of the core from the core.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from cases import case
from decided import decided

PAGE = Path(__file__).with_name("decided.txt")
HEAD = "case "


@cache
def written() -> dict[int, str]:
    """The decisions on the page, by the number of their case."""
    blocks = (block.partition("\n") for block in PAGE.read_text().strip().split("\n\n"))
    return {int(head.removeprefix(HEAD)): text for head, _, text in blocks}


@pytest.mark.parametrize("number", written())
def test_a_case_is_decided_as_it_is_written(number: int) -> None:
    """The orders, the verdict and the steps are those on the page, to the microsecond and the tick."""
    assert decided(case(number)) == written()[number]


def test_a_number_draws_one_case() -> None:
    """The same number is the same case, and others are others."""
    assert case(7) == case(7)
    assert len({decided(case(number)) for number in range(50)}) == 50


if __name__ == "__main__":
    PAGE.write_text("\n\n".join(f"{HEAD}{number}\n{decided(case(number))}" for number in written()) + "\n")
