"""Listeners to the engine's facts: siblings that can neither fail nor change an operation."""

from .alerts import AlertSink
from .log import log_alerts
from .prometheus import Observed, observed

__all__ = ["AlertSink", "Observed", "log_alerts", "observed"]
