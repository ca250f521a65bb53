"""What the commands exit with: a script reads nothing else."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes. The docstring of each is what the reference says of it."""

    DONE = 0
    """Done, and nothing needs a person."""
    NOT_DONE = 1
    """Not done, or something needs a person; why is on stderr."""
    USAGE = 2
    """Bad usage: an unknown option, a missing argument, a value that cannot be."""
    AT_RISK = 3
    """Money is at risk now, or has to be taken to be: a fill without a live stop, or a suspected orphan."""
