"""The log: one structured line a fact, at an honest level, as JSON by one call, and without a secret."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

import atomicpos
from atomicpos.announcer import log
from atomicpos.events import Event, EventKind
from atomicpos.models import MICROSECONDS, State
from atomicpos.observers import FactLog
from atomicpos.observers.json_log import JsonFormatter
from atomicpos.seldom import Seldom
from atomicpos.severity import WARNINGS
from atomicpos.testing.samples import CREATED_AT_US, SCOPE

AT = CREATED_AT_US


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """Whatever a test configures is taken back."""
    logger = logging.getLogger("atomicpos")
    before = logger.level, logger.propagate, list(logger.handlers)
    yield
    logger.setLevel(before[0])
    logger.propagate, logger.handlers[:] = before[1], before[2]


def a_fact(kind: EventKind, condition: str = "", after_s: float = 0, text: str = "said", **data: str) -> Event:
    at_us = AT + round(after_s * MICROSECONDS)
    return Event(kind, at_us, "p1", "AVL/USDT:USDT", text, State.VERIFYING, condition, 1_500_000, data=data)


def lines_of(*facts: Event) -> list[dict[str, Any]]:
    """What the log writes about them, as JSON."""
    stream = io.StringIO()
    atomicpos.configure_logging(json=True, level="DEBUG", stream=stream)
    tell = FactLog(SCOPE)
    for fact in facts:
        tell(fact)
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_fact_is_one_object_with_its_fields() -> None:
    """Its position, symbol, exchange, kind, condition, state and exposure, and a sentence for a person."""
    (line,) = lines_of(a_fact(EventKind.ALERT, "orphan_suspected", key="x"))
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "critical", "logger": "atomicpos.alerts", "message": "orphan_suspected: said", "kind": "alert",
        "at_us": AT, "position_id": "p1", "symbol": "AVL/USDT:USDT", "condition": "orphan_suspected",
        "state": "verifying", "exposure_s": 1.5, "data": {"key": "x"}, "exchange": "bybit", "environment": "live",
        "account": "default", "severity": "critical",
    }


LEVELS = {
    EventKind.TRANSITION: "info", EventKind.SENT: "info", EventKind.OUTCOME: "info", EventKind.EVIDENCE: "debug",
    EventKind.ALERT: "critical", EventKind.RESOLVED: "warning", EventKind.DELIVERY_FAILED: "warning",
}


@pytest.mark.parametrize("kind", LEVELS, ids=str)
def test_levels_are_honest(kind: EventKind) -> None:
    """Critical is money at risk and nothing else; the life of a position is info, what sources say is debug."""
    (line,) = lines_of(a_fact(kind, "orphan_suspected" if kind in (EventKind.ALERT, EventKind.RESOLVED) else ""))
    assert line["level"] == LEVELS[kind]


@pytest.mark.parametrize("condition", sorted(WARNINGS))
def test_what_the_library_handles_is_a_warning(condition: str) -> None:
    """Under these every position keeps its stop."""
    assert lines_of(a_fact(EventKind.ALERT, condition))[0]["level"] == "warning"


def test_repeats_are_held_back_counted_and_said() -> None:
    """Of fifty in a minute one is written; any later fact brings the last of the others, with their number."""
    facts = [a_fact(EventKind.ALERT, "orphan_suspected", n, f"said {n}") for n in range(50)]
    lines = lines_of(*facts, a_fact(EventKind.EVIDENCE, "", 61))
    assert [line["message"] for line in lines] == [
        "orphan_suspected: said 0",
        "orphan_suspected: said 49 (the last of 49 lines about this that were held back)",
        "AVL/USDT:USDT evidence said",
    ]
    assert lines[1]["held_back"] == 49


def test_the_end_is_said_at_once_and_a_new_beginning_after_a_while() -> None:
    """One beginning and one end in a window; what begins again in it is said when it is over."""
    kinds = (EventKind.ALERT, EventKind.RESOLVED, EventKind.ALERT)
    facts = [a_fact(kind, "orphan_suspected", n) for n, kind in enumerate(kinds)]
    lines = lines_of(*facts, a_fact(EventKind.EVIDENCE, "", 61))
    assert [(line["kind"], line.get("held_back")) for line in lines] == [
        ("alert", None), ("resolved", None), ("alert", 1), ("evidence", None),
    ]


def test_other_positions_and_keys_are_not_held_back() -> None:
    """Each has its own window."""
    facts = [a_fact(EventKind.ALERT, "external_position", key=key) for key in "ABC"]
    assert len(lines_of(*facts)) == 3


def test_what_goes_on_is_said_ever_more_rarely() -> None:
    """Every second for ten hours: a dozen and a half lines, which count the rest."""
    now, said = AT, []
    seldom = Seldom(lambda: now)
    for second in range(36_000):
        now = AT + second * MICROSECONDS
        if (after := seldom.after("the same")) is not None:
            said.append((second, after))
        assert second or seldom.after("another") == ""
    assert [second for second, _ in said[:5]] == [0, 60, 180, 420, 900]
    assert said[1][1] == " (and 59 times in between)"
    assert len(said) <= 18


S = "S3cr3tV4lue99"
SECRETS = {
    "bybit header": f"'X-BAPI-API-KEY': '{S}'", "bybit signature": f"X-BAPI-SIGN: {S}",
    "binance header": f"X-MBX-APIKEY: {S}", "binance query": f"https://x/fapi/v1/order?symbol=A&signature={S}",
    "okx key": f"'OK-ACCESS-KEY': '{S}'", "okx signature": f"OK-ACCESS-SIGN={S}",
    "okx passphrase": f"OK-ACCESS-PASSPHRASE: {S}", "bitget": f"ACCESS-SIGN: {S}, ACCESS-KEY: {S}",
    "gate": f"{{'KEY': '{S}', 'SIGN': '{S}'}}", "kucoin": f"KC-API-SIGN: {S}; KC-API-PASSPHRASE: {S}",
    "hyperliquid": f"privateKey: 0x{'5e' * 32}", "a key by its shape": f"signed with 0x{'5e' * 32}",
    "ccxt options": f"{{'apiKey': '{S}', 'secret': '{S}', 'password': '{S}'}}", "json": f'{{"apiKey":"{S}"}}',
    "json in json": f'{{\\"secret\\": \\"{S}\\"}}', "bytes": f"b'apiKey={S}'", "listen key": f"listenKey={S}",
    "token in a stream": f"wss://x/ws?token={S}", "bearer": f"Authorization: Bearer {S}", "alone": f"Bearer {S}xx",
    "database": f"postgresql://bot:{S}@host/db", "apprise": f"tgram://{S}/12345", "mail": f"mailto://me:{S}@host.org",
    "telegram": f"/bot123:{S}/sendMessage", "slack": f"https://hooks.slack.com/services/T/B/{S}",
    "pem": f"-----BEGIN PRIVATE KEY-----\n{S}\n-----END PRIVATE KEY-----", "camel": f"apiSecret={S}&a=1",
}


@pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS.keys())
@pytest.mark.parametrize("how", ["message", "argument", "field", "data", "exception"])
def test_no_secret_is_written(text: str, how: str, caplog: pytest.LogCaptureFixture) -> None:
    """In no part of a record, whether the formatter is ours or anybody's."""
    stream = io.StringIO()
    atomicpos.configure_logging(json=True, level="DEBUG", stream=stream)
    logging.getLogger("atomicpos").addHandler(caplog.handler)
    match how:
        case "message":
            log.warning(text.replace("%", ""))
        case "argument":
            log.warning("refused: %s", text)
        case "field":
            log.warning("refused", extra={"said": text})
        case "data":
            FactLog(SCOPE)(a_fact(EventKind.OUTCOME, said=text))
        case _:
            try:
                raise ValueError(text)
            except ValueError:
                log.warning("failed", exc_info=True)
    written = stream.getvalue() + caplog.text + repr([vars(record).get("said") for record in caplog.records])
    assert "refused" in written or "failed" in written or "[hidden]" in written
    assert S not in written
    assert "5e5e5e" not in written


PLAIN_WORDS = (
    "key: external_position AVL", "idempotency_key=signal-81", "the key 'signal-81'", "sign in", "design: yes",
    "position p1 (AVL/USDT:USDT): long 10 at 0.125, stop 0.1225", "sqlite:///bot.db", "a token of thanks",
    "https://docs.x/y?z=1", "the exchange: passed", "Invalid Sign", "{'key': 'AVL/USDT:USDT long'}",
)


@pytest.mark.parametrize("text", PLAIN_WORDS)
def test_plain_words_stay(text: str, caplog: pytest.LogCaptureFixture) -> None:
    """What is no secret is not hidden: a log of stars helps nobody."""
    log.warning("%s", text)
    assert caplog.records[-1].getMessage() == text


def test_a_line_says_what_it_is_about(caplog: pytest.LogCaptureFixture) -> None:
    """The library's own lines keep their fields: a position's are found by its id."""
    log.warning("position %s is left", "p7", extra={"position_id": "p7"})
    assert caplog.records[-1].__dict__["position_id"] == "p7"


def test_text_is_the_other_format_and_the_last_call_counts() -> None:
    """One handler, however often it is called; nothing is passed on to the root logger."""
    first, second = io.StringIO(), io.StringIO()
    atomicpos.configure_logging(json=True, stream=first)
    atomicpos.configure_logging(stream=second, level=logging.WARNING)
    log.warning("said")
    log.info("not said")
    assert first.getvalue() == ""
    assert second.getvalue().endswith(" WARNING atomicpos said\n")
    assert len(second.getvalue().splitlines()) == 1
    assert logging.getLogger("atomicpos").propagate is False
    with pytest.raises(ValueError, match="LOUD"):
        atomicpos.configure_logging(level="LOUD")


def test_the_formatter_serves_any_handler_and_any_logger() -> None:
    """Fields that are no JSON are texts, an exception is a field, and secrets of other loggers are hidden too."""
    said = {"name": "bot", "msg": "at %s", "args": ("apiKey=abc123",), "quantity": Decimal("1.50")}
    record = logging.makeLogRecord(said)
    line = json.loads(JsonFormatter().format(record))
    assert (line["logger"], line["message"], line["quantity"]) == ("bot", "at apiKey=[hidden]", "1.50")


def test_the_public_face_stays_lazy() -> None:
    """Importing the package loads no logging of ours and nothing heavy."""
    code = "import sys, atomicpos; print([m for m in sys.modules if m.startswith('atomicpos.')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"
    code = "import sys, atomicpos as a; a.configure_logging; print(*(m in sys.modules for m in ('ccxt', 'sqlalchemy')))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False False\n"
