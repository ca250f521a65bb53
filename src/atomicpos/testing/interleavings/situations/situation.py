"""Every situation that the rig must have been in: what happened, by name, each counted from journal and venue log.

Some are one of a kind, and have their sentence in ``Situation``. The others come in families that the code itself
spells out: every transition of the table, every kind of fault, every point at which a process may die.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from .... import advance, conditions, errors, externals, operations, troubles
from ....evidence import Kind, Source
from ....models import HOLDING, ProofKind, Refusal, Sending, State
from ....sim.fault_words import FaultKind
from ....states import TABLE, Row
from ..fates import A_MOMENT, AFTER_RENEWAL, BEFORE_RENEWAL, Trouble


class Situation(StrEnum):
    """What is one of a kind; the value is its name in the table."""

    LATE_FILL = "a late fill after a rollback"
    """A row was rolled back as never filled, and its entry filled all the same, past every bound."""
    REOPENED = "a settled row is reopened"
    """Late evidence with its own ids: it is a suspected orphan again."""
    WITHOUT_SLOT = "a row is reopened without its slot"
    """Another row has the slot by then: the reopened one is closed down beside it."""
    DUPLICATE_ID = "a duplicate id is hit"
    """The exchange knows the client order id of what was sent already: it is looked up, not believed refused."""
    ANSWER_WAS_COVER = "a stop's acceptance counts before it is read back"
    """The matching engine took the stop; until a read shows it, that answer is all there is."""
    AHEAD_OF_FILL = "a stop stands before any fill was shown"
    """It was taken while every read still showed nothing."""
    ABSENCE_PROVEN = "absence is proven by several sources"
    """Order lookup, fills and slot were all absent past the horizon, in two rounds."""
    PUT_UP_AGAIN = "a stop is put up again after it was taken away"
    """Dead without having filled and without a cancel of ours, and another one stood after it."""
    OTHER_HANDS = "an exit by other hands"
    """Settled as gone, and no close and no stop of ours had filled."""
    STOP_FIRED = "a stop of ours closes the position"
    """It triggered and filled."""
    FLAT_BESIDE_OTHERS = "flat, and what is left is not ours"
    """Exits of our own sum to our fills; what the slot still shows somebody else opened."""
    GREW_UNDER_STOP = "a fill grows after its stop was read back"
    """The stop stood for the first part when the next one came."""
    REMAINDER_CANCELLED = "the rest of an entry is cancelled"
    """It waited too long, or the position is to be flat."""
    SENT_AGAIN = "a write of unknown outcome is sent again"
    """Under its own id."""
    ACCEPTED_UNHEARD = "an order is accepted whose answer is lost"
    """Of unknown outcome, and read as existing later."""
    WINDOW_REFUSED = "a request is refused as too old"
    """It arrived outside the exchange's receive window."""
    PIECES = "a position is closed in pieces"
    """Too large for one order, or asked for in parts: several closes filled."""
    LIMIT_CLOSE = "a close is a limit inside the band"
    """Market closes were refused too often, or for their price."""
    STOP_WHILE_CLOSING = "a stop is put back while closing goes on"
    """Closes were refused, and the position must not be naked meanwhile."""
    CLOSE_AHEAD = "a close goes ahead of the fill"
    """The stop would have fired at once, and no read shows the fill yet."""
    SURPLUS = "a surplus stop is cancelled"
    """Another one was read back, and is enough."""
    NEW_BEFORE_OLD = "the old stop stands until the new one is read back"
    """Two stops at different triggers at the same time."""
    SEVERAL_STOPS = "several stops protect together"
    """None of them covers the whole share."""
    SEPARATE_BESIDE_OWN = "a separate stop where the position's own is not to be had"
    """Both kinds were tried on one row."""
    FENCED = "a commit of an owner that was succeeded is refused"
    """The row has a higher fence by now."""
    PERMIT_REFUSED = "a permit is refused at the departure"
    """The lease is over, or would be before the exchange heard it: no byte leaves."""
    LEFT_FIRST = "a stop leaves before its row is written"
    """The database did not answer in time."""
    SUSPICION_LIFTED = "a suspicion is lifted"
    """Suspected first, and protected after all."""
    MISSED = "a look misses a position that is there"
    """The slot was answered empty, and the exchange held the position all the time around it."""
    EXPOSED = "a position was exposed"
    """Some time passed between a fill and a stop, and was counted."""
    CALLER_LEFT = "a caller goes away while its position goes on"
    """Its waiting was cancelled; the row came to rest all the same."""
    SAME_KEY = "a key is repeated"
    """The same request again: nothing is sent, and the same row answers."""


WRITES = ("entry", "stop", "position stop", "close", "cancel", "leverage", "margin mode")
"""The requests around which a process may die."""


def instants() -> Iterator[str]:
    """Every point around a commit or a send, by name."""
    yield from ("before admit", "after admit")
    for state in State:
        yield from (f"before commit of {state.value}", f"after commit of {state.value}")
    for write in WRITES:
        yield from (f"before {write}", f"{write} has left", f"{write} was answered")


PAUSED_ONLY = ("permitted", BEFORE_RENEWAL, AFTER_RENEWAL, A_MOMENT)
"""Points at which a process is only ever stopped or cut off."""
BEING_DONE = (
    "verifying, being closed", "protected, its stop being moved", "protected, a part being closed",
    "orphan_suspected, being closed",
)  # fmt: skip
"""What a successor may find under way."""
GOALS = (
    advance.SLOT_TAKEN, advance.STOP_CROSSED, advance.EXPOSURE_DEADLINE, advance.STOP_DID_NOT_CLOSE,
    advance.LIQUIDATED_FIRST, advance.LEVERAGE_REFUSED, advance.MARGIN_MODE_REFUSED, operations.CLOSED_BY_CALLER,
    operations.FLATTENED_ALL,
)  # fmt: skip
"""Why a position is to be flat."""
ALERTS = (
    conditions.ORPHAN_SUSPECTED, conditions.EXPOSURE_PAST_DEADLINE, conditions.POSITION_REVERSED,
    conditions.POSITION_LARGER, conditions.FOREIGN_STOP, conditions.LIQUIDATED_FIRST, conditions.CLOSE_REFUSED,
    conditions.DATABASE_UNAVAILABLE, conditions.SLOT_SHARED, externals.EXTERNAL_POSITION, externals.FOREIGN_ORDER,
    externals.UNRECORDED_ORDER, troubles.WATCHDOG_HINDERED,
)  # fmt: skip
"""What is said aloud."""
ACTS = (
    "move_stop", "close_part", "resolve", "stop_loss", advance.MOVED, advance.MOVE_FAILED, advance.PART_REFUSED,
    advance.FOREIGN_STOP_ACCEPTED, advance.RESOLUTION_REFUSED,
)  # fmt: skip
"""What somebody wished, and what came of it."""


def faced() -> tuple[str, ...]:
    """Every error of the face, by name."""
    found = [value for value in vars(errors).values() if isinstance(value, type)]
    kinds = [kind for kind in found if issubclass(kind, errors.AtomicPositionError)]
    return tuple(kind.__name__ for kind in kinds if kind is not errors.AtomicPositionError)


def transition(row: Row) -> str:
    """How a row of the table is called here."""
    return f"{row.source.value} to {row.dest.value}: {row.guard}"


def families() -> dict[str, tuple[str, ...]]:
    """Every row of the table of situations, by family."""
    points = tuple(instants())
    return {
        "happened": tuple(Situation),
        "transition": tuple(map(transition, TABLE)),
        "fault": tuple(FaultKind),
        "death": points,
        Trouble.STOPPED.value: (*points, *PAUSED_ONLY),
        Trouble.CUT_OFF.value: (*points, *PAUSED_ONLY),
        "takeover": (*(state.value for state in State if state in HOLDING), *BEING_DONE),
        "proof": tuple(ProofKind),
        "goal": GOALS,
        "alert": ALERTS,
        "act": ACTS,
        "refusal": tuple(Refusal),
        "sending": tuple(Sending),
        "evidence": tuple(f"{source.value} {kind.value}" for source in Source for kind in Kind),
        "answer": (*faced(), *(state.value for state in (State.PROTECTED, State.CLOSED, State.ROLLED_BACK))),
    }


def every() -> tuple[str, ...]:
    """The name of every row."""
    return tuple(f"{family}: {name}" for family, names in families().items() for name in names)


EXCUSED: dict[str, str] = {}
"""Rows that need not be filled, each with its reason."""


def unseen(seen: Mapping[str, int]) -> tuple[str, ...]:
    """The rows that nothing has filled, but for those that are excused."""
    return tuple(name for name in every() if not seen.get(name) and name not in EXCUSED)
