"""What the virtual loop calls, and when, is asyncio's own: contexts, cancellation, exceptions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context, ContextVar, copy_context
from typing import Any

import pytest

from atomicpos.sim.loop import run

WHO: ContextVar[str] = ContextVar("who", default="nobody")
Set = Callable[..., asyncio.Handle]


def _soon(callback: Callable[..., object], *args: object, context: Context | None = None) -> asyncio.Handle:
    return asyncio.get_running_loop().call_soon(callback, *args, context=context)


def _later(callback: Callable[..., object], *args: object, context: Context | None = None) -> asyncio.Handle:
    return asyncio.get_running_loop().call_later(1, callback, *args, context=context)


def _at(callback: Callable[..., object], *args: object, context: Context | None = None) -> asyncio.Handle:
    return asyncio.get_running_loop().call_at(1, callback, *args, context=context)


ways = pytest.mark.parametrize("way", [_soon, _later, _at])


@ways
def test_a_call_runs_in_the_context_that_it_was_made_in(way: Set) -> None:
    """A later change of the caller's context is not seen, and what the call changes stays its own."""
    async def main() -> list[str]:
        heard: list[str] = []
        WHO.set("maker")
        way(lambda: (heard.append(WHO.get()), WHO.set("call")))
        WHO.set("later")
        await asyncio.sleep(2)
        return [*heard, WHO.get()]

    assert run(main) == ["maker", "later"]


@ways
def test_a_call_runs_in_the_context_that_it_was_given(way: Set) -> None:
    """What it changes is seen there afterwards."""
    async def main() -> str:
        given = copy_context()
        way(WHO.set, "call", context=given)
        await asyncio.sleep(2)
        return given[WHO]

    assert run(main) == "call"


@ways
def test_a_call_that_was_cancelled_is_not_made(way: Set) -> None:
    """Not even where it was cancelled in the turn in which it is due, and it keeps nothing alive."""
    async def main() -> tuple[list[str], bool, object]:
        heard: list[str] = []
        calls: list[asyncio.Handle] = []
        way(lambda: calls[0].cancel())
        calls.append(way(heard.append, "called"))
        await asyncio.sleep(2)
        return heard, calls[0].cancelled(), calls[0]._args

    assert run(main) == ([], True, None)


@ways
def test_what_a_call_raises_is_told_and_ends_nothing(way: Set) -> None:
    """The loop's exception handler hears of it with the handle that was called."""
    async def main() -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
        handle = way(int, "no number")
        await asyncio.sleep(2)
        assert [context["handle"] for context in told] == [handle]
        return told

    (context,) = run(main)
    assert isinstance(context["exception"], ValueError)


def test_a_timer_says_when_it_is_due() -> None:
    """As asyncio's does, to the nanosecond."""
    async def main() -> float:
        return asyncio.get_running_loop().call_later(0.1 + 0.2, print).when()

    assert run(main) == 0.3
