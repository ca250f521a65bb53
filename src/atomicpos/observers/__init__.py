"""Listeners to the engine's facts: siblings that can neither fail nor change an operation."""

from .alerts import AlertSink
from .delivery import Delivery, Sinks, sinks_of
from .log import FactLog, log_alerts
from .prometheus import Observed, installed, observed

__all__ = [
    "AlertSink", "Delivery", "FactLog", "Observed", "Sinks", "installed", "log_alerts", "observed", "sinks_of",
]
