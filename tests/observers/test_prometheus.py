"""Metrics: the figures of one history are the facts of that history, their labels have an end, nobody is slowed."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import urllib.request
from contextlib import suppress
from typing import Any

import ccxt.async_support as ccxt
import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from atomicpos.app import AtomicPositions
from atomicpos.errors import InvalidRequest
from atomicpos.events import Event, EventKind
from atomicpos.models import State
from atomicpos.observers import observed
from atomicpos.observers.prometheus.bounded import MOST, OTHER
from atomicpos.observers.prometheus.declared import DECLARED, SECONDS, Kind
from atomicpos.observers.prometheus.observing import Metrics
from atomicpos.settings import Settings
from atomicpos.sim import Fault
from world import AVL, World, in_world


class Scraped:
    """One scrape of a registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        families = text_string_to_metric_families(generate_latest(registry).decode())
        self.samples = [sample for family in families for sample in family.samples]

    def value(self, name: str, **labels: str) -> float | None:
        """The sum over all series of that name that have those labels; None when there is none."""
        found = [s.value for s in self.samples if s.name == name and labels.items() <= s.labels.items()]
        return sum(found) if found else None

    def series(self, name: str) -> list[dict[str, str]]:
        return [sample.labels for sample in self.samples if sample.name == name]


async def lived(world: World, *, quiet_s: float = 6, **knobs: Any) -> Scraped:
    """What is scraped after one open that came to rest."""
    registry = CollectorRegistry()
    async with world.library(metrics=registry, **knobs) as positions:
        await world.tried(positions)
        await world.settle(positions, quiet_s=quiet_s)
    return Scraped(registry)


@in_world()
async def test_a_calm_open_in_figures(world: World) -> None:
    """Answered once, verified within a second, exposed for nothing, protected; nothing stands alerted."""
    told = await lived(world)
    assert told.value("atomicpos_answers_total", exchange="sim", result="protected") == 1
    assert told.value("atomic_operation_failures_total") is None
    assert told.value("position_verification_lag_seconds_count", exchange="sim") == 1
    assert told.value("position_verification_lag_seconds_bucket", le="0.5") == 0
    assert told.value("position_verification_lag_seconds_bucket", le="1.0") == 1
    assert told.value("atomicpos_exposure_seconds_bucket", le="0.01") == 1
    assert {s["state"]: told.value("atomicpos_positions", **s) for s in told.series("atomicpos_positions")} == {
        "protected": 1, "pending_entry": 0, "order_filled": 0, "verifying": 0, "orphan_suspected": 0,
    }
    assert told.value("atomicpos_oldest_unsettled_seconds", exchange="sim", account="default") == 0
    assert told.value("atomicpos_writes_total", write="place", leg="entry", outcome="acknowledged") == 1
    assert (told.value("atomicpos_first_evidence_seconds_count") or 0) >= 1
    assert (told.value("atomicpos_watchdog_turn_seconds_count") or 0) >= 2
    assert told.value("atomicpos_alerts_standing") is None
    assert told.value("rollback_attempts_total", success="true") == 0
    assert told.value("rollback_attempts_total", success="false") == 0
    assert told.value("atomicpos_clock_skew_max_seconds") == 1


@in_world(Fault("place_entry", None, "lose_request"), Fault("orders", None, "error"))
async def test_a_suspected_orphan_in_figures(world: World) -> None:
    """A failure by its reason and symbol, a lag as long as the deadline, one orphan, one alert that stands."""
    told = await lived_until(world, State.ORPHAN_SUSPECTED)
    failures = told.series("atomic_operation_failures_total")
    assert failures == [{"exchange": "sim", "symbol": AVL, "failure_reason": "position_not_found"}]
    assert told.value("atomicpos_orphans_suspected", exchange="sim", account="default") == 1
    assert told.value("position_verification_lag_seconds_bucket", le="30.0") == 0
    assert told.value("position_verification_lag_seconds_count") == 1
    assert told.value("atomicpos_alerts_standing", condition="orphan_suspected") == 1
    assert (told.value("atomicpos_oldest_unsettled_seconds") or 0) > 30


async def lived_until(world: World, state: State) -> Scraped:
    registry = CollectorRegistry()
    async with world.library(metrics=registry) as positions:
        row, _ = await world.tried(positions)
        assert row is not None
        assert row.state is state
        await world.clock.sleep(6)
        return Scraped(registry)


@in_world(Fault("place_entry", None, "drop_attached"), Fault("set_stop", None, "refuse"),
          Fault("place_stop", None, "refuse"))
async def test_a_rollback_in_figures(world: World) -> None:
    """One that succeeded; its refused stops are counted; what it had alerted stands no more."""
    told = await lived(world)
    assert told.value("rollback_attempts_total", exchange="sim", success="true") == 1
    assert told.value("rollback_attempts_total", exchange="sim", success="false") == 0
    assert told.value("atomic_operation_failures_total", failure_reason="rolled_back", symbol=AVL) == 1
    assert (told.value("atomicpos_writes_total", leg="stop", outcome="refused") or 0) >= 1
    assert (told.value("atomicpos_exposure_seconds_sum") or 0) > 0
    assert all(not told.value("atomicpos_alerts_standing", **s) for s in told.series("atomicpos_alerts_standing"))


@in_world()
async def test_a_successor_counts_what_it_took_over_and_finds_the_same_rows(world: World) -> None:
    """Gauges of state come from the database: a fresh process tells them with its first turn."""
    await lived(world)
    registry = CollectorRegistry()
    async with world.beside().library(metrics=registry):
        told = Scraped(registry)
    assert told.value("atomicpos_positions", state="protected") == 1
    assert told.value("atomicpos_takeovers_total", exchange="sim") == 1


def fact(kind: EventKind, symbol: str = AVL, position_id: str = "p1", **data: str) -> Event:
    return Event(kind, 1, position_id, symbol, "", data=data, exchange="sim", account="default")


def test_a_label_has_an_end() -> None:
    """Ten thousand symbols make five hundred and one series; unknown reasons one; long values are cut."""
    registry = CollectorRegistry()
    metrics = Metrics(registry)
    for number in range(10_000):
        metrics(fact(EventKind.ANSWERED, f"S{number}", result="not_ready", took_us="1"))
    metrics(fact(EventKind.ANSWERED, "S1", result="something else " * 99, took_us="1"))
    told = Scraped(registry)
    symbols = {series["symbol"] for series in told.series("atomic_operation_failures_total")}
    assert len(symbols) == MOST["symbol"] + 1
    assert told.value("atomic_operation_failures_total", symbol=OTHER) == 10_000 - MOST["symbol"]
    assert told.value("atomic_operation_failures_total", failure_reason="unexpected") == 1


def test_f60_five_hundred_identical_conditions_are_one_that_stands() -> None:
    """However often it is said of one position; five hundred positions are five hundred; each is resolved once."""
    registry = CollectorRegistry()
    metrics = Metrics(registry)

    def said(kind: EventKind, position_id: str) -> None:
        told = Event(kind, 1, position_id, AVL, "", None, "foreign_stop", exchange="sim", account="default")
        metrics(told)

    for _ in range(500):
        said(EventKind.ALERT, "p1")
    assert Scraped(registry).value("atomicpos_alerts_standing", condition="foreign_stop") == 1
    for number in range(500):
        said(EventKind.ALERT, f"p{number}")
    assert Scraped(registry).value("atomicpos_alerts_standing", condition="foreign_stop") == 500
    for number in range(500):
        said(EventKind.RESOLVED, f"p{number}")
        said(EventKind.RESOLVED, "p1")
    assert Scraped(registry).value("atomicpos_alerts_standing", condition="foreign_stop") == 0


@in_world()
async def test_f31_a_watchdog_at_every_step_of_an_open_raises_no_false_alarm(world: World) -> None:
    """It turns at every request, read and commit of an open: nothing is alerted, no orphan, nothing unprotected."""
    registry, alerts = CollectorRegistry(), []
    async with world.library(metrics=registry, alerts=alerts.append) as positions:
        opening = asyncio.ensure_future(world.tried(positions))
        turns = 0
        while not opening.done():
            await positions.recover()
            turns += 1
            told = Scraped(registry)
            assert not told.value("atomicpos_orphans_suspected")
            assert not told.value("atomicpos_unprotected_positions")
            await world.clock.sleep(0.01)
        row, error = await opening
    assert turns > 50
    assert (error, row is not None and row.state) == (None, State.PROTECTED)
    assert alerts == []
    assert Scraped(registry).value("atomicpos_alerts_standing") is None


@in_world()
async def test_f61_metrics_that_break_change_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every fact raises in it: the open is protected at the very instant at which it is without it."""

    def breaks(self: Metrics, event: Event) -> None:
        raise TypeError("unsupported operand")

    monkeypatch.setattr(Metrics, "__call__", breaks)
    async with world.library(metrics=CollectorRegistry()) as positions:
        row, error = await world.tried(positions)
    assert error is None
    assert row is not None
    assert world.elapsed_s == 0.75


@pytest.mark.parametrize("kind", list(EventKind))
def test_a_fact_that_says_less_than_it_should_is_only_a_failed_listener(kind: EventKind) -> None:
    """Whatever is missing raises a KeyError at the most, and the next fact is heard."""
    metrics = Metrics(CollectorRegistry())
    with suppress(KeyError):
        metrics(fact(kind))
    metrics(fact(EventKind.TAKEOVER))


def test_every_metric_has_its_own_name_and_honest_buckets() -> None:
    """From ten milliseconds to three hundred seconds; counters end in _total, and only they do."""
    assert len({metric.name for metric in DECLARED}) == len(DECLARED)
    assert (SECONDS[0], SECONDS[-1]) == (0.01, 300)
    assert list(SECONDS) == sorted(SECONDS)
    for metric in DECLARED:
        assert metric.name.endswith("_total") == (metric.kind is Kind.COUNTER)
        assert len(set(metric.labels)) == len(metric.labels) <= 4


@pytest.mark.parametrize("value", [9464, 9464.0, "9464", "localhost", "127.0.0.1:", ":9464", "127.0.0.1:http",
                                   "127.0.0.1:99999", [], object()])
def test_what_is_no_place_for_metrics_is_refused(value: object) -> None:
    """In one sentence that names the value."""
    with pytest.raises(InvalidRequest, match=r"^metrics is .*; it must be True, a registry or an address such as"):
        Settings.read({"metrics": value})


@pytest.mark.parametrize("value", [None, False])
def test_without_metrics_there_is_none(value: object) -> None:
    """And nothing is imported."""
    assert Settings.read({"metrics": value}).metrics is None
    code = "import sys, atomicpos.app; print('prometheus_client' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_a_missing_extra_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """It names what to install."""
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    for wanting in (lambda: observed(True), lambda: AtomicPositions(ccxt.bybit(), metrics=True)):
        with pytest.raises(InvalidRequest, match=r"^metrics needs .*: pip install 'atomicpos\[metrics\]'$"):
            wanting()
    AtomicPositions(ccxt.bybit())


def test_two_accounts_share_one_registry() -> None:
    """Nothing is registered twice; each address is one registry as well, served until the last one lets go."""
    registry = CollectorRegistry()
    assert observed(registry).listener is observed(registry).listener
    port = random.randint(20_000, 60_000)
    first, second = observed(f"127.0.0.1:{port}"), observed(f"127.0.0.1:{port}")
    assert first.listener is second.listener
    first.listener(fact(EventKind.TAKEOVER))
    first.close()
    page = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
    assert 'atomicpos_takeovers_total{exchange="sim"} 1.0' in page
    second.close()
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics")


def test_an_address_that_is_taken_keeps_nobody_from_watching(caplog: pytest.LogCaptureFixture) -> None:
    """It is said once, and metrics are kept all the same."""
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        found = observed(f"127.0.0.1:{taken.getsockname()[1]}")
        found.listener(fact(EventKind.TAKEOVER))
        found.close()
    assert "metrics cannot be served at 127.0.0.1:" in caplog.text
