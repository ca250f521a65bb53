"""Alerts to the log, for those who gave no sink: CRITICAL when raised, WARNING when resolved (F60)."""

from __future__ import annotations

import logging

from ..events import Event, EventKind

log = logging.getLogger("atomicpos.alerts")


def log_alerts(event: Event) -> None:
    """Log alerts and resolutions; everything else goes to DEBUG."""
    match event.kind:
        case EventKind.ALERT:
            log.critical("%s: %s", event.condition, event.text)
        case EventKind.RESOLVED:
            log.warning("resolved, %s: %s", event.condition, event.text)
        case _:
            log.debug("%s %s %s", event.symbol, event.kind.value, event.text)
