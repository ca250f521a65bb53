"""Planted defects: each found within so many histories, in spaces that the shipped engine passes."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import islice

from atomicpos.testing.interleavings.canaries.planted import CANARIES, Canary, Found, told
from atomicpos.testing.interleavings.canaries.spaces import SMALL
from atomicpos.testing.interleavings.odometer import Space
from atomicpos.testing.interleavings.walk import CHUNK, at_work, collecting

from .section import Section, section

Passes = dict[int, list[bool]]
"""Whether the shipped engine passes each of the first tapes of a ground.

A ground is a space and how it is played; it goes by the number of the first canary that is hunted there.
"""


@dataclass(frozen=True, slots=True)
class Hunted:
    """How one hunt went."""

    found: Found | None
    passed: int
    """How many of the tapes that were played the shipped engine passes."""


def run(workers: int) -> Section:
    """Hunt every canary, and play the same tapes without it: each once, however many were hunted there."""
    with section("canaries: planted defects") as written:
        with at_work(workers) as pool:
            hunting = pool.map(_hunt, range(len(CANARIES)))
            small = _passes(pool, {_ground(space): len(space) for space in SMALL.values()})
            found = list(hunting)
            passes = small | _passes(pool, _elsewhere(found, small))
        whole = [passed for some in small.values() for passed in some]
        hunts = [_hunted(canary, one, passes) for canary, one in zip(CANARIES, found, strict=True)]
        caught = sum(hunted.found is not None for hunted in hunts)
        written.add("caught", f"{caught} of {len(CANARIES)}", red=caught < len(CANARIES))
        written.add("without them, the small spaces", f"{len(whole)} histories, {whole.count(False)} broken",
                    red=not all(whole))
        for canary, hunted in zip(CANARIES, hunts, strict=True):
            written.add(canary.name, _told(canary, hunted), red=_missed(hunted))
    return written


@collecting
def _hunt(which: int) -> Found | None:
    return CANARIES[which].hunt()


def _hunted(canary: Canary, found: Found | None, passes: Passes) -> Hunted:
    return Hunted(found, sum(passes[_ground(canary.space)][: _played(canary, found)]))


def _played(canary: Canary, found: Found | None) -> int:
    """How many tapes that hunt has played."""
    return canary.within if found is None else found.needed


def _ground(space: Space) -> int:
    """Whatever is hunted in one space is played there in one way; a test says so."""
    return next(at for at, canary in enumerate(CANARIES) if canary.space is space)


def _elsewhere(found: list[Found | None], small: Passes) -> dict[int, int]:
    """How many tapes the longest hunt has played on each ground that is not walked whole."""
    longest: dict[int, int] = {}
    for canary, one in zip(CANARIES, found, strict=True):
        if (ground := _ground(canary.space)) not in small:
            longest[ground] = max(longest.get(ground, 0), _played(canary, one))
    return longest


def _passes(pool: Executor, many: dict[int, int]) -> Passes:
    """Play that many tapes of each ground by the shipped engine."""
    chunks = [(ground, at, min(at + CHUNK, end)) for ground, end in many.items() for at in range(0, end, CHUNK)]
    passes: Passes = {ground: [] for ground in many}
    for (ground, *_), passed in zip(chunks, pool.map(_passed, chunks), strict=True):
        passes[ground] += passed
    return passes


@collecting
def _passed(chunk: tuple[int, int, int]) -> list[bool]:
    ground, start, end = chunk
    canary = CANARIES[ground]
    return [not canary.play(canary.space, tape).broken for tape in islice(canary.space.tapes(), start, end)]


def _missed(hunted: Hunted) -> bool:
    return hunted.found is None or hunted.passed < hunted.found.needed


def _told(canary: Canary, hunted: Hunted) -> str:
    if hunted.found is None:
        return f"{canary.breaks}: survived {canary.within} histories"
    needed, tape = hunted.found.needed, told(canary.space, hunted.found.tape)
    passed = "" if not _missed(hunted) else f"; the shipped engine passes only {hunted.passed}"
    return f"{canary.breaks} after {needed:3} of at most {canary.within:3}{passed}: {tape}"
