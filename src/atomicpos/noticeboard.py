"""What the account's stream told lately, by symbol: kept whether anybody listens yet or not (F17), and bounded."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable

from .ports import Notice

KEPT = 256
"""Notices of one symbol; then the oldest go. An order's own row says how much of it filled in all, however many."""
SYMBOLS_KEPT = 512
"""Symbols with notices; then those that nothing was told of for the longest time go."""


class Noticeboard:
    """Takes every notice as it comes. What hangs here is no proof of anything that does not."""

    def __init__(self) -> None:
        self._notices: OrderedDict[str, deque[Notice]] = OrderedDict()
        self._tell: list[Callable[[str], None]] = []
        self.silent: str | None = "nothing has connected yet"
        """Why nothing is told at present; None while what happens is told."""

    def on_notice(self, tell: Callable[[str], None]) -> None:
        """Call that function with the symbol of each new notice, at once. It does not raise."""
        self._tell.append(tell)

    def hear(self, notice: Notice) -> None:
        """Hang one up and tell of it; one that says what hangs here already is a repetition, and dropped."""
        kept = self._notices.setdefault(notice.symbol, deque(maxlen=KEPT))
        self._notices.move_to_end(notice.symbol)
        if any(_same(notice, known) for known in kept):
            return
        kept.append(notice)
        while len(self._notices) > SYMBOLS_KEPT:
            self._notices.popitem(last=False)
        for tell in self._tell:
            tell(notice.symbol)

    def of(self, symbol: str) -> tuple[Notice, ...]:
        """What hangs here of one symbol, the oldest first."""
        return tuple(self._notices.get(symbol, ()))


def _same(one: Notice, other: Notice) -> bool:
    return (one.orders, one.fills, one.position) == (other.orders, other.fills, other.position)
