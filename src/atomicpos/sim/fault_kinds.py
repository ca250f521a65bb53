"""Each kind of fault: what it does, which calls it can strike, and the incident or fact it was taken from."""

from __future__ import annotations

from dataclasses import dataclass

from .fault_words import Call, FaultKind

__all__ = [
    "APPLIES_TO",
    "ASKED",
    "FOREIGN",
    "KINDS",
    "ORIGINS",
    "STANDING",
    "Call",
    "Description",
    "FaultKind",
    "describe",
    "named",
]

_ORDERS = frozenset({Call.PLACE_ENTRY, Call.PLACE_STOP, Call.PLACE_TARGET, Call.PLACE_CLOSE})
_WRITES = _ORDERS | {Call.SET_STOP, Call.CANCEL, Call.SET_LEVERAGE, Call.SET_MARGIN_MODE}
_LISTINGS = frozenset({Call.ACCOUNT_POSITIONS, Call.ACCOUNT_ORDERS, Call.ACCOUNT_FILLS})
_LISTS = frozenset({Call.ORDERS, Call.FILLS, Call.POSITION, Call.POSITION_STOP}) | _LISTINGS
_READS = _LISTS | {Call.MARK}
_STREAM = frozenset({Call.STREAM})
_ENTRY = frozenset({Call.PLACE_ENTRY})
_AFTER = _ORDERS | {Call.SET_STOP}
"""Calls after which the market, the exchange or another hand may act: ``seconds`` after they were carried out."""


@dataclass(frozen=True, slots=True)
class Description:
    """One kind of fault, for whoever chooses one."""

    kind: str
    meaning: str
    calls: tuple[str, ...]
    origin: str
    """The incident or the fact that it comes from."""


_PROXY = "F10; 59 x HTTP 502 in the field, of orders that were carried out and of others that were not"
_SILENT = "ccxt raises nothing for it (measured with 4.5.90): the id is None"

_TABLE: dict[FaultKind, tuple[str, frozenset[Call], str]] = {
    FaultKind.LAG: (
        "shows the venue as it was that many seconds ago, for as long as the fault is set; a message comes as late",
        _READS | _STREAM,
        "F15; a position was seen 24 s after its fill",
    ),
    FaultKind.EMPTY: (
        "answers with nothing for that many seconds after the entry that opened the position",
        _LISTS,
        "F33; eleven looks saw nothing",
    ),
    FaultKind.BACKWARDS: (
        "every second answer shows the venue as it was that many seconds ago; every second message comes as late, and "
        "is overtaken",
        _READS | _STREAM,
        "F51; a read omitted what another had shown before; replicas lag apart",
    ),
    FaultKind.OMIT: (
        "answers, and shows nothing; a message never comes, though the connection stands",
        _LISTS | _STREAM,
        "F51; one read omitted a position that was there",
    ),
    FaultKind.ERROR: (
        "the read fails; instead of a message the connection drops",
        _READS | _STREAM,
        "F51; an error was taken for an empty account",
    ),
    FaultKind.LOSE_REQUEST: (
        "never reaches the engine, and the connection drops",
        _WRITES,
        "F10, its twin",
    ),
    FaultKind.LOSE_REPLY: (
        "is carried out; the reply never comes, and after that many seconds the connection drops",
        _WRITES,
        "F10, F25; a timeout after the order was taken",
    ),
    FaultKind.LATE_REQUEST: (
        "the connection drops at once, and the request reaches the engine that many seconds later (once its "
        "timestamp is more than 5 s old it is refused)",
        _WRITES,
        "the receive window: a request is taken until its timestamp is 5 s old",
    ),
    FaultKind.LATE_REPLY: (
        "is carried out; the reply comes that many seconds later (1 when not told)",
        _WRITES,
        "F17; an event preceded its reply",
    ),
    FaultKind.DUPLICATE: (
        "reaches the engine twice, and the answer is the second's; a message comes twice",
        _WRITES | _STREAM,
        "F10; clients re-send up to five times; Bybit 110072 for an order",
    ),
    FaultKind.HTTP_502_EXECUTED: (
        "is carried out, and the answer is an HTML page with status 502",
        _WRITES,
        _PROXY,
    ),
    FaultKind.HTTP_502_NOT_EXECUTED: (
        "is not carried out, and the answer is an HTML page with status 502",
        _WRITES,
        _PROXY,
    ),
    FaultKind.HTML_200_EXECUTED: (
        "is carried out, and the answer is an HTML page with status 200",
        _WRITES,
        _SILENT,
    ),
    FaultKind.HTML_200_NOT_EXECUTED: (
        "is not carried out, and the answer is an HTML page with status 200",
        _WRITES,
        _SILENT,
    ),
    FaultKind.CUT_BODY: (
        "is carried out, and the reply ends in its middle",
        _WRITES,
        _SILENT,
    ),
    FaultKind.REFUSE: (
        "is refused, definitely, for the reason that code names (without one: an entry for funds, anything "
        "else for no reason known)",
        _WRITES,
        "F23, F26, F27, F35, F36, F59; Bybit 10001, 110007, 110017 and others",
    ),
    FaultKind.RATE_LIMIT: (
        "is refused, definitely, as one too many",
        _WRITES,
        "Bybit 10006, 10018: not executed",
    ),
    FaultKind.NEVER_FILL: (
        "is accepted and then cancelled unfilled",
        _ENTRY,
        "F03, F04; no liquidity",
    ),
    FaultKind.PARTIAL_FILL: (
        "fills by half (a step at least), and the rest is cancelled at once",
        _ENTRY,
        "F11; fills of 3160 of 4160",
    ),
    FaultKind.PARTIAL_THEN_MORE: (
        "fills by half (a step at least), and the rest that many seconds later",
        _ENTRY,
        "F11; 18, 15 and 11 of one order",
    ),
    FaultKind.DROP_ATTACHED: (
        "is carried out, and its attached stop is silently left out",
        _ENTRY,
        "several exchanges drop an attached stop without a word (measured with ccxt 4.5.90)",
    ),
    FaultKind.GAP: (
        "that many seconds after it the mark jumps 2.5 % against the position",
        _AFTER,
        "F23; the mark passed the stop",
    ),
    FaultKind.STOP_OUT: (
        "that many seconds after it the mark moves through the nearest stop (3 % against the position without one)",
        _AFTER,
        "F19, F30; a stop fired during the close",
    ),
    FaultKind.LIQUIDATE: (
        "that many seconds after it the position is liquidated (at once when 0)",
        _AFTER,
        "F19; opened and gone",
    ),
    FaultKind.ADL: (
        "that many seconds after it the exchange deleverages the whole position",
        _AFTER,
        "Bybit's AdlTrade executions",
    ),
    FaultKind.FOREIGN_SCALE_IN: (
        "that many seconds after it somebody else doubles the position",
        _AFTER,
        "F40, F46; other hands on the account",
    ),
    FaultKind.FOREIGN_CLOSE: (
        "that many seconds after it somebody else closes the position",
        _AFTER,
        "F30, F46; two closers",
    ),
    FaultKind.FOREIGN_REVERSE: (
        "that many seconds after it somebody else turns the position over",
        _AFTER,
        "F05, F30; the phantom opposite",
    ),
    FaultKind.ALTER_STOP: (
        "that many seconds after it somebody else moves the position's own stop 1 % away from the market",
        _AFTER,
        "F29; two owners of one stop overwrote each other",
    ),
    FaultKind.CLEAR_STOP: (
        "that many seconds after it somebody else takes away the position's own stop and our separate ones",
        _AFTER,
        "F29; a cleaner cancelled ten of ten stops",
    ),
}

APPLIES_TO: dict[FaultKind, frozenset[Call]] = {kind: calls for kind, (_, calls, _) in _TABLE.items()}
"""The calls each kind can strike."""

ORIGINS: dict[str, str] = {kind.value: origin for kind, (_, _, origin) in _TABLE.items()}
"""The incident or fact that each kind comes from."""

ASKED = tuple(call for call in Call if call is not Call.STREAM)
"""The calls that somebody makes: what strikes one is met by whoever uses the venue at all, with a stream or without."""

STANDING = (FaultKind.LAG, FaultKind.EMPTY, FaultKind.BACKWARDS)
"""Kinds that are conditions of a read rather than events: they take ``seconds`` and no ``nth``."""

FOREIGN = frozenset({
    FaultKind.FOREIGN_SCALE_IN, FaultKind.FOREIGN_CLOSE, FaultKind.FOREIGN_REVERSE,
    FaultKind.ALTER_STOP, FaultKind.CLEAR_STOP,
})  # fmt: skip
"""Kinds by which somebody else acts on the account: the exchange then holds what no request of ours asked for."""


def named(calls: frozenset[Call]) -> str:
    """The calls in one order, for messages."""
    return ", ".join(call.value for call in Call if call in calls)


KINDS: dict[str, str] = {kind.value: f"{meaning} [{named(calls)}]" for kind, (meaning, calls, _) in _TABLE.items()}
"""Each kind with one line on what it does, and the calls it applies to in brackets."""


def describe() -> list[Description]:
    """Every kind, in the order of ``FaultKind``."""
    return [
        Description(kind.value, meaning, tuple(call.value for call in Call if call in calls), origin)
        for kind, (meaning, calls, origin) in _TABLE.items()
    ]
