"""Urgent calls pay the caller's limiter, and what they pay is never waited for longer than it lasts."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from atomicpos.exchanges import tab
from atomicpos.exchanges.tab import READ_DEBT_S_MAX, Tab, in_debt
from atomicpos.sim.loop import run

TOKENS_PER_MS = 0.05


@pytest.fixture(autouse=True)
def virtual(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tab, "_now_ms", lambda: asyncio.get_running_loop().time() * 1000)


def limiter(**config: Any) -> Any:
    defaults = {"algorithm": "leakyBucket", "tokens": 0.0, "cost": 1.0, "refillRate": TOKENS_PER_MS}
    return SimpleNamespace(config=defaults | config, running=False, timestamps=[])


def test_an_idle_limiter_is_repaid_as_time_passes() -> None:
    """Fifty tokens at fifty a second are owed for one second, and not a token more is given back."""

    async def main() -> None:
        theirs = limiter()
        Tab().pay(theirs, 50)
        assert theirs.config["tokens"] == -50
        await asyncio.sleep(0.5)
        assert theirs.config["tokens"] == pytest.approx(-25, abs=3)
        await asyncio.sleep(5)
        assert theirs.config["tokens"] == pytest.approx(0, abs=1e-6)

    run(main)


def test_a_running_limiter_credits_the_time_itself() -> None:
    """While the bot's own calls wait, the limiter refills itself: the tab must not do so as well."""

    async def main() -> None:
        theirs = limiter()
        theirs.running = True
        Tab().pay(theirs, 50)
        await asyncio.sleep(5)
        assert theirs.config["tokens"] == -50

    run(main)


def test_the_bots_own_debt_is_not_repaid() -> None:
    """What the bot itself had drawn stays drawn, as ccxt has it."""

    async def main() -> None:
        theirs = limiter(tokens=-30.0)
        Tab().pay(theirs, 5)
        await asyncio.sleep(5)
        assert theirs.config["tokens"] == pytest.approx(-30, abs=1e-6)

    run(main)


@pytest.mark.parametrize(("tokens", "expected"), [(0, False), (-99, False), (-101, True)])
def test_reads_may_run_ahead_by_two_seconds(tokens: float, expected: bool) -> None:
    """At fifty tokens a second the bound is a hundred tokens."""
    assert READ_DEBT_S_MAX == 2.0
    assert in_debt(limiter(tokens=tokens), READ_DEBT_S_MAX) is expected
