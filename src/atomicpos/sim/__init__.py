"""The exchange the project brings along: one deterministic engine with two faces, in process and on the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .clock import SkewedClock, SystemClock, VirtualClock
from .exchange import SIM_PROFILE, SimExchange
from .faults import KINDS, Fault, Faults
from .markets import MARKETS, SPOT_TWINS, Market
from .venue import Venue

if TYPE_CHECKING:
    from .wire.connect import connect

__all__ = [
    "KINDS",
    "MARKETS",
    "SIM_PROFILE",
    "SPOT_TWINS",
    "Fault",
    "Faults",
    "Market",
    "SimExchange",
    "SkewedClock",
    "SystemClock",
    "Venue",
    "VirtualClock",
    "connect",
]


def __getattr__(name: str) -> object:
    """``connect`` belongs to the wire and is loaded when it is asked for, so that the engine stays light."""
    if name == "connect":
        from .wire.connect import connect

        return connect
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
