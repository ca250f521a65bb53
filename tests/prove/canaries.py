"""Planted defects: each found within so many histories, in spaces that the shipped engine passes."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context

from atomicpos.testing.interleavings.canaries.planted import CANARIES, Canary, Found, told
from atomicpos.testing.interleavings.canaries.spaces import SMALL

from .section import Section, section


@dataclass(frozen=True, slots=True)
class Hunted:
    """How one hunt went."""

    found: Found | None
    passed: int
    """How many of the tapes that were played the shipped engine passes."""


def run(workers: int) -> Section:
    """Hunt every canary, and play the same tapes without it."""
    with section("canaries: planted defects") as written:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            whole = list(pool.map(_walk, SMALL))
            hunts = list(pool.map(_hunt, range(len(CANARIES))))
        caught = sum(hunted.found is not None for hunted in hunts)
        written.add("caught", f"{caught} of {len(CANARIES)}", red=caught < len(CANARIES))
        written.add("without them, the small spaces", f"{sum(map(len, SMALL.values()))} histories, {sum(whole)} broken",
                    red=any(whole))
        for canary, hunted in zip(CANARIES, hunts, strict=True):
            written.add(canary.name, _told(canary, hunted), red=_missed(hunted))
    return written


def _walk(name: str) -> int:
    """How many tapes of that small space the shipped engine breaks."""
    space = SMALL[name]
    play = next(canary.play for canary in CANARIES if canary.space is space)
    return sum(bool(play(space, tape).broken) for tape in space.tapes())


def _hunt(which: int) -> Hunted:
    canary = CANARIES[which]
    found = canary.hunt()
    played = canary.within if found is None else found.needed
    tapes = islice(canary.space.tapes(), played)
    return Hunted(found, sum(not canary.play(canary.space, tape).broken for tape in tapes))


def _missed(hunted: Hunted) -> bool:
    return hunted.found is None or hunted.passed < hunted.found.needed


def _told(canary: Canary, hunted: Hunted) -> str:
    if hunted.found is None:
        return f"{canary.breaks}: survived {canary.within} histories"
    needed, tape = hunted.found.needed, told(canary.space, hunted.found.tape)
    passed = "" if not _missed(hunted) else f"; the shipped engine passes only {hunted.passed}"
    return f"{canary.breaks} after {needed:3} of at most {canary.within:3}{passed}: {tape}"
