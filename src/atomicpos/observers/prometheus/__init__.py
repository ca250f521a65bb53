"""Metrics for Prometheus, from the engine's facts (extra ``metrics``). Nothing is imported before it is wanted."""

from .serving import Observed, installed, observed

__all__ = ["Observed", "installed", "observed"]
