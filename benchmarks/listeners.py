"""What a bad listener costs an open: the medians with one that raises, hangs or floods beside that without any.

``python benchmarks/listeners.py`` prints one table and exits 1 when a median lies more than 5 % above the one without.
Each condition is a process of its own, all at the same time, so that whatever else the machine does it does to all of
them; each opens one position after the other in real time, over a SQLite file, on the in-process exchange with the
round trip of an exchange on the same continent.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from atomicpos.app import AtomicPositions
from atomicpos.clock import SystemClock
from atomicpos.events import Event
from atomicpos.models import State
from atomicpos.sim import SimExchange, Venue
from atomicpos.sim.markets import perpetual
from atomicpos.store import open_journal

OPENS = 40
"""Positions that each condition opens, each on a market of its own."""
ROUND_TRIP_S = 0.15
"""Half of it each way."""
BAR = 1.05
"""How much of the median without a listener another one may be."""
HANGS_S = 60.0
LINES = 1_000
"""What the flooding listener writes for each fact."""
LIMIT_S = 300.0

Listener = Callable[[Event], object]


def raises(event: Event) -> None:
    """Has a slip in it."""
    raise UnboundLocalError("cannot access local variable 'sl_price'")


def hangs(event: Event) -> None:
    """Does not return within a minute."""
    time.sleep(HANGS_S)


def floods() -> Listener:
    """Writes a thousand lines for every fact, measures included."""
    log = logging.getLogger("floods")
    log.propagate = False
    log.addHandler(logging.FileHandler("/dev/null"))
    log.setLevel(logging.DEBUG)

    class Floods:
        hears_measures = True

        def __call__(self, event: Event) -> None:
            for number in range(LINES):
                log.debug("%s %s %s", number, event.kind.value, event.text)

    return Floods()


CONDITIONS: dict[str, Callable[[], dict[str, Any]]] = {
    "none": dict,
    "raises": lambda: {"listeners": [raises]},
    "hangs": lambda: {"listeners": [hangs]},
    "floods": lambda: {"listeners": [floods()]},
    "metrics": lambda: {"metrics": "127.0.0.1:0"},
}
"""By name, the settings of each."""


async def opened(condition: str, opens: int, database: str) -> list[float]:
    """Seconds of each open under that condition, after one that is not counted."""
    clock = SystemClock()
    markets = tuple(
        replace(perpetual("BTCUSDT"), symbol=f"B{i}/USDT:USDT", market_id=f"B{i}USDT", base=f"B{i}")
        for i in range(opens + 1)
    )
    exchange = SimExchange(Venue(clock.now_us, markets=markets), clock, round_trip_s=ROUND_TRIP_S)
    journal = await open_journal(f"sqlite:///{database}", clock, rng=random.Random(1))
    took = []
    async with AtomicPositions.over(
        exchange, journal, clock, random.Random(1), alerts=lambda event: None, **CONDITIONS[condition]()
    ) as positions:
        for market in markets:
            began_s = time.perf_counter()
            position = await positions.open_position_atomic(market.symbol, "buy", "0.001", stop_loss_percent="2")
            took.append(time.perf_counter() - began_s)
            assert position.state is State.PROTECTED
    return took[1:]


@contextmanager
def playing(condition: str, opens: int, database: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that opens under one condition; ended with the block."""
    command = [sys.executable, __file__, "--only", condition, "--opens", str(opens), "--database", str(database)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def measured(opens: int = OPENS) -> dict[str, list[float]]:
    """Seconds of each open by condition, all conditions at the same time."""
    with tempfile.TemporaryDirectory(prefix="atomicpos-") as folder, ExitStack() as stack:
        played = {
            name: stack.enter_context(playing(name, opens, Path(folder) / f"{name}.db")) for name in CONDITIONS
        }
        return {name: json.loads(process.communicate(timeout=LIMIT_S)[0]) for name, process in played.items()}


def ratios(took: dict[str, list[float]]) -> dict[str, float]:
    """Each condition's median beside that without a listener."""
    without = statistics.median(took["none"])
    return {name: statistics.median(seconds) / without for name, seconds in took.items()}


def main() -> int:
    """The table, and whether every bar is met."""
    took = measured()
    found = ratios(took)
    print(f"{'listener':10} {'median':>10} {'beside none':>12} {'opens':>6}")
    for name, seconds in took.items():
        print(f"{name:10} {1000 * statistics.median(seconds):>7.1f} ms {found[name]:>12.3f} {len(seconds):>6}")
    return int(any(ratio > BAR for ratio in found.values()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=CONDITIONS, help=argparse.SUPPRESS)
    parser.add_argument("--opens", type=int, default=OPENS, help=argparse.SUPPRESS)
    parser.add_argument("--database", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only:
        print(json.dumps(asyncio.run(opened(given.only, given.opens, given.database))))
        sys.exit(0)
    sys.exit(main())
