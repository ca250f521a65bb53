"""An outbox in memory: what a process goes on with while the database cannot be used, and the one of the tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from atomicpos.letters import ANY, Course, Letter, Report, Subject, lapsed, merged, new_letter, reported
from atomicpos.models import Scope
from atomicpos.ports import Taker

Address = tuple[str, Subject]


@dataclass(slots=True)
class Letters:
    """What survives a process: the letters, and who is delivering which until when."""

    by_address: dict[Address, Letter] = field(default_factory=dict)
    taken: dict[Address, tuple[str, int]] = field(default_factory=dict)


class MemoryOutbox:
    """Implements the Outbox port. Nothing in it suspends; leases last by ``now_us``."""

    def __init__(self, now_us: Callable[[], int], letters: Letters | None = None) -> None:
        self._now_us = now_us
        self._letters = Letters() if letters is None else letters

    async def report(self, channels: Sequence[str], reports: Sequence[Report]) -> None:
        """Make each report part of the letters to these channels."""
        for channel in channels:
            for report in reports:
                self._report(channel, report)

    async def take(self, taker: Taker, limit: int) -> tuple[Letter, ...]:
        """Take letters that are due and that nobody else is delivering."""
        now_us = self._now_us()
        due = [letter for letter in self._of(taker.scope, taker.channel) if _is_due(letter, taker.now_us)]
        free = [letter for letter in due if self._free(letter, taker, now_us)]
        some = sorted(free, key=lambda letter: (letter.due_at_us or 0, letter.address))[:limit]
        for letter in some:
            self._letters.taken[letter.address] = taker.owner, now_us + taker.lease_us
        return tuple(some)

    async def put_back(self, owner: str, letter: Letter, change: Callable[[Letter], Letter]) -> None:
        """Change the letter as it is by now, and give it back if it is that owner's."""
        if (now := self._letters.by_address.get(letter.address)) is not None:
            self.put(change(now))
        if self._letters.taken.get(letter.address, ("", 0))[0] == owner:
            del self._letters.taken[letter.address]

    async def takers(self, scope: Scope) -> frozenset[str]:
        """Every owner that has letters of the scope."""
        return frozenset(owner for (_, subject), (owner, _) in self._letters.taken.items() if subject.scope == scope)

    async def lapse(self, scope: Scope, unconfirmed_since_us: int, at_us: int) -> None:
        """End what stands and nobody has confirmed since then."""
        for letter in self._of(scope):
            if letter.stands and letter.confirmed_at_us < unconfirmed_since_us:
                self.put(lapsed(letter, at_us))

    async def forget(self, scope: Scope, over_since_us: int) -> None:
        """Drop the letters about what was over before that time."""
        for letter in self._of(scope):
            if not letter.stands and (letter.over_at_us or 0) < over_since_us:
                self._letters.by_address.pop(letter.address)
                self._letters.taken.pop(letter.address, None)

    async def merge(self, letters: Sequence[Letter]) -> None:
        """Make these letters part of those that are there."""
        for ours in letters:
            stored = self._letters.by_address.get(ours.address)
            self.put(ours if stored is None else merged(stored, ours))

    async def letters(self, scope: Scope | None = None) -> tuple[Letter, ...]:
        """All letters, in order."""
        return tuple(self._of(scope))

    def put(self, letter: Letter) -> None:
        """Keep this one in the place of the one with its address."""
        self._letters.by_address[letter.address] = letter

    def _of(self, scope: Scope | None, channel: str | None = None) -> list[Letter]:
        found = (self._letters.by_address[at] for at in sorted(self._letters.by_address))
        return [x for x in found if scope in (None, x.subject.scope) and channel in (None, x.channel)]

    def _report(self, channel: str, report: Report) -> None:
        covered = self._covered(channel, report.subject)
        for letter in covered:
            self.put(reported(letter, report))
        if not covered and report.course is not Course.OVER:
            self.put(new_letter(channel, report))

    def _covered(self, channel: str, subject: Subject) -> list[Letter]:
        if subject.condition == ANY:
            return [x for x in self._of(subject.scope, channel) if subject.covers(x.subject)]
        letter = self._letters.by_address.get((channel, subject))
        return [] if letter is None else [letter]

    def _free(self, letter: Letter, taker: Taker, now_us: int) -> bool:
        owner, until_us = self._letters.taken.get(letter.address, ("", 0))
        return until_us <= now_us or owner == taker.owner or owner in taker.gone


def _is_due(letter: Letter, now_us: int) -> bool:
    return letter.due_at_us is not None and letter.due_at_us <= now_us
