"""The table of a run: what was played, what it was like, and what did not hold."""

from __future__ import annotations

from collections.abc import Iterator

from ...models import State
from ...sim.fault_words import FaultKind
from .beside import BESIDE
from .totals import Totals

LABEL = 26
WIDTH = 118

EXPECTED = (
    *(f"struck {kind.value}" for kind in FaultKind),
    *(f"reached {state.value}" for state in State if state is not State.ORDER_FILLED),
    *(f"taken over {state}" for state in ("pending_entry", "verifying", "protected", "orphan_suspected")),
    "killed", "stopped", "left", "cut off", "moved", "alerts", *BESIDE,
)
"""Situations that a large run must have seen; ``order_filled`` is passed within one turn, and never stored alone."""


def missing(totals: Totals) -> list[str]:
    """The expected situations that were never seen."""
    return [name for name in EXPECTED if not totals.counts[name]]


def table(totals: Totals, wall_s: float, workers: int) -> str:
    """All of it, one line a row."""
    return "\n".join(_lines(totals, wall_s, workers))


def _lines(totals: Totals, wall_s: float, workers: int) -> Iterator[str]:
    hours = totals.virtual_s / 3600
    yield _row("seeds", f"{totals.first} to {totals.last}: {totals.seeds} {totals.size} worlds, {hours:.1f} virtual "
               f"hours, {totals.lines} lines hashed")
    rate = totals.opens * totals.playings / max(totals.cpu_s, 1e-9)
    played = "twice" if totals.playings == 2 else "once"
    yield _row("opens", f"{totals.opens}, played {played}: {rate:.1f} a second and "
               f"core; {totals.cpu_s:.0f} CPU s; this run {wall_s:.0f} s on {workers} workers")
    for what, kind in (
        ("answers", "answer"), ("acts", "act"), ("states reached", "reached"), ("faults struck", "struck"),
        ("taken over while", "taken over"),
    ):
        yield from _wrapped(what, totals.of(kind))
    events = {name: totals.counts[name] for name in ("killed", "stopped", "left", "cut off", "moved", "alerts")}
    yield from _wrapped("befell", events)
    yield from _wrapped("beside", {name: totals.counts[name] for name in BESIDE})
    yield _row("rested", f"at most {totals.rested_s:.1f} virtual s after the faults had ended")
    yield _row("played with", totals.versions)
    yield from _wrapped("never seen", dict.fromkeys(missing(totals), 0))
    yield _row("violations", str(len(totals.broken)))


def _row(what: str, found: str) -> str:
    return f"{what:<{LABEL}} {found}"


def _wrapped(what: str, counts: dict[str, int]) -> Iterator[str]:
    line = ""
    for part in (f"{name} {count}" for name, count in counts.items()):
        if line and len(line) + len(part) + 2 > WIDTH - LABEL:
            yield _row(what, line + ",")
            what, line = "", ""
        line = f"{line}, {part}" if line else part
    yield _row(what, line or "none")
