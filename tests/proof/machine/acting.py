"""What all rules stand on: the example's ground, the calls under way, and the check after every step."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from atomicpos.record import Record
from atomicpos.testing.interleavings.kinds import Kind
from atomicpos.testing.interleavings.quiet import quiet

from .calls import ANY_OF_OURS, Ask, Asked, Call, Judge, answered
from .ground import Ground
from .resting import come_to_rest
from .tally import DIES, Tally

When = Callable[[Any], object]
ACTS: list[str] = []
"""The names of all rules, in the order of their definition."""


def act(*, when: When | None = None, **drawn: Any) -> Callable[[Callable[..., None]], Any]:
    """A rule that counts each time it fires; ``when`` says whether there is anything for it to do."""

    def ruled(does: Callable[..., None]) -> Any:
        @wraps(does)
        def counted(self: Acting, **given: Any) -> None:
            self.tally.fired(does.__name__)
            does(self, **given)

        ACTS.append(does.__name__)
        one = rule(**drawn)(counted)
        return precondition(lambda self: bool(when(self)))(one) if when is not None else one

    return ruled


class Acting(RuleBasedStateMachine):
    """One account from its first moment to its rest, and the invariants after each step."""

    tally: ClassVar[Tally] = Tally()
    """What all examples did, until somebody puts a new one in its place."""
    ground: Ground
    looks_back_s: float
    hands: bool

    def __init__(self) -> None:
        super().__init__()
        self._quiet = quiet()
        self._quiet.__enter__()
        self.tally.examples += 1
        self.asked: list[Asked] = []
        self.calls: list[Call] = []

    def account(self, kind: Kind, *, looks_back_s: float = 0, hands: bool = False, dies_at: int | None = None) -> None:
        """A new account, and a process that may die at an instant of its own.

        How old what a look shows may be, and whether others act on the account, holds for all of its life.
        """
        self.looks_back_s, self.hands = looks_back_s, hands
        self.ground = Ground(kind, looks_back_s, hands, self.tally)
        self.ground.run(self.ground.start(dies_at))
        self.lives_on()

    @invariant()
    def holds(self) -> None:
        """No invariant is broken, and no call ends in a way that is not in its contract."""
        if not hasattr(self, "ground"):
            return
        self.lives_on()
        self.judge()
        self.ground.check()

    def judge(self) -> None:
        """Judge every call that has come to its end."""
        for call in [call for call in self.calls if call.task.done()]:
            self.calls.remove(call)
            self.tally.answers[f"{call.what}: {call.judge()}"] += 1

    def teardown(self) -> None:
        """Faults off: all must come to rest, every call must end, and the rows must say what is so."""
        try:
            if hasattr(self, "ground"):
                self._ends()
        finally:
            if hasattr(self, "ground"):
                self.ground.run(self.ground.kill())
                self.ground.loop.close()
            self._quiet.__exit__(None, None, None)

    def _ends(self) -> None:
        self.begins_anew_unless_sure_to_live()
        self.ground.run(come_to_rest(self.ground))
        waiting = [call.what for call in self.calls if not call.task.done()]
        assert not waiting, f"still waiting: {waiting}"
        self.judge()
        self.ground.check()

    # --- for the rules ----------------------------------------------------------------------------------------

    def call(
        self, what: str, ask: Ask, patience_s: float, judged: Judge | None = None,
        allowed: tuple[type[BaseException], ...] = ANY_OF_OURS,
    ) -> None:
        """Ask, and wait for the answer as long as the bot has patience; the call goes on meanwhile."""
        self.ground.run(self._begun(what, ask, patience_s, judged or (lambda answer: None), allowed))

    async def _begun(
        self, what: str, ask: Ask, patience_s: float, judged: Judge, allowed: tuple[type[BaseException], ...]
    ) -> None:
        positions = self.ground.positions
        assert positions is not None, "no process is up"
        task = asyncio.ensure_future(answered(ask(positions), allowed))
        self.calls.append(Call(what, task, judged))
        await asyncio.wait({task}, timeout=patience_s)

    def lives_on(self) -> None:
        """Where the process has died of itself, its calls are gone, and another has started."""
        if self.ground.died:
            self.judge()
            self.calls.clear()
            self.tally.fired(DIES)
            self.ground.run(self.ground.replace_the_dead())

    def begins_anew_unless_sure_to_live(self) -> None:
        """What comes now is not for a process that may still die."""
        if self.ground.mortal:
            self.judge()
            self.calls.clear()
            self.ground.run(self.ground.kill())
            self.ground.run(self.ground.start())

    def row(self, which: int, rows: list[Record]) -> Record:
        """One of those."""
        return rows[which % len(rows)]
