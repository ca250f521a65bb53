"""Listeners to the engine's facts: siblings that can neither fail nor change an operation."""

from .alerts import AlertSink
from .delivery import Delivery, Sinks, sinks_of
from .log import FactLog, log_alerts

__all__ = ["AlertSink", "Delivery", "FactLog", "Sinks", "log_alerts", "sinks_of"]
