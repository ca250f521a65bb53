"""Exchanges, through the caller's own ccxt client: ``connect`` is the way in."""

from .quirks import QUIRKS
from .registry import connect
from .unsupported import refusal

__all__ = ["QUIRKS", "connect", "refusal"]
