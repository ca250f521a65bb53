"""Facts that leave the engine: frozen, after the commit, for listeners that can neither fail nor slow it."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum

from .models import State


class EventKind(StrEnum):
    """What happened. Behind each kind: what its ``data`` says, where it says anything.

    Of all numbers in ``data`` those that end in ``_us`` are whole microseconds; ``took_us`` is how long it took.
    """

    TRANSITION = "transition"
    """A position's state moved, and the database has it. ``from``: the state before."""
    SENT = "sent"
    """A request is about to leave. ``write``, and ``leg`` of an order."""
    OUTCOME = "outcome"
    """A request's outcome is known. ``write``, ``leg`` of an order, ``outcome`` (acknowledged, refused, not_sent or
    unknown), ``refusal`` where it was refused, ``took_us``."""
    EVIDENCE = "evidence"
    """A source answered. ``source``, ``finding`` (seen, absent or unknown), ``took_us``; ``first_us`` when the source
    shows a fill of this open for the first time: how long after the entry was sent."""
    ALERT = "alert"
    """A condition began to hold. ``key`` tells conditions about the account apart."""
    RESOLVED = "resolved"
    """A condition holds no more. ``key`` as with its alert."""
    ANSWERED = "answered"
    """A caller's open has its answer. ``result``: protected, or the error's name as metrics write it; ``took_us``;
    ``open``: its number in this process."""
    VERIFIED = "verified"
    """The first verdict about an entry that was sent: protected, proven flat, or an orphan suspected. ``took_us``:
    since its send."""
    EXPOSED = "exposed"
    """A fill is protected, or proven gone, for the first time: ``exposure_us`` is how long it was without a stop."""
    ROLLBACK = "rollback"
    """An attempt to get out again ended. ``success``: true, proven flat; false, an orphan is suspected."""
    CALL = "call"
    """A call to the exchange was answered, or given up. ``endpoint``, ``outcome`` (ok, error, no_reply or not_sent),
    ``took_us``, of which ``waited_us`` in the limiter's line; ``open``: on account of which open, if of one."""
    COMMIT = "commit"
    """The database committed writes together. ``writes``: how many; ``took_us``: since they were handed in."""
    TAKEOVER = "takeover"
    """This process drives a row that another one drove before, or had given back."""
    FENCED = "fenced"
    """A write of ours, to the database or to the exchange, came to nothing because the row is another process's."""
    WATCHED = "watched"
    """A turn of the watchdog ended. ``took_us``; ``behind_us``: how much later than it should it began; the rows of the
    account, those of other processes included, by state; ``unsettled_us``: the age of the oldest that is neither
    protected nor settled; ``unprotected``: how many had been protected and are not now."""
    CLOCK = "clock"
    """The exchange's clock was read. ``ahead_us``: how far ours is ahead of it; ``limit_us``: how far it may be."""
    LISTENER_FAILED = "listener_failed"
    """A listener raised, or takes very long. ``listener``, ``error``, ``count``: how often since it was last told."""
    FACTS_DROPPED = "facts_dropped"
    """A listener was too slow and lost the oldest of what waited for it. ``listener``, ``count``."""
    DELIVERY_FAILED = "delivery_failed"
    """An alert could not be delivered to a person. ``channel``, ``error``."""


MEASURES = frozenset({
    EventKind.CALL, EventKind.COMMIT, EventKind.WATCHED, EventKind.CLOCK, EventKind.LISTENER_FAILED,
    EventKind.FACTS_DROPPED,
})
"""What is about the library itself, and told often: only a listener whose ``hears_measures`` is True hears of it."""


@dataclass(frozen=True, slots=True)
class Event:
    """One fact about one position (``position_id`` empty when it is about the whole account)."""

    kind: EventKind
    """What happened."""
    at_us: int
    """When, by our clock."""
    position_id: str
    """Which position; empty when it is about the whole account."""
    symbol: str
    """The unified symbol; empty where it is about none."""
    text: str
    """One sentence a person can read."""
    state: State | None = None
    """The position's state after it."""
    condition: str = ""
    """For alerts and their resolution: what is wrong, in snake_case; one alert per position and condition."""
    exposure_us: int = 0
    """How long the position has been without a stop so far."""
    data: dict[str, str] = field(default_factory=dict)
    """What the kind says more, as ``EventKind`` has it."""
    exchange: str = ""
    """The exchange's name; whoever is listening finds it on every fact."""
    account: str = ""
    """The name of the account, as the setting ``account`` has it."""

    @property
    def standing(self) -> tuple[str, str, str]:
        """Of an alert and its resolution: what tells it from the others of its account. What is about the whole account
        may stand several times at once, and says itself what tells it apart.
        """
        return self.position_id, self.condition, self.data.get("key", "")


ABOUT: ContextVar[str] = ContextVar("atomicpos_about", default="")
"""The position that whatever runs now is about, for facts that are told far away from it; empty: of no single one."""
OPENING: ContextVar[str] = ContextVar("atomicpos_opening", default="")
"""The number, in this process, of the caller's open on whose account whatever runs now is done; empty: of none."""
