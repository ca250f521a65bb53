"""What a person may do from the page. Each act is a call of the library's own; here its words are read and checked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from ..announcer import log
from ..errors import (
    AtomicPositionError,
    InvalidRequest,
    NotReady,
    StoreUnavailable,
    UnknownPosition,
)
from ..health import Health
from ..models import Position, Scope
from ..ports import Pages
from .limits import ACT_PATIENCE_S, ID_CHARACTERS_MOST, NAME_CHARACTERS_MOST, TEXT_CHARACTERS_MOST


class Acting(Protocol):
    """What acts are carried out by: an ``AtomicPositions`` inside its block."""

    @property
    def scope(self) -> Scope: ...

    async def look(self, position_id: str, *, by: str | None = None) -> Position: ...

    async def close_position(
        self, position_id: str, quantity: object = None, *, by: str | None = None
    ) -> Position: ...

    async def flatten_all(self, *, by: str | None = None) -> tuple[Position, ...]: ...

    async def move_stop(
        self, position_id: str, *, price: object = None, percent: object = None, by: str | None = None
    ) -> Position: ...

    async def resolve(self, position_id: str, as_: object, reason: str, *, by: str | None = None) -> Position: ...

    async def health(self) -> Health: ...

    def events(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Told:
    """What came of an act."""

    status: int
    text: str


Words = Mapping[str, str]


async def _look(positions: Acting, words: Words, by: str) -> str:
    position = await positions.look(words["id"], by=by)
    return f"Looked: {_standing(position)}"


async def _close(positions: Acting, words: Words, by: str) -> str:
    position = await positions.close_position(words["id"], words.get("quantity") or None, by=by)
    return f"Closed as asked: {_standing(position)}"


async def _move_stop(positions: Acting, words: Words, by: str) -> str:
    price, percent = words.get("price") or None, words.get("percent") or None
    position = await positions.move_stop(words["id"], price=price, percent=percent, by=by)
    return f"The stop stands at {_plain(position.stop_price)} and was read back."


async def _resolve(positions: Acting, words: Words, by: str) -> str:
    position = await positions.resolve(words["id"], words["as"], words["reason"], by=by)
    return f"Resolved: {_standing(position)}"


async def _flatten_all(positions: Acting, words: Words, by: str) -> str:
    if words["confirm"] != FLATTEN_WORD:
        raise InvalidRequest(f"confirm is {words['confirm']!r}; to close every position it must be {FLATTEN_WORD!r}")
    ended = await positions.flatten_all(by=by)
    left = [p for p in ended if not p.state.settled]
    return f"{len(ended) - len(left)} of {len(ended)} positions are proven flat." if ended else "Nothing was open."


FLATTEN_WORD = "flatten"
"""What must be typed to close everything."""


@dataclass(frozen=True, slots=True)
class Act:
    """How an act is done, and which words it needs and may have."""

    perform: Callable[[Acting, Words, str], Awaitable[str]]
    needs: frozenset[str]
    may_have: frozenset[str] = frozenset()


ACTS: Mapping[str, Act] = {
    "look": Act(_look, frozenset({"id"})),
    "close": Act(_close, frozenset({"id"}), frozenset({"quantity"})),
    "move-stop": Act(_move_stop, frozenset({"id"}), frozenset({"price", "percent"})),
    "resolve": Act(_resolve, frozenset({"id", "as", "reason"})),
    "flatten-all": Act(_flatten_all, frozenset({"confirm"})),
}
_LONGEST = {"id": ID_CHARACTERS_MOST, "by": NAME_CHARACTERS_MOST}


def read_words(body: bytes, act: Act) -> dict[str, str]:
    """The words of an act. Raises InvalidRequest for anything that is not exactly what the act takes."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise InvalidRequest("the body is no JSON") from None
    if not isinstance(given, dict):
        raise InvalidRequest("the body is no JSON object")
    needed = act.needs | {"by"}
    if unknown := sorted(given.keys() - needed - act.may_have):
        raise InvalidRequest(f"{unknown[0]!r} is no word of this act; it takes {_named(needed | act.may_have)}")
    if missing := sorted(needed - given.keys()):
        raise InvalidRequest(f"{missing[0]} is missing; the act needs {_named(needed)}")
    for name, value in given.items():
        _check(name, value, optional=name in act.may_have)
    return {name: value.strip() for name, value in given.items() if value is not None}


def _check(name: str, value: object, *, optional: bool) -> None:
    if optional and value is None:
        return
    longest = _LONGEST.get(name, TEXT_CHARACTERS_MOST)
    if not isinstance(value, str):
        raise InvalidRequest(f"{name} is {type(value).__name__}; it must be a string")
    if not value.isprintable():
        raise InvalidRequest(f"{name} has characters that cannot be printed")
    if len(value) > longest or (not value.strip() and not optional):
        raise InvalidRequest(f"{name} has {len(value.strip())} characters; it must have 1 to {longest}")


def _named(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))


class Acts:
    """Carries acts out. What was begun goes on when nobody waits for it any more."""

    def __init__(self, positions: Acting, pages: Pages) -> None:
        self._positions = positions
        self._pages = pages
        self._running: set[asyncio.Task[str]] = set()

    async def perform(self, name: str, body: bytes, address: str) -> Told:
        """Do it and tell what came of it, within ``ACT_PATIENCE_S``; the journal names who did it, and from where."""
        act = ACTS.get(name)
        if act is None:
            return Told(404, f"there is no act {name[:ID_CHARACTERS_MOST]!r}; there are {_named(frozenset(ACTS))}")
        try:
            words = read_words(body, act)
            await self._check_ours(words.get("id"))
            by = f"{words['by']} (dashboard, {address})"
            task = asyncio.ensure_future(self._carry_out(act, words, by))
            self._running.add(task)
            task.add_done_callback(self._ended)
            done, _ = await asyncio.wait({task}, timeout=ACT_PATIENCE_S)
            if not done:
                return Told(202, f"It was asked for and is not done after {ACT_PATIENCE_S:g} s; it goes on.")
            return Told(200, task.result())
        except AtomicPositionError as error:
            return Told(_status(error), str(error))

    async def _carry_out(self, act: Act, words: Words, by: str) -> str:
        return await act.perform(self._positions, words, by)

    async def _check_ours(self, position_id: str | None) -> None:
        """Raises UnknownPosition, or InvalidRequest for a row of an account that this dashboard does not act for."""
        if position_id is None:
            return
        story = await self._pages.story(position_id)
        if story is None:
            raise UnknownPosition(f"no position has the id {position_id!r}")
        theirs, ours = story.record.intent.scope, self._positions.scope
        if theirs != ours:
            raise InvalidRequest(
                f"position {position_id} is of {theirs.named}; this dashboard acts for {ours.named} only"
            )

    def _ended(self, task: asyncio.Task[str]) -> None:
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, AtomicPositionError):
            log.error("an act of the dashboard failed: %r", error)


def _status(error: AtomicPositionError) -> int:
    match error:
        case UnknownPosition():
            return 404
        case InvalidRequest():
            return 422
        case NotReady() | StoreUnavailable():
            return 503
        case _:
            return 409


def _standing(position: Position) -> str:
    shown = position.proof.detail if position.proof is not None else "nothing is proven yet"
    return f"it is {position.state.value} ({shown})."


def _plain(amount: Decimal | None) -> str:
    return "a price not known yet" if amount is None else format(amount, "f")
