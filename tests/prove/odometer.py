"""Every interleaving within the bounds of one fault or one death."""

from __future__ import annotations

from atomicpos.testing.interleavings.spaces import NAMED
from atomicpos.testing.interleavings.walk import walk

from .section import Section, section


def run(workers: int) -> Section:
    """Walk the named spaces."""
    with section("every interleaving") as found:
        for name, space in NAMED.items():
            walked = walk(space, workers=workers)
            found.add(name, walked.rate, red=bool(walked.broken))
    return found
