"""The code blocks of a page that run: a comment before the fence says how.

``<!-- run -->`` before a shell block runs it; ``<!-- run: name.py -->`` before a Python block saves it under that name
and runs it; ``<!-- save: name.py -->`` only saves it. ``<!-- prints -->`` before a text block says what the block
before it wrote to stdout, where ``...`` stands for anything within a line.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(r"<!-- (run|save|prints)(?:: ([a-z_]+\.py))? -->\n+```(\w+)\n(.*?)\n```", re.DOTALL)
LIMIT_S = 60


@dataclass(frozen=True, slots=True)
class Block:
    """One marked block."""

    mark: str
    """``run``, ``save`` or ``prints``."""
    file: str | None
    text: str


def blocks_of(page: str) -> Iterator[Block]:
    """The marked blocks of a page, in order."""
    for mark, file, _, text in BLOCK.findall(page):
        yield Block(mark, file or None, text)


def ran(block: Block, directory: Path) -> str:
    """What the block wrote to stdout, run in that directory with this environment's commands; fails as it fails."""
    if block.file is not None:
        (directory / block.file).write_text(block.text + "\n")
        if block.mark == "save":
            return ""
        command = [sys.executable, block.file]
    else:
        command = ["sh", "-e", "-c", block.text]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "COLUMNS": "160", "TMPDIR": str(directory)}
    done = subprocess.run(
        command, cwd=directory, env=environment, capture_output=True, text=True, timeout=LIMIT_S, check=False
    )
    assert done.returncode == 0, f"{block.text}\n---\n{done.stdout}{done.stderr}"
    return done.stdout


def matches(expected: str, written: str) -> bool:
    """True when the lines agree, apart from trailing spaces and from what ``...`` stands for."""
    pattern = "\n".join(re.escape(line.rstrip()).replace(r"\.\.\.", ".*") for line in expected.splitlines())
    lines = "\n".join(line.rstrip() for line in written.strip("\n").splitlines())
    return re.fullmatch(pattern, lines) is not None
