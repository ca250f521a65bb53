"""What a caller may have to handle, named by what it can do next.

Every error carries ``.position``: the snapshot as stored, or None when nothing was stored or sent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .models import Position


class AtomicPositionError(Exception):
    """The base of all that ``open_position_atomic`` raises."""

    def __init__(self, message: str, position: Position | None = None) -> None:
        super().__init__(message)
        self.position = position


class InvalidRequest(AtomicPositionError, ValueError):
    """The request cannot be carried out as asked; nothing was stored or sent. The message names value and limit."""


class ExchangeUnsupported(AtomicPositionError):
    """The exchange has no profile; nothing was stored or sent. The message names those that have one."""


class NotReady(AtomicPositionError):
    """Keys, clock or exchange are unusable right now; nothing was stored or sent."""


class StoreUnavailable(AtomicPositionError):
    """The database cannot be used; nothing was sent."""


class AlreadyOpen(AtomicPositionError):
    """The slot is taken; nothing was sent. ``.position`` is the occupant's, None when no row of ours claims it."""


class RolledBack(AtomicPositionError):
    """Proven: nothing of this entry is left (state ``rolled_back``)."""


class EntryRefused(RolledBack):
    """The exchange refused the entry, or leverage, margin or position mode could not be had."""


class EntryNeverFilled(RolledBack):
    """The entry never filled, proven."""


class ClosedImmediately(AtomicPositionError):
    """Proven: it filled, and was gone by other hands before it was protected."""


class OrphanSuspected(AtomicPositionError):
    """Neither protection nor flatness could be shown in time; the library goes on looking.

    ``exposed`` is True when a fill without a confirmed stop is known, False when a stop is known to cover it,
    None when not even that is known.
    """

    def __init__(self, message: str, position: Position | None = None, exposed: bool | None = None) -> None:
        super().__init__(message, position)
        self.exposed = exposed


class StopRefused(AtomicPositionError):
    """The stop was not moved; the old one stands, and the position is as protected as before."""


class CloseRefused(AtomicPositionError):
    """The exchange refused to close a part; it stays open under its stop."""


class ResolutionRefused(AtomicPositionError):
    """A source speaks against the operator's word; the position is still an orphan suspected."""


class UnknownPosition(AtomicPositionError, LookupError):
    """No position has this id."""


POSITION_NOT_FOUND = "position_not_found"
"""How metrics and alert rules call an ``OrphanSuspected``: neither protection nor flatness was found in time."""
UNEXPECTED = "unexpected"
"""How they call whatever is no error of ours."""


def failure_reason(error: BaseException) -> str:
    """The error's name as facts and metrics write it: in snake_case, one of ``FAILURE_REASONS``."""
    if isinstance(error, OrphanSuspected):
        return POSITION_NOT_FOUND
    if not isinstance(error, AtomicPositionError):
        return UNEXPECTED
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()


FAILURE_REASONS = frozenset({UNEXPECTED, *(failure_reason(kind("")) for kind in (
    InvalidRequest, ExchangeUnsupported, NotReady, StoreUnavailable, AlreadyOpen, RolledBack, EntryRefused,
    EntryNeverFilled, ClosedImmediately, OrphanSuspected,
))})
"""Every reason for which an open can fail."""
