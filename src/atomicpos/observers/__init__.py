"""Listeners to the engine's facts: siblings that can neither fail nor change an operation."""

from .alerts import AlertSink
from .log import log_alerts

__all__ = ["AlertSink", "log_alerts"]
