"""Facts to the log: one structured line each, at an honest level, without a secret, and never a flood.

Critical means that money is at risk, or that nobody would hear of it; warning, that the library handles it; info, the
life of a position; debug, what the sources said.
"""

from __future__ import annotations

import logging
from typing import Any

from ..events import Event, EventKind
from ..models import MICROSECONDS, Scope
from ..severity import Severity, severity_of
from .redacting import Redacting

SAID_AGAIN_S = 60.0
"""How often a condition may begin in the log, and how often it may end, in seconds: one line each. What comes in
between is held back, counted, and the last of it said afterwards."""

alerts_log = logging.getLogger("atomicpos.alerts")
facts_log = logging.getLogger("atomicpos.facts")
for _logger in (logging.getLogger("atomicpos"), alerts_log, facts_log):
    _logger.addFilter(Redacting())

_LEVELS = {Severity.CRITICAL: logging.CRITICAL, Severity.WARNING: logging.WARNING}
_QUIET = frozenset({"evidence", "call", "commit", "watched", "clock"})
_HANDLED = frozenset({"delivery_failed", "fenced", "listener_failed", "facts_dropped"})

_Condition = tuple[str, str, str]


def log_alerts(event: Event, scope: Scope | None = None, held_back: int = 0) -> None:
    """Log one fact: an alert by its severity, its resolution at WARNING, everything else more quietly."""
    given: dict[str, Any] = {"extra": structured(event, scope)}
    after = ""
    if held_back:
        given["extra"]["held_back"] = held_back
        after = f" (the last of {held_back} lines about this that were held back)"
    match event.kind:
        case EventKind.ALERT:
            level = _LEVELS[severity_of(event.condition)]
            alerts_log.log(level, "%s: %s%s", event.condition, event.text, after, **given)
        case EventKind.RESOLVED:
            alerts_log.warning("resolved, %s: %s%s", event.condition, event.text, after, **given)
        case kind:
            about = event.symbol or "account"
            facts_log.log(_level(kind.value), "%s %s %s%s", about, kind.value, event.text, after, **given)


def structured(event: Event, scope: Scope | None) -> dict[str, Any]:
    """A fact's fields as a log record has them."""
    fields: dict[str, Any] = {
        "kind": event.kind.value, "at_us": event.at_us, "position_id": event.position_id, "symbol": event.symbol,
        "condition": event.condition, "state": event.state.value if event.state is not None else "",
        "exposure_s": event.exposure_us / MICROSECONDS, "data": dict(event.data),
    }
    if scope is not None:
        fields |= {"exchange": scope.exchange, "environment": scope.environment, "account": scope.account}
    if event.kind is EventKind.ALERT:
        fields["severity"] = severity_of(event.condition).value
    return fields


def _level(kind: str) -> int:
    if kind in _QUIET:
        return logging.DEBUG
    return logging.WARNING if kind in _HANDLED else logging.INFO


class FactLog:
    """Logs the facts of one account, each condition's beginning and end at most once in ``SAID_AGAIN_S``."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._said: dict[tuple[_Condition, EventKind], int] = {}
        self._held: dict[_Condition, tuple[int, int, Event]] = {}
        """What is held back: until when, how many, and the last of them."""

    def __call__(self, event: Event) -> None:
        """Log it, now or once its minute is over."""
        if self._held or len(self._said) > 1000:
            self._release(event.at_us)
        if event.kind not in (EventKind.ALERT, EventKind.RESOLVED, EventKind.DELIVERY_FAILED):
            return log_alerts(event, self._scope)
        what = event.position_id, event.condition or event.kind.value, event.data.get("key", "")
        until_us = self._said.get((what, event.kind), event.at_us - _MINUTE_US) + _MINUTE_US
        if what in self._held or event.at_us < until_us:
            ends_us, count, _ = self._held.get(what, (until_us, 0, event))
            self._held[what] = ends_us, count + 1, event
            return None
        return self._say(what, event, 0)

    def _say(self, what: _Condition, event: Event, held_back: int) -> None:
        self._said[what, event.kind] = event.at_us
        log_alerts(event, self._scope, held_back)

    def _release(self, now_us: int) -> None:
        """Any fact will do for a clock: somebody is always looking."""
        for what, (ends_us, count, event) in tuple(self._held.items()):
            if now_us >= ends_us:
                del self._held[what]
                self._say(what, event, count)
        self._said = {at: said_us for at, said_us in self._said.items() if now_us < said_us + _MINUTE_US}


_MINUTE_US = round(SAID_AGAIN_S * MICROSECONDS)
