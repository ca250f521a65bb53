"""``python tests/hostile SHARE NAME SEED [OPERATOR]``: one case again, with what is wrong with it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from atomicpos.testing.hostile import Operator
from hostile.cases import Case, Share, play
from hostile.watching import quiet


def main() -> int:
    """Play it; 1 when anything is wrong."""
    quiet()
    results = play([_asked()])
    for (path, operator), times in sorted(results.tally.items()):
        print(f"{operator.value:18} {path:32} {times}")
    print(*results.findings or ["nothing is wrong"], sep="\n")
    return int(bool(results.findings))


def _asked() -> Case:
    parser = argparse.ArgumentParser(prog="tests/hostile", description=__doc__)
    parser.add_argument("share", type=Share, choices=list(Share))
    parser.add_argument("name", help="the call; any word for whole openings")
    parser.add_argument("seed", type=int)
    parser.add_argument("operator", type=Operator, nargs="?", help=", ".join(Operator))
    asked = parser.parse_args()
    return Case(asked.share, asked.name, asked.operator, asked.seed)


if __name__ == "__main__":
    raise SystemExit(main())
