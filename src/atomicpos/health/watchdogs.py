"""What watchdogs say of themselves, and which accounts none of them looks after."""

from __future__ import annotations

from collections.abc import Mapping

from ..models import MICROSECONDS, Scope
from .facts import TURNS_MISSED, Outside, Watching


def heard_of(outside: Outside) -> tuple[Watching, ...]:
    """Each that did not leave in order, with what it said of itself last."""
    return tuple(
        Watching(
            owner=(said := heard.heartbeat).owner, scope=said.scope,
            lives=heard.age_us <= outside.lease_us and said.owner not in outside.gone,
            age_s=heard.age_us / MICROSECONDS, behind_s=said.behind_us / MICROSECONDS, waits_for=said.waits_for,
            positions=said.positions, driven=said.driven,
        )
        for heard in outside.heard
    )


def abandoned(numbers: Mapping[Scope, Mapping[str, int]], silent: list[Watching]) -> tuple[str, ...]:
    """One sentence for each account that no living watchdog looks after: with what is left there, and what to do."""
    scopes = dict.fromkeys((*numbers, *(w.scope for w in silent)))
    return tuple(_nobody_watches(scope, numbers.get(scope, {}), silent) for scope in scopes)


def _nobody_watches(scope: Scope, states: Mapping[str, int], silent: list[Watching]) -> str:
    left = ", ".join(f"{n} {state}" for state, n in states.items()) or "none"
    last_s = min((w.age_s for w in silent if w.scope == scope), default=None)
    heard = "none was heard of" if last_s is None else f"the last one, heard {last_s:.0f} s ago, did not leave in order"
    return (
        f"no watchdog looks after {scope.named} ({heard}); positions "
        f"there that are not settled: {left}. Start the bot, or 'atomicpos watch'"
    )


def hindrances(watchdog: Watching, watch_s: float) -> tuple[str, ...]:
    """What keeps a living one from its work, one sentence each."""
    late = watchdog.behind_s > TURNS_MISSED * watch_s
    behind = (f"the watchdog {watchdog.owner} is {watchdog.behind_s:.1f} s behind",) if late else ()
    waits = (f"the watchdog {watchdog.owner} waits: {watchdog.waits_for}",) if watchdog.waits_for else ()
    return (*behind, *waits)
