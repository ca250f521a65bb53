"""Facts to the log: one structured line each, at an honest level, without a secret, and never a flood.

Critical means that money is at risk, or that nobody would hear of it; warning, that the library handles it; info, the
life of a position; debug, what the sources said.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from ..events import MEASURES, Event, EventKind
from ..models import MICROSECONDS, Scope
from ..seldom import SAID_AGAIN_MOST_S, SAID_AGAIN_S
from ..severity import Severity, severity_of
from .redacting import Redacting

alerts_log = logging.getLogger("atomicpos.alerts")
facts_log = logging.getLogger("atomicpos.facts")
for _logger in (logging.getLogger("atomicpos"), alerts_log, facts_log):
    _logger.addFilter(Redacting())

_LEVELS = {Severity.CRITICAL: logging.CRITICAL, Severity.WARNING: logging.WARNING}
_QUIET = MEASURES | {EventKind.EVIDENCE, EventKind.FENCED}
"""Evidence, and what the library logs by itself where it happens."""

_Condition = tuple[str, str, str]


def log_alerts(event: Event, scope: Scope | None = None, held_back: int = 0) -> None:
    """Log one fact: an alert by its severity, its resolution at WARNING, everything else more quietly."""
    logger, level = _said_by(event)
    if not logger.isEnabledFor(level):
        return
    given: dict[str, Any] = {"extra": structured(event, scope)}
    after = ""
    if held_back:
        given["extra"]["held_back"] = held_back
        after = f" (the last of {held_back} lines about this that were held back)"
    match event.kind:
        case EventKind.ALERT:
            logger.log(level, "%s: %s%s", event.condition, event.text, after, **given)
        case EventKind.RESOLVED:
            logger.log(level, "resolved, %s: %s%s", event.condition, event.text, after, **given)
        case kind:
            about = event.symbol or "account"
            logger.log(level, "%s %s %s%s", about, kind.value, event.text, after, **given)


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


def _said_by(event: Event) -> tuple[logging.Logger, int]:
    """Its logger and its level."""
    match event.kind:
        case EventKind.ALERT:
            return alerts_log, _LEVELS[severity_of(event.condition)]
        case EventKind.RESOLVED:
            return alerts_log, logging.WARNING
        case EventKind.DELIVERY_FAILED:
            return facts_log, logging.WARNING
        case kind:
            return facts_log, logging.DEBUG if kind in _QUIET else logging.INFO


@dataclass(slots=True)
class _Window:
    """In which a condition has had its lines."""

    until_us: int
    pause_us: int
    kinds: set[EventKind]
    """What was said in it."""
    held_back: int = 0
    last: Event | None = None
    """What was held back last."""


class FactLog:
    """Logs the facts of one account. A condition may begin once, and end once, in ``SAID_AGAIN_S``; what comes beyond
    that is held back, counted, and the last of it said afterwards. While it goes on like that each such window is twice
    as long as the one before, up to ``SAID_AGAIN_MOST_S``.
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._windows: dict[_Condition, _Window] = {}

    def __call__(self, event: Event) -> None:
        """Log it, now or once its window is over."""
        if self._windows:
            self._release(event.at_us)
        if event.kind not in _LIMITED:
            return log_alerts(event, self._scope)
        position_id, condition, key = event.standing
        what = position_id, condition or event.kind.value, key
        window = self._windows.get(what)
        if window is None:
            return self._say(what, event, _FIRST_US)
        if event.at_us >= window.until_us:
            return self._say(what, event, window.pause_us * 2)
        if window.last is None and event.kind not in window.kinds:
            window.kinds.add(event.kind)
            return log_alerts(event, self._scope)
        window.held_back, window.last = window.held_back + 1, event
        return None

    def _say(self, what: _Condition, event: Event, pause_us: int, held_back: int = 0, now_us: int = 0) -> None:
        pause_us = min(pause_us, _MOST_US)
        self._windows[what] = _Window(max(event.at_us, now_us) + pause_us, pause_us, {event.kind})
        log_alerts(event, self._scope, held_back)

    def _release(self, now_us: int) -> None:
        """Any fact will do for a clock: somebody is always looking."""
        for what, window in tuple(self._windows.items()):
            if window.last is not None and now_us >= window.until_us:
                self._say(what, window.last, window.pause_us * 2, window.held_back, now_us)
            elif now_us >= window.until_us + window.pause_us:
                del self._windows[what]


_LIMITED = frozenset({EventKind.ALERT, EventKind.RESOLVED, EventKind.DELIVERY_FAILED})
_FIRST_US = round(SAID_AGAIN_S * MICROSECONDS)
_MOST_US = round(SAID_AGAIN_MOST_S * MICROSECONDS)
