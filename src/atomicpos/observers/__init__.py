"""Listeners to the engine's facts: siblings that can neither fail nor change an operation."""

from .alerts import AlertSink
from .log import log_alerts
from .prometheus import Observed, installed, observed

__all__ = ["AlertSink", "Observed", "installed", "log_alerts", "observed"]
