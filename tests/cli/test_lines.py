"""Lines to stdout: in order when somebody reads, and never waited for when nobody does."""

from __future__ import annotations

import subprocess
import sys

from atomicpos.cli.lines import KEPT

LIMIT_S = 30
SAYS = """
from atomicpos.cli.lines import Lines
with Lines() as lines:
    for number in range({count}):
        lines.say(f"{{number:0100d}}")
"""


def test_what_is_said_is_written_in_order() -> None:
    """Every line, the last one included, before the block ends."""
    done = subprocess.run(
        [sys.executable, "-c", SAYS.format(count=500)], capture_output=True, text=True, timeout=LIMIT_S, check=True
    )
    assert [int(line) for line in done.stdout.splitlines()] == list(range(500))


def test_a_full_pipe_keeps_nobody() -> None:
    """More lines than a pipe and the queue can hold, and no reader: the process ends by itself, in good order."""
    words = [sys.executable, "-c", SAYS.format(count=3 * KEPT)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            assert process.wait(LIMIT_S) == 0
        finally:
            process.kill()
