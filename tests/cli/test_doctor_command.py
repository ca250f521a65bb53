"""``doctor``: what it tells of an account, how it ends, and that nothing is changed unless a stop is tried."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from stored_rows import Invoke

from atomicpos.testing.fixtures.on_the_wire import WireVenue

CHECKS = ["market", "position mode", "slot", "margin mode", "leverage", "limits", "closable", "stoppable"]


@pytest.fixture
def venue(monkeypatch: pytest.MonkeyPatch) -> Iterator[WireVenue]:
    """A venue on the wire, with its keys in the environment."""
    running = WireVenue(seed=3)
    monkeypatch.setenv("ATOMICPOS_API_KEY", running.api_key)
    monkeypatch.setenv("ATOMICPOS_SECRET", running.secret)
    yield running
    running.stop()


@pytest.fixture
def examined(invoke: Invoke, venue: WireVenue) -> Any:
    """Ask the doctor about that venue."""
    return lambda *words: invoke("doctor", "--exchange", "bybit", "--venue", venue.url, *words)


@pytest.mark.parametrize(
    ("dialect", "symbol", "canary", "writes"),
    [
        ("binanceusdm", "AVLUSDT", ("ok", "a stop at 0.9506 was put up, read back and cancelled"), 2),
        ("okx", "AVL-USDT-SWAP", ("warning", "cannot be tried without a position"), 1),
    ],
)
def test_every_exchange_of_the_venue_is_examined_by_its_name(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, dialect: str, symbol: str,
    canary: tuple[str, str], writes: int,
) -> None:
    """All is well on a fresh account, the key's permissions included; a stop is tried where one precedes a position."""
    venue = WireVenue(dialect, seed=3)
    for name, value in (("API_KEY", venue.api_key), ("SECRET", venue.secret), ("PASSWORD", venue.password)):
        monkeypatch.setenv(f"ATOMICPOS_{name}", value)
    words = ("--symbol", symbol, "--canary", "--database", str(tmp_path / "bot.db"), "--json")
    try:
        done = invoke("doctor", "--exchange", dialect, "--venue", venue.url, *words)
        assert done.exit_code == 0
        *found, tried = rows(done)
        assert [row["name"] for row in found] == ["opening", "key", "clock", *CHECKS]
        assert {row["verdict"] for row in found} == {"ok"}
        assert found[1]["text"] == "the API key may trade contracts, from any address"
        assert (tried["name"], tried["verdict"]) == ("stop canary", canary[0])
        assert canary[1] in tried["text"]
        assert venue.writes() == writes
        truth = venue.truth("AVL/USDT:USDT")
        assert (truth.entries, truth.stops) == (0, ())
    finally:
        venue.stop()


def rows(done: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_sound_account_is_exit_code_0(examined: Any, venue: WireVenue, tmp_path: Path, monkeypatch: Any) -> None:
    """A table with each check of the account and of the symbol; nothing is written, here or there."""
    monkeypatch.chdir(tmp_path)
    done = examined("--symbol", "AVLUSDT")
    assert done.exit_code == 0
    assert all(check in done.stdout for check in ("opening", "key", "clock", *CHECKS))
    assert "an entry may be sent" in done.stderr
    assert venue.writes() == 0
    assert list(tmp_path.iterdir()) == []


def test_with_json_each_finding_is_an_object(examined: Any) -> None:
    """One a line, account first, then each symbol in the order asked."""
    done = examined("--symbol", "AVLUSDT", "--symbol", "XRP/USDT:USDT", "--json")
    assert done.exit_code == 0
    found = rows(done)
    assert [row["name"] for row in found] == ["opening", "key", "clock", *CHECKS, *CHECKS]
    assert {row["symbol"] for row in found} == {"", "AVL/USDT:USDT", "XRP/USDT:USDT"}
    assert {row["verdict"] for row in found} == {"ok"}
    assert all(row["text"] and row["seconds"] >= 0 for row in found)


@pytest.mark.parametrize(
    ("words", "name", "says"),
    [
        (("--symbol", "NOPEUSDT"), "market", "'NOPEUSDT' is not among the exchange's markets"),
        (("--symbol", "AVLUSDT", "--leverage", "26"), "leverage", "allows up to 25"),
    ],
)
def test_what_would_be_refused_is_exit_code_1(examined: Any, words: tuple[str, ...], name: str, says: str) -> None:
    """The finding names the value and the limit."""
    done = examined(*words, "--json")
    assert done.exit_code == 1
    (refused,) = [row for row in rows(done) if row["verdict"] == "refuse"]
    assert refused["name"] == name
    assert says in refused["text"]


def test_an_exchange_that_cannot_be_opened_is_one_finding(
    examined: Any, venue: WireVenue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong key: nothing else can be examined, and no secret is told."""
    monkeypatch.setenv("ATOMICPOS_SECRET", "guessed")
    done = examined("--symbol", "AVLUSDT", "--json")
    assert done.exit_code == 1
    (refused,) = rows(done)
    assert (refused["name"], refused["verdict"]) == ("opening", "refuse")
    assert "does not accept the API key" in refused["text"]
    assert "guessed" not in done.output
    assert venue.api_key not in done.output


def test_without_keys_it_says_where_they_are_looked_for(examined: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1 and one sentence."""
    monkeypatch.delenv("ATOMICPOS_SECRET")
    done = examined()
    assert done.exit_code == 1
    assert "ATOMICPOS_SECRET must be set in the environment" in done.stderr


@pytest.mark.parametrize(
    "words", [("--leverage", "much"), ("--leverage", "0"), ("--set", "margin_mode=maybe"), ("--set", "x"), ("extra",)]
)
def test_bad_usage_is_exit_code_2(examined: Any, words: tuple[str, ...]) -> None:
    """No number, no such mode, no setting, an argument that is none."""
    assert examined(*words).exit_code == 2


def test_settings_are_those_of_the_bot(examined: Any) -> None:
    """With the margin mode that the bot will ask for, its finding says that it is to be set."""
    done = examined("--symbol", "AVLUSDT", "--set", "margin_mode=cross", "--json")
    assert done.exit_code == 0
    (warned,) = [row for row in rows(done) if row["verdict"] == "warning"]
    assert warned["text"].startswith("isolated; margin_mode is cross")


def test_a_canary_is_tried_only_when_asked_for(examined: Any, venue: WireVenue, tmp_path: Path) -> None:
    """Where a stop needs a position it says so: one write arrived, and it was refused."""
    done = examined("--symbol", "AVLUSDT", "--canary", "--database", str(tmp_path / "bot.db"), "--json")
    assert done.exit_code == 0
    (tried,) = [row for row in rows(done) if row["name"] == "stop canary"]
    assert tried["verdict"] == "warning"
    assert "cannot be tried without a position" in tried["text"]
    assert venue.writes() == 1
    assert venue.at(lambda engine: engine.truth("AVLUSDT").entries) == 0
