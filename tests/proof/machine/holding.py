"""What a bot and an operator do with positions: close them, whole or in part, move stops, flatten, resolve, ask."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from atomicpos.models import Position, State
from atomicpos.record import Record
from atomicpos.testing.swarm.stakes import alive

from . import choices
from .acting import Acting, act
from .calls import Ask, Judge

LONG_S = 60.0
ENDS = st.sampled_from((State.ROLLED_BACK, State.CLOSED_IMMEDIATELY, State.CLOSED))


class Holding(Acting):
    """Rules that act on positions."""

    @act(when=lambda self: self.ground.rows, which=choices.which, patience_s=choices.patience)
    def closes(self, which: int, patience_s: float) -> None:
        """Close the whole of it, whatever its state."""
        row = self.row(which, list(self.ground.rows.values()))
        self.call("close", lambda positions: positions.close_position(row.id), patience_s, _ended)

    @act(
        when=lambda self: self._protected, which=choices.which, share=choices.shares, patience_s=choices.patience,
    )
    def closes_a_part(self, which: int, share: Decimal, patience_s: float) -> None:
        """Close a part of it, in whole steps."""
        row = self.row(which, self._protected)
        step, left = row.intent.step, row.filled_quantity - row.closed_quantity
        part = max((left * share // step) * step, step)
        self.call("close a part", lambda positions: positions.close_position(row.id, part), patience_s)

    @act(
        when=lambda self: self._protected, which=choices.which, percent=choices.distances,
        patience_s=choices.patience,
    )
    def moves_the_stop(self, which: int, percent: str, patience_s: float) -> None:
        """Move its stop, nearer or farther."""
        row = self.row(which, self._protected)
        ask: Ask = lambda positions: positions.move_stop(row.id, percent=percent)  # noqa: E731
        self.call("move the stop", ask, patience_s, _kept_a_stop)

    @act(when=lambda self: self.ground.rows, patience_s=choices.patience)
    def flattens_all(self, patience_s: float) -> None:
        """Close everything."""
        self.call("flatten all", lambda positions: positions.flatten_all(), patience_s)

    @act(when=lambda self: self._gone, which=choices.which, end=ENDS)
    def resolves(self, which: int, end: State) -> None:
        """An operator who has seen at the exchange that nothing is left gives his word on a suspected orphan."""
        self._resolve(self.row(which, self._gone), end)

    @act(when=lambda self: self._still_there, which=choices.which, end=ENDS)
    def resolves_wrongly(self, which: int, end: State) -> None:
        """An operator's word on a position that is there is refused, where the exchange can be read: none of its row
        ends before it is gone, or the oracle says so.
        """
        self._resolve(self.row(which, self._still_there), end)

    @act(when=lambda self: self.ground.rows, which=choices.which)
    def asks(self, which: int) -> None:
        """Every row that was stored is listed, and can be had by its id."""
        stored = set(self.ground.rows)
        row = self.row(which, list(self.ground.rows.values()))
        self.call("list", lambda positions: positions.list(), LONG_S, _lists(stored))
        self.call("get", lambda positions: positions.get(row.id), LONG_S)
        self.call("health", lambda positions: positions.health(), LONG_S)

    # --- inside -----------------------------------------------------------------------------------------------

    def _resolve(self, row: Record, end: State) -> None:
        ask: Ask = lambda positions: positions.resolve(row.id, end, "looked at it", by="ann")  # noqa: E731
        self.call("resolve", ask, LONG_S)

    @property
    def _protected(self) -> list[Record]:
        return self.ground.of_state(State.PROTECTED)

    @property
    def _suspected(self) -> list[Record]:
        return self.ground.of_state(State.ORPHAN_SUSPECTED)

    @property
    def _gone(self) -> list[Record]:
        return [row for row in self._suspected if not self._there(row)]

    @property
    def _still_there(self) -> list[Record]:
        return [row for row in self._suspected if not self.ground.reads_lie and self._there(row)]

    def _there(self, row: Record) -> bool:
        return self.ground.oracle.share(row) > 0 or bool(alive(self.ground.venue, row))


def _ended(answer: Any) -> None:
    """What a close returns has ended."""
    if isinstance(answer, Position):
        assert answer.state.settled, f"the close of {answer.id} returned it {answer.state}"


def _kept_a_stop(answer: Any) -> None:
    """What a move returns stands."""
    if isinstance(answer, Position):
        assert not answer.state.settled, f"the stop of {answer.id}, {answer.state}, was moved"


def _lists(stored: set[str]) -> Judge:
    def judged(answer: Any) -> None:
        if isinstance(answer, tuple):
            assert {position.id for position in answer} >= stored, "I8: a stored row is not listed"

    return judged
