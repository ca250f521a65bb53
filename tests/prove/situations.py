"""Every situation that has a row must have happened: in the stories, and in a draw from each of the large spaces."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass

from atomicpos.testing.interleavings.catalogue import SPACES
from atomicpos.testing.interleavings.odometer import Space, Tape
from atomicpos.testing.interleavings.situations.situation import EXCUSED, Situation, families, unseen
from atomicpos.testing.interleavings.situations.stories import STORIES, TOLD, play_story
from atomicpos.testing.interleavings.walk import CHUNK, at_work, collecting, play_tape

from .section import Section, section

DRAWN = 120
"""How many tapes are drawn from each large space; fewer where one is drawn again."""

STORY = "story"

Chunk = tuple[str, list[Tape]]
"""A space by name, and some of its tapes."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a chunk of histories came into."""

    situations: Counter[str]
    broken: list[str]
    """Of the stories only: the large spaces are held to their invariants where they are walked."""


def run(workers: int) -> Section:
    """Play them all, count, and name every row that stayed empty."""
    with section("situations: counted, never intended") as written:
        with at_work(workers) as pool:
            draws = _draws()
            seen = _play(pool, {STORY: [(at,) for at in range(len(STORIES))], **draws})
        broken = seen.broken
        written.add("stories", f"{len(STORIES)}, {len(broken)} of them broken: {'; '.join(broken[:3]) or 'none'}",
                    red=bool(broken))
        drawn = sum(map(len, draws.values()))
        written.add("drawn from large spaces", f"{drawn:,}, at most {DRAWN} of each of {len(SPACES)}")
        _tell(written, seen.situations)
    return written


def _draws() -> dict[str, list[Tape]]:
    return {name: _drawn(name, space) for name, space in SPACES.items()}


def _drawn(name: str, space: Space) -> list[Tape]:
    """The same tapes in every run; one that is drawn again counts once."""
    rng = random.Random(name)
    return sorted({tuple(rng.randrange(len(domain.values)) for domain in space.domains) for _ in range(DRAWN)})


def _play(pool: Executor, tapes: dict[str, list[Tape]]) -> Seen:
    chunks = [(name, some[at : at + CHUNK]) for name, some in tapes.items() for at in range(0, len(some), CHUNK)]
    whole = Seen(Counter(), [])
    for seen in pool.map(_play_chunk, chunks):
        whole.situations.update(seen.situations)
        whole.broken.extend(seen.broken)
    return whole


@collecting
def _play_chunk(chunk: Chunk) -> Seen:
    name, tapes = chunk
    story, seen = name == STORY, Seen(Counter(), [])
    for tape in tapes:
        told = play_story(TOLD, tape) if story else play_tape(SPACES[name], tape)
        seen.situations.update(told.situations)
        if story and told.broken:
            seen.broken.append(f"{TOLD.read(tape)[STORY]}: {told.broken[0]}")
    return seen


def _tell(written: Section, seen: Counter[str]) -> None:
    """One line a family, one line for each situation of its own, and one for all that is empty."""
    empty = unseen(seen)
    rows = sum(map(len, families().values()))
    written.add("rows filled", f"{rows - len(empty)} of {rows}, {len(EXCUSED)} excused", red=bool(empty))
    for name in empty:
        written.add("empty", name, red=True)
    for family, names in families().items():
        written.add(f"{family}: {len(names)} rows", _rarest({name: seen[f"{family}: {name}"] for name in names}))
    for situation, count in _of_their_own(seen):
        written.add(f"  {count:5} histories", situation)


def _rarest(counts: dict[str, int]) -> str:
    name, count = min(counts.items(), key=lambda item: item[1])
    return f"each in {count} histories or more; the rarest: {name}"


def _of_their_own(seen: Counter[str]) -> Iterator[tuple[str, int]]:
    yield from ((situation.value, seen[f"happened: {situation.value}"]) for situation in Situation)
