"""A real Prometheus scrapes a demo that runs and a library in trouble; its alert reaches a webhook, and resolves."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import ccxt.async_support as ccxt
import pytest
from servers import Prometheus, Webhook, ended, free_port, running, until
from shipped import binary, rules

from atomicpos import AtomicPositions, sim
from atomicpos.errors import OrphanSuspected
from atomicpos.models import SETTLED, Position, State
from atomicpos.sim import Fault
from atomicpos.sim.wire.server import Server, serve

pytestmark = pytest.mark.process

WEATHERS = ("calm", "original_incident", "refused", "reply_lost", "stop_refused_then_ok")
"""What the demo plays: three that end protected, one refused entry, one refused stop."""
STAYS_S = 30
"""How long the demo goes on to be scraped; it is ended once its figures were compared."""
KNOBS: dict[str, Any] = {
    "visibility_s_max": 1, "recv_window_s": 2, "clock_skew_s_max": 0.2, "verification_deadline_s": 3.5, "watch_s": 1,
}  # fmt: skip
"""A horizon of 3.2 s, so that a suspicion comes soon."""


def rows_of(database: Path) -> list[dict[str, Any]]:
    """The database's rows, told by the command line."""
    told = subprocess.run(
        [sys.executable, "-m", "atomicpos", "positions", "--json", "--database", str(database)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return [json.loads(line) for line in told.stdout.splitlines()] if told.returncode == 0 else []


def the_figures_are_the_databases(prometheus: Prometheus, target: str, database: Path) -> None:
    """Positions by state, answers, verdicts and exposures, once every open of the demo is answered."""

    def at_rest() -> list[dict[str, Any]] | None:
        rows = rows_of(database)
        done = len(rows) == len(WEATHERS) and all(State(row["state"]) in SETTLED | {State.PROTECTED} for row in rows)
        return rows if done else None

    rows = until(at_rest, "every open of the demo is at rest")
    states = Counter(row["state"] for row in rows)
    instance = f'instance="{target}"'
    held = {state.value: states[state.value] for state in State if not state.settled}
    until(
        lambda: prometheus.values(f"atomicpos_positions{{{instance}}}", "state") == held or None,
        f"Prometheus has the positions {held}",
    )
    answers = {"protected": states["protected"], "entry_refused": states["rolled_back"]}
    until(
        lambda: prometheus.values(f"atomicpos_answers_total{{{instance}}}", "result") == answers or None,
        f"Prometheus has the answers {answers}",
    )
    filled = [row for row in rows if float(row["filled_quantity"])]
    assert prometheus.value(f"atomicpos_exposure_seconds_count{{{instance}}}") == len(filled)
    assert prometheus.value(f"position_verification_lag_seconds_count{{{instance}}}") == len(rows)
    told_s = prometheus.value(f"atomicpos_exposure_seconds_sum{{{instance}}}")
    assert told_s == pytest.approx(sum(row["exposure_s"] for row in filled), abs=1e-6)
    failures = prometheus.values(f"atomic_operation_failures_total{{{instance}}}", "symbol")
    assert failures == {row["symbol"]: 1 for row in rows if row["state"] == "rolled_back"}
    assert (prometheus.value(f"sum(atomicpos_calls_total{{{instance}}})") or 0) > 20
    assert (prometheus.value(f"atomicpos_commit_writes_sum{{{instance}}}") or 0) >= 3 * len(rows)


async def an_orphan_that_is_found_again(server: Server, port: int, webhook: Webhook) -> Position:
    """An entry that is lost while orders cannot be read: suspected, told, and proven once they can."""
    client = ccxt.bybit({"apiKey": server.api_key, "secret": server.secret, "enableRateLimit": False})
    sim.connect(client, server.url)
    server.venue.faults.add(Fault("place_entry", None, "lose_request"), Fault("orders", None, "error"))
    try:
        async with AtomicPositions(
            client, "sqlite://", alerts=lambda event: None, metrics=f"127.0.0.1:{port}", account="orphan", **KNOBS
        ) as positions:
            with pytest.raises(OrphanSuspected) as suspected:
                await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
            assert suspected.value.position is not None
            await asyncio.to_thread(until, lambda: webhook.heard("firing", ORPHAN), "the alert reaches the webhook")
            server.venue.faults.clear()
            position = await positions.wait(suspected.value.position.id)
            await asyncio.to_thread(until, lambda: webhook.heard("resolved", ORPHAN), "the alert resolves")
            return position
    finally:
        await client.close()


ORPHAN = "OrphanedPositionSuspected"


async def test_a_demo_that_runs_is_scraped_and_an_orphan_is_told_and_resolved(tmp_path: Path) -> None:
    """Prometheus' figures are the database's; the orphan alert goes through Alertmanager, and so does its end."""
    for name in ("prometheus", "prometheus-alertmanager"):
        binary(name)
    demo_port, port, webhook = free_port(), free_port(), Webhook()
    target, database = f"127.0.0.1:{demo_port}", tmp_path / "demo.db"
    only = [word for weather in WEATHERS for word in ("--only", weather)]
    command = (
        sys.executable, "-m", "atomicpos", "demo", "--json", *only, "--database", str(database), "--metrics", target,
        "--stay", str(STAYS_S),
    )  # fmt: skip
    server = await serve("bybit")
    try:
        with running(tmp_path, [target, f"127.0.0.1:{port}"], webhook.url) as prometheus:
            loaded = prometheus.get("/api/v1/rules")["groups"][0]["rules"]
            assert [rule["name"] for rule in loaded] == [rule["alert"] for rule in rules()]
            with ended(tmp_path / "demo.log", *command):
                compared = asyncio.create_task(
                    asyncio.to_thread(the_figures_are_the_databases, prometheus, target, database)
                )
                position = await an_orphan_that_is_found_again(server, port, webhook)
                await compared
    finally:
        await server.stop()
        webhook.close()
    assert position.state is State.ROLLED_BACK
    fired = [labels for status, labels, _ in webhook.told if (status, labels["alertname"]) == ("firing", ORPHAN)]
    assert {labels["severity"] for labels in fired} == {"critical"}
    assert {labels.get("symbol") or labels["account"] for labels in fired} <= {"AVL/USDT:USDT", "orphan"}
    assert not webhook.heard("firing", "ExposurePastDeadline")
