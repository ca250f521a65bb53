"""``open``: what it refuses, what it prints, and that no secret leaves it."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from stored_rows import Invoke

from atomicpos.exchanges import QUIRKS
from atomicpos.sim.wire.process import VenueProcess

ASKED = ("open", "AVLUSDT", "buy", "10")
STOP = ("--stop-loss-percent", "2")


@pytest.fixture(autouse=True)
def _no_keys_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ATOMICPOS_API_KEY", "ATOMICPOS_SECRET"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def venue() -> Iterator[VenueProcess]:
    with VenueProcess(seed=3) as running:
        yield running


@pytest.fixture
def keyed(venue: VenueProcess, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[str, ...]:
    """The options that lead to the venue and to a fresh database, with the venue's keys in the environment."""
    monkeypatch.setenv("ATOMICPOS_API_KEY", venue.api_key)
    monkeypatch.setenv("ATOMICPOS_SECRET", venue.secret)
    return ("--venue", venue.url, "--database", str(tmp_path / "open.db"))


@pytest.mark.parametrize(
    "words",
    [
        (),
        (*STOP, "--stop-loss-price", "1.3"),
        (*STOP, "--sandbox", "--venue", "http://127.0.0.1:1"),
        (*STOP, "--keys-file", "/nowhere/keys"),
        (*STOP, "--api-key", "abc"),
        (*STOP, "-1"),
    ],
)
def test_bad_usage_is_exit_code_2(invoke: Invoke, words: tuple[str, ...]) -> None:
    """No stop or two, options that exclude each other, no keys file, or a key as an argument: bad usage."""
    assert invoke(*ASKED, *words).exit_code == 2


def test_a_venue_that_is_no_address_is_bad_usage(invoke: Invoke, keyed: tuple[str, ...]) -> None:
    """The venue must be an http address."""
    done = invoke(*ASKED, *STOP, *keyed, "--venue", "localhost")
    assert done.exit_code == 2


def test_without_keys_nothing_is_tried(invoke: Invoke, tmp_path: Path) -> None:
    """Missing keys end with exit code 1, name the variables, and create no database."""
    done = invoke(*ASKED, *STOP, "--database", tmp_path / "a.db", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["error"] == "NotReady"
    assert "ATOMICPOS_API_KEY and ATOMICPOS_SECRET" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_exchange_without_a_profile_is_named(invoke: Invoke, keyed: tuple[str, ...]) -> None:
    """An exchange that is not supported ends with exit code 1 and names those that are."""
    done = invoke(*ASKED, *STOP, *keyed, "--exchange", "kraken", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout) == {
        "error": "ExchangeUnsupported",
        "message": f"kraken has no profile; the supported exchanges are: {', '.join(sorted(QUIRKS))}",
        "position": None,
    }


@pytest.mark.wire
@pytest.mark.parametrize(("place", "value"), [(2, "up"), (3, "ten"), (3, "0.5"), (1, "NOPEUSDT")])
def test_bad_input_is_one_sentence(invoke: Invoke, keyed: tuple[str, ...], place: int, value: str) -> None:
    """A side, quantity or symbol that cannot be ends with exit code 1 and is named."""
    words = [*ASKED]
    words[place] = value
    done = invoke(*words, *STOP, *keyed)
    assert done.exit_code == 1
    assert done.stderr.startswith("InvalidRequest: ")
    assert value in done.stderr


@pytest.mark.wire
def test_an_open_ends_protected_and_keeps_its_secret(
    invoke: Invoke, keyed: tuple[str, ...], venue: VenueProcess, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Exit code 0 with the position as JSON and a stop at the venue; key and secret are in no output, log or file."""
    caplog.set_level(logging.DEBUG)
    done = invoke(*ASKED, *STOP, *keyed, "--leverage", "3", "--key", "signal-1", "--account", "second", "--json")
    assert done.exit_code == 0, done.output
    row = json.loads(done.stdout)
    assert (row["state"], row["filled_quantity"], row["idempotency_key"]) == ("protected", "10", "signal-1")
    assert row["account"] == "second"
    assert venue.truth()["AVLUSDT"]["stop_quantity"] == "10"
    _no_secret(venue, done.output, caplog.text, *_files(tmp_path))


@pytest.mark.wire
def test_a_refused_entry_is_an_error_with_its_position(
    invoke: Invoke, keyed: tuple[str, ...], venue: VenueProcess
) -> None:
    """A refusal ends with exit code 1, the sentence on stderr and the rolled back position in the object."""
    venue.faults([{"call": "place_entry", "symbol": "MNTUSDT", "kind": "refuse", "nth": 1}])
    done = invoke("open", "MNTUSDT", "short", "3", *STOP, *keyed, "--json")
    error = json.loads(done.stdout)
    assert (done.exit_code, error["error"], error["position"]["state"]) == (1, "EntryRefused", "rolled_back")
    assert error["message"] in done.stderr


@pytest.mark.wire
def test_a_wrong_secret_is_not_repeated(
    invoke: Invoke, keyed: tuple[str, ...], venue: VenueProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys that the exchange does not accept end with exit code 1, and neither of them is shown or stored."""
    monkeypatch.setenv("ATOMICPOS_SECRET", "wrong-but-still-secret")
    done = invoke(*ASKED, *STOP, *keyed)
    assert done.exit_code == 1
    assert done.stderr.startswith("NotReady: ")
    _no_secret(venue, done.output, *_files(tmp_path), also="wrong-but-still-secret")


@pytest.mark.wire
def test_keys_may_come_from_a_file(
    invoke: Invoke, keyed: tuple[str, ...], venue: VenueProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A venue's own announcement is a keys file, and the human output names state and stop."""
    monkeypatch.delenv("ATOMICPOS_SECRET")
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"url": venue.url, "api_key": venue.api_key, "secret": venue.secret}))
    os.chmod(keys, 0o600)
    done = invoke("open", "HNTUSDT", "sell", "7.5", "--stop-loss-price", "1.7", *keyed, "--keys-file", keys)
    assert done.exit_code == 0, done.output
    assert "protected" in done.stdout
    assert " 1.7 " in done.stdout


def _files(folder: Path) -> list[str]:
    return [path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file()]


def _no_secret(venue: VenueProcess, *texts: str, also: str = "") -> None:
    hidden = [word for word in (venue.api_key, venue.secret, also) if word]
    assert not [word for word in hidden if any(word in text for text in texts)]
