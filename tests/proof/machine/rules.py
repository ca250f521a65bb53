"""The machine: a bot that opens, repeats, closes, moves, asks, stops and is killed, on an exchange that lies."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from atomicpos.app import AtomicPositions
from atomicpos.errors import AlreadyOpen, AtomicPositionError, InvalidRequest, NotReady
from atomicpos.models import Position, State
from atomicpos.record import Record
from atomicpos.sim import Fault
from atomicpos.sim import hands as other_hands
from atomicpos.testing.interleavings.histories import quiet
from atomicpos.testing.interleavings.kinds import Kind

from . import choices
from .ground import SYMBOLS, Ground

HANDS = (
    other_hands.gap, other_hands.stop_out, other_hands.scale_in, other_hands.close, other_hands.reverse,
    other_hands.alter_stop, other_hands.clear_stop,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """An open as the bot asked for it."""

    symbol: str
    quantity: Decimal
    percent: str
    key: str

    async def of(self, positions: AtomicPositions, key: str | None = None) -> Position:
        """Ask for it; under another key where one is given."""
        return await positions.open_position_atomic(
            self.symbol, "buy", self.quantity, stop_loss_percent=self.percent, idempotency_key=key or self.key
        )


@dataclass(slots=True)
class Call:
    """A call that may still be under way."""

    what: str
    task: asyncio.Task[Any]
    judged: Callable[[Any], None] = field(default=lambda answer: None)


class Machine(RuleBasedStateMachine):
    """Rules over the public face, and the invariants after each of them."""

    ground: Ground
    hands = False

    def __init__(self) -> None:
        super().__init__()
        self._quiet = quiet()
        self._quiet.__enter__()
        self.asked: dict[str, Asked] = {}
        self.calls: list[Call] = []

    @initialize(
        kind=st.sampled_from(Kind), looks_back_s=st.sampled_from(choices.LAGS_S), hands=st.booleans(), data=st.data()
    )
    def begin(self, kind: Kind, looks_back_s: float, hands: bool, data: st.DataObject) -> None:
        """A new account, some things that go wrong, and a first position.

        How old what a look shows may be, and whether others act on the account, holds for all of its life.
        """
        self.looks_back_s, self.hands = looks_back_s, hands
        self.ground = Ground(kind, looks_back_s, hands)
        self.ground.run(self.ground.start())
        faults = st.lists(choices.faults(hands, looks_back_s), max_size=2)
        self.ground.venue.faults.add(*data.draw(faults, label="goes wrong"))
        self.opens(**data.draw(choices.opens, label="opens"))

    # --- the bot ----------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.asked) < len(SYMBOLS))
    @rule(given=choices.opens)
    def opens_another(self, given: dict[str, Any]) -> None:
        """Open one, unless the symbol had its one entry."""
        self.opens(**given)

    def opens(self, symbol: str, quote: int, percent: str, patience_s: float) -> None:
        """Open one, and wait for the answer as long as the bot has patience."""
        if symbol not in self.asked and not self.ground.of(symbol):
            asked = Asked(symbol, self.ground.worth(symbol, quote), percent, f"signal-{symbol}")
            self._call(f"open {symbol}", lambda positions: asked.of(positions), patience_s, self._opened)
            self.asked[symbol] = asked

    @rule(which=choices.which, patience_s=choices.patience)
    def repeats(self, which: int, patience_s: float) -> None:
        """The same signal again: the same row, and nothing is sent."""
        asked = self._signal(which)
        self._call(f"repeat {asked.symbol}", lambda positions: asked.of(positions), patience_s, self._opened)

    @precondition(lambda self: self.ground.rows)
    @rule(which=choices.which)
    def misuses_a_key(self, which: int) -> None:
        """The same key with another request is refused, where anything is stored under it."""
        asked = self._signal(which)
        if self.ground.of(asked.symbol):
            other = Asked(asked.symbol, asked.quantity * 2, asked.percent, asked.key)
            self._call("misuse a key", lambda positions: other.of(positions), 60.0, _never, (InvalidRequest, NotReady))

    @precondition(lambda self: self.ground.protected() and not self.hands and not self.calls)
    @rule(which=choices.which)
    def collides(self, which: int) -> None:
        """A second position on a slot that a protected one holds is refused, and nothing is sent."""
        rows = self.ground.protected()
        asked = self.asked[rows[which % len(rows)].intent.symbol]
        self._call("collide", lambda positions: asked.of(positions, "another"), 60.0, _never, (AlreadyOpen, NotReady))

    @precondition(lambda self: self.ground.rows)
    @rule(which=choices.which, patience_s=choices.patience)
    def closes(self, which: int, patience_s: float) -> None:
        """Close the whole of it."""
        row = self._row(which)
        self._call(f"close {row.id}", lambda positions: positions.close_position(row.id), patience_s)

    @precondition(lambda self: self.ground.protected())
    @rule(which=choices.which, share=choices.shares, patience_s=choices.patience)
    def closes_a_part(self, which: int, share: Decimal, patience_s: float) -> None:
        """Close a part of it, in whole steps."""
        row = self._row(which)
        step, left = row.intent.step, row.filled_quantity - row.closed_quantity
        part = max((left * share // step) * step, step)
        self._call(f"close {part} of {row.id}", lambda positions: positions.close_position(row.id, part), patience_s)

    @precondition(lambda self: self.ground.protected())
    @rule(which=choices.which, percent=st.sampled_from(("0.9", "1", "2.5", "5", "12")), patience_s=choices.patience)
    def moves_the_stop(self, which: int, percent: str, patience_s: float) -> None:
        """Move its stop, nearer or farther."""
        row = self._row(which)
        ask: Ask = lambda positions: positions.move_stop(row.id, percent=percent)  # noqa: E731
        self._call(f"move the stop of {row.id}", ask, patience_s)

    @precondition(lambda self: self.ground.rows)
    @rule(patience_s=choices.patience)
    def flattens_all(self, patience_s: float) -> None:
        """Close everything."""
        self._call("flatten all", lambda positions: positions.flatten_all(), patience_s)

    @precondition(lambda self: self.ground.suspected())
    @rule(which=choices.which, as_=st.sampled_from(("rolled_back", "closed_immediately", "closed")))
    def resolves(self, which: int, as_: str) -> None:
        """An operator gives his word on a suspected orphan."""
        rows = self.ground.suspected()
        row = rows[which % len(rows)]
        self._call("resolve", lambda positions: positions.resolve(row.id, as_, "looked at it", by="ann"), 60.0)

    @rule()
    def asks(self) -> None:
        """Every row that was stored is listed, and each can be had by its id."""
        stored = set(self.ground.rows)
        self._call("list", lambda positions: positions.list(), 60.0, lambda answer: _lists(answer, stored))
        for position_id in stored:
            ask: Ask = lambda positions, one=position_id: positions.get(one)  # type: ignore[misc]  # noqa: E731
            self._call("get", ask, 60.0)
        self._call("health", lambda positions: positions.health(), 60.0)

    # --- its process ------------------------------------------------------------------------------------------

    @rule(after_s=choices.passes)
    def is_killed(self, after_s: float) -> None:
        """The process is killed, and another starts a while later."""
        self.ground.run(self.ground.kill())
        self.calls.clear()
        self._starts(after_s)

    @rule(after_s=choices.passes)
    def stops_and_starts(self, after_s: float) -> None:
        """The process leaves its block, and another starts a while later."""
        self.ground.run(self.ground.stop())
        self.ground.run(self._left_waiting())
        self._starts(after_s)

    async def _left_waiting(self) -> None:
        for call in self.calls:
            call.task.cancel()
        await asyncio.gather(*(call.task for call in self.calls), return_exceptions=True)
        self.calls.clear()

    def _starts(self, after_s: float) -> None:
        self.ground.run(self.ground.clock.sleep(after_s))
        self.ground.run(self.ground.start())

    # --- the world --------------------------------------------------------------------------------------------

    @rule(seconds=choices.passes)
    def time_passes(self, seconds: float) -> None:
        """Nothing else happens."""
        self.ground.run(self.ground.clock.sleep(seconds))

    @rule(call=st.sampled_from(choices.READS), data=st.data())
    def lags_change(self, call: str, data: st.DataObject) -> None:
        """A read shows what was, from now on."""
        lags = [lag for lag in choices.LAGS_S if lag <= self.looks_back_s]
        self.ground.venue.faults.add(Fault(call, None, "lag", None, data.draw(st.sampled_from(lags))))

    @rule(data=st.data())
    def fails(self, data: st.DataObject) -> None:
        """Something goes wrong from now on."""
        self.ground.venue.faults.add(data.draw(choices.faults(self.hands, self.looks_back_s)))

    @rule()
    def recovers(self) -> None:
        """Everything works again."""
        self.ground.venue.faults.clear()

    @rule(symbol=choices.symbols, thousandths=choices.drifts)
    def the_market_moves(self, symbol: str, thousandths: int) -> None:
        """The mark moves, and reaches no stop."""
        market, venue = self.ground.venue.market(symbol), self.ground.venue
        price = market.price * (1000 + thousandths) / 1000
        venue.set_mark(symbol, (price // market.tick) * market.tick)

    @precondition(lambda self: self.hands)
    @rule(symbol=choices.symbols, hand=st.sampled_from(HANDS))
    def others_act(self, symbol: str, hand: Callable[..., None]) -> None:
        """The market or somebody else takes, adds, turns over, moves or clears."""
        hand(self.ground.venue, symbol)

    # --- what must be so --------------------------------------------------------------------------------------

    @invariant()
    def holds(self) -> None:
        """No invariant is broken, and no call ends in a way that is not in its contract."""
        for call in [call for call in self.calls if call.task.done()]:
            self.calls.remove(call)
            _judge(call)
        if hasattr(self, "ground"):
            assert not self.ground.broken, self.ground.broken

    def teardown(self) -> None:
        """Faults off: all must come to rest, every call must end, and the rows must say what is so."""
        try:
            if hasattr(self, "ground"):
                self.ground.run(self.ground.come_to_rest())
                waiting = [call.what for call in self.calls if not call.task.done()]
                assert not waiting, f"still waiting: {waiting}"
                self.holds()
        finally:
            if hasattr(self, "ground"):
                self.ground.run(self.ground.kill())
                self.ground.loop.close()
            self._quiet.__exit__(None, None, None)

    # --- inside -----------------------------------------------------------------------------------------------

    def _call(
        self, what: str, ask: Ask, patience_s: float, judged: Callable[[Any], None] | None = None,
        allowed: tuple[type[BaseException], ...] = (AtomicPositionError,),
    ) -> None:
        async def begin() -> None:
            task = asyncio.ensure_future(_answered(ask(self._positions), allowed))
            self.calls.append(Call(what, task, judged or (lambda answer: None)))
            await asyncio.wait({task}, timeout=patience_s)

        self.ground.run(begin())

    @property
    def _positions(self) -> AtomicPositions:
        assert self.ground.positions is not None
        return self.ground.positions

    def _row(self, which: int) -> Record:
        rows = list(self.ground.rows.values())
        return rows[which % len(rows)]

    def _signal(self, which: int) -> Asked:
        asked = list(self.asked.values())
        return asked[which % len(asked)]

    def _opened(self, answer: Any) -> None:
        if isinstance(answer, Position):
            assert answer.state in (State.PROTECTED, State.CLOSED), f"{answer.id} was returned {answer.state}"
        elif answer.position is not None:
            assert answer.position.state is not State.PROTECTED, f"{type(answer).__name__} of a protected position"


Ask = Callable[[AtomicPositions], Awaitable[Any]]


async def _answered(asked: Awaitable[Any], allowed: tuple[type[BaseException], ...]) -> Any:
    """What it returned, or the error that its contract allows."""
    try:
        return await asked
    except allowed as error:
        return error


def _judge(call: Call) -> None:
    if not call.task.cancelled():
        call.judged(call.task.result())


def _never(answer: Any) -> None:
    assert isinstance(answer, Exception), f"{answer} went through"


def _lists(answer: Any, stored: set[str]) -> None:
    if isinstance(answer, tuple):
        assert {position.id for position in answer} >= stored, "a stored row is not listed"
