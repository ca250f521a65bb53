"""Every kind of fault at every call it applies to, by the venue's own table, so that no new kind is forgotten."""

from __future__ import annotations

from ...sim import Fault
from ...sim.fault_kinds import APPLIES_TO, ASKED, STANDING
from ...sim.fault_words import Call, FaultKind
from .kinds import MODES, Kind
from .stage import SYMBOL

SECONDS: dict[FaultKind, float] = {
    FaultKind.LAG: 2, FaultKind.EMPTY: 2, FaultKind.BACKWARDS: 2,
    FaultKind.LATE_REQUEST: 1.6, FaultKind.LATE_REPLY: 3, FaultKind.PARTIAL_THEN_MORE: 1,
    FaultKind.GAP: 0.3, FaultKind.STOP_OUT: 0.3, FaultKind.LIQUIDATE: 0.3, FaultKind.ADL: 0.3,
    FaultKind.FOREIGN_SCALE_IN: 0.3, FaultKind.FOREIGN_CLOSE: 0.3, FaultKind.FOREIGN_REVERSE: 0.3,
    FaultKind.ALTER_STOP: 0.3, FaultKind.CLEAR_STOP: 0.3,
}  # fmt: skip
"""How long, how late or how far back, where a kind says: replies late beyond the patience with a write, requests late
just inside the receive window, what others do while the open is being verified."""

READ_KINDS = (FaultKind.OMIT, FaultKind.ERROR)
"""Kinds that strike a read, and so may go on as well as happen once."""


def _nths(kind: FaultKind) -> tuple[int | None, ...]:
    if kind in STANDING:
        return (None,)
    return (1, None) if kind in READ_KINDS else (1,)


def _each(calls: tuple[Call, ...]) -> tuple[Fault, ...]:
    """Each kind at each of those calls that it applies to, at the first such call; reads also at every one."""
    return tuple(
        Fault(call.value, SYMBOL, kind.value, nth, SECONDS.get(kind))
        for kind in FaultKind for call in calls if call in APPLIES_TO[kind] for nth in _nths(kind)
    )


EVERY = _each(tuple(call for call in ASKED if call is not Call.PLACE_TARGET))
"""Each kind at each of its calls; a plain open asks for no target and hears no stream."""
OF_TARGETS = _each((Call.PLACE_TARGET,))
"""Each kind that applies to the placing of a target."""
OF_STREAMS = _each((Call.STREAM,))
"""Each kind that applies to what the exchange tells by itself."""

_OTHERS_AT_ONE_CALL = frozenset({Call.PLACE_ENTRY})
_SAME_IN_PROCESS = frozenset({
    FaultKind.HTTP_502_EXECUTED, FaultKind.HTML_200_EXECUTED, FaultKind.CUT_BODY, FaultKind.HTTP_502_NOT_EXECUTED,
    FaultKind.HTML_200_NOT_EXECUTED, FaultKind.RATE_LIMIT,
})  # fmt: skip
"""Without a wire these differ from a lost reply, a lost request or a refusal by a word alone: in pairs those stand for
them; alone and with one death they are all played."""
_AFTERWARDS = frozenset(kind for kind in FaultKind if APPLIES_TO[kind] > _OTHERS_AT_ONE_CALL and kind in SECONDS) - {
    FaultKind.LATE_REQUEST, FaultKind.LATE_REPLY,
}
"""What the market and others do so long after a call: in pairs after the entry alone, since a moment is a moment."""
_LISTINGS = frozenset({Call.ACCOUNT_POSITIONS, Call.ACCOUNT_ORDERS, Call.ACCOUNT_FILLS})
_SETTINGS = frozenset({Call.SET_LEVERAGE, Call.SET_MARGIN_MODE})
_OF_SETTINGS = frozenset({FaultKind.LOSE_REQUEST, FaultKind.LOSE_REPLY, FaultKind.REFUSE})
_OF_LISTINGS = frozenset({FaultKind.LAG, FaultKind.ERROR})


def _in_pairs(fault: Fault) -> bool:
    kind, call = FaultKind(fault.kind), Call(fault.call)
    if kind in _SAME_IN_PROCESS or (kind in READ_KINDS and fault.nth is None):
        return False
    if kind in _AFTERWARDS:
        return call in _OTHERS_AT_ONE_CALL
    if call in _SETTINGS:
        return kind in _OF_SETTINGS
    return kind in _OF_LISTINGS if call in _LISTINGS else True


OF_PAIRS: tuple[Fault, ...] = tuple(filter(_in_pairs, EVERY))
"""The faults of which two happen in one history: of those that are alike in process, one."""


def kinds_for(faults: tuple[Fault, ...]) -> tuple[Kind, ...]:
    """The kinds of exchange on which every one of these faults may strike.

    The position's own stop is set where it is attached; a separate stop is placed where it is not.
    """
    calls = {fault.call for fault in faults}
    attached, apart = (Kind.ATTACHED,), tuple(kind for kind in MODES if kind is not Kind.ATTACHED)
    own = calls & {Call.SET_STOP, Call.POSITION_STOP}
    if own and Call.PLACE_STOP in calls:
        return MODES  # only where the one fails is the other tried
    if own:
        return attached
    return apart if Call.PLACE_STOP in calls else MODES
