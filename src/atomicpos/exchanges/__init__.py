"""Exchanges, through the caller's own ccxt client: ``connect`` is the way in."""

from .budgets import BUDGETS, allowance_of
from .quirks import QUIRKS
from .registry import connect
from .unsupported import refusal

__all__ = ["BUDGETS", "QUIRKS", "allowance_of", "connect", "refusal"]
