"""The words of faults: the calls that can go wrong, the ways they can, and which goes with which."""

from __future__ import annotations

from enum import StrEnum


class Call(StrEnum):
    """What is asked of the venue, in the words of no dialect."""

    PLACE_ENTRY = "place_entry"
    """An order that is not reduce-only."""
    PLACE_STOP = "place_stop"
    """An order with a trigger price."""
    PLACE_CLOSE = "place_close"
    """Reduce-only, without a trigger price."""
    CANCEL = "cancel"
    SET_LEVERAGE = "set_leverage"
    ORDERS = "orders"
    FILLS = "fills"
    POSITION = "position"
    MARK = "mark"


class FaultKind(StrEnum):
    """What goes wrong; ``KINDS`` describes each."""

    LAG = "lag"
    EMPTY = "empty"
    ERROR = "error"
    LOSE_REQUEST = "lose_request"
    LOSE_REPLY = "lose_reply"
    HTTP_502_EXECUTED = "http_502_executed"
    HTTP_502_NOT_EXECUTED = "http_502_not_executed"
    REFUSE = "refuse"
    NEVER_FILL = "never_fill"
    LIQUIDATE = "liquidate"


_WRITES = frozenset({Call.PLACE_ENTRY, Call.PLACE_STOP, Call.PLACE_CLOSE, Call.CANCEL, Call.SET_LEVERAGE})
_LISTS = frozenset({Call.ORDERS, Call.FILLS, Call.POSITION})
_READS = _LISTS | {Call.MARK}
_ENTRY = frozenset({Call.PLACE_ENTRY})

APPLIES_TO: dict[FaultKind, frozenset[Call]] = {
    FaultKind.LAG: _READS,
    FaultKind.EMPTY: _LISTS,
    FaultKind.ERROR: _READS,
    FaultKind.LOSE_REQUEST: _WRITES,
    FaultKind.LOSE_REPLY: _WRITES,
    FaultKind.HTTP_502_EXECUTED: _WRITES,
    FaultKind.HTTP_502_NOT_EXECUTED: _WRITES,
    FaultKind.REFUSE: _WRITES,
    FaultKind.NEVER_FILL: _ENTRY,
    FaultKind.LIQUIDATE: _ENTRY,
}
"""The calls each kind can strike."""

_MEANINGS: dict[FaultKind, str] = {
    FaultKind.LAG: "shows the venue as it was that many seconds ago, for as long as the fault is set",
    FaultKind.EMPTY: "answers with nothing for that many seconds after the entry that opened the position",
    FaultKind.ERROR: "the read fails",
    FaultKind.LOSE_REQUEST: "never reaches the engine, and the connection drops",
    FaultKind.LOSE_REPLY: "is carried out; the reply never comes, and after that many seconds the connection drops",
    FaultKind.HTTP_502_EXECUTED: "is carried out, and the answer is an HTML page with status 502",
    FaultKind.HTTP_502_NOT_EXECUTED: "is not carried out, and the answer is an HTML page with status 502",
    FaultKind.REFUSE: "is refused, definitely",
    FaultKind.NEVER_FILL: "is accepted and then cancelled unfilled",
    FaultKind.LIQUIDATE: "fills, and that many seconds later the position is liquidated (at once when 0)",
}


def named(calls: frozenset[Call]) -> str:
    """The calls in one order, for messages."""
    return ", ".join(call.value for call in Call if call in calls)


KINDS: dict[str, str] = {
    kind.value: f"{_MEANINGS[kind]} [{named(APPLIES_TO[kind])}]" for kind in FaultKind
}
"""Each kind with one line on what it does, and the calls it applies to in brackets."""

STANDING = (FaultKind.LAG, FaultKind.EMPTY)
"""Kinds that are conditions of a read rather than events: they take ``seconds`` and no ``nth``."""
