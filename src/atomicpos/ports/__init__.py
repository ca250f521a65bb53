"""The ports: Exchange, Journal, Owners, Clock and Listener. All that touches the world stands behind one of them."""

from __future__ import annotations

from .account import KeyFacts
from .clock import Clock, Listener
from .exchange import Exchange
from .journal import (
    Change,
    Claimant,
    Conflict,
    Fenced,
    Heard,
    Heartbeat,
    History,
    Journal,
    KeyTaken,
    Leases,
    Repeats,
    SlotTaken,
)
from .news import Hear, Notice, Stream, StreamEnded
from .outbox import Outbox, Taker
from .owners import Owners
from .reads import (
    AccountFill,
    AccountOrder,
    AccountPosition,
    AccountReads,
    FillsReading,
    OrdersReading,
    PositionReading,
    PositionStopReading,
    ReadFailed,
    Reads,
    StopsReading,
    WrongPositionMode,
)
from .telling import TellsFacts
from .writes import (
    AttachedStop,
    CancelOrder,
    Outcome,
    OutcomeKind,
    Permit,
    PlaceOrder,
    SetLeverage,
    SetMarginMode,
    SetPositionStop,
    Write,
    always,
)

__all__ = [
    "AccountFill",
    "AccountOrder",
    "AccountPosition",
    "AccountReads",
    "AttachedStop",
    "CancelOrder",
    "Change",
    "Claimant",
    "Clock",
    "Conflict",
    "Exchange",
    "Fenced",
    "FillsReading",
    "Hear",
    "Heard",
    "Heartbeat",
    "History",
    "Journal",
    "KeyFacts",
    "KeyTaken",
    "Leases",
    "Listener",
    "Notice",
    "OrdersReading",
    "Outbox",
    "Outcome",
    "OutcomeKind",
    "Owners",
    "Permit",
    "PlaceOrder",
    "PositionReading",
    "PositionStopReading",
    "ReadFailed",
    "Reads",
    "Repeats",
    "SetLeverage",
    "SetMarginMode",
    "SetPositionStop",
    "SlotTaken",
    "StopsReading",
    "Stream",
    "StreamEnded",
    "Taker",
    "TellsFacts",
    "Write",
    "WrongPositionMode",
    "always",
]
