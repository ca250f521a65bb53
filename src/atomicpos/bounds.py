"""The bounds the core decides by: the profile's, overridden by the knobs. Seconds at the face, microseconds inside."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import InvalidRequest
from .frozen import replace
from .models import MICROSECONDS, PositionSide
from .profile import Profile, Protection
from .settings import ACCEPT, FLATTEN, Settings


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the core is told about time and about the exchange: data, so that tests can enumerate it."""

    visibility_us: int
    recv_window_us: int
    clock_skew_us: int
    verification_deadline_us: int
    exposure_deadline_us: int
    write_patience_us: int
    lease_us: int = 24 * MICROSECONDS
    lease_margin_us: int = 3 * MICROSECONDS
    """The summed skews of our clock, the database's and the exchange's."""
    flatten_unprotectable: bool = True
    accept_tighter_stops: bool = False
    protection: Protection = Protection.AFTER_FILL
    guarded: frozenset[PositionSide] = frozenset(PositionSide)
    final_rows_are_whole: bool = False
    duplicate_ids_refused: bool = False

    @property
    def horizon_us(self) -> int:
        """How long after a send its effect may still appear for the first time."""
        return self.recv_window_us + self.visibility_us + self.clock_skew_us

    @property
    def last_word_us(self) -> int:
        """How long after a timestamp of ours a request that carries it may still be taken by the exchange."""
        return self.recv_window_us + self.clock_skew_us

    @property
    def lease_needed_us(self) -> int:
        """How much of the lease must be left for a request to leave: it must have been heard before the lease ends."""
        return self.recv_window_us + self.lease_margin_us

    @property
    def round_gap_us(self) -> int:
        """How far apart two rounds of absence must lie."""
        return self.visibility_us // 4

    def widened(self, visibility_us: int) -> Bounds:
        """The same with reads that may lag so much, and as much more time for verifying; never narrower ones."""
        more_us = visibility_us - self.visibility_us
        if more_us <= 0:
            return self
        deadline_us = self.verification_deadline_us + more_us
        return replace(self, visibility_us=visibility_us, verification_deadline_us=deadline_us)


CLOCKS = 3
"""Ours, the database's and the exchange's: by how many skews what two of them say may differ at the most."""
LEASE_FACTOR = 3
"""A lease is at least so many times what a request needs of it: two renewals may fail before one must wait."""
VERIFICATION_MARGIN_S = 5.0
"""How far past the horizon the verification deadline lies by default."""


def bounds(settings: Settings, profile: Profile) -> Bounds:
    """The bounds in force: the profile's, overridden by the settings.

    Raises InvalidRequest below the horizon, and for a trigger that the exchange does not have: its stop could not be.
    """
    if settings.trigger_by not in profile.triggers:
        known = ", ".join(sorted(by.value for by in profile.triggers))
        raise InvalidRequest(
            f"trigger_by is {settings.trigger_by.value!r}; {profile.name} compares stops with: {known}"
        )
    visibility = _us(settings.visibility_s_max, profile.visibility_s_max)
    recv_window = _us(settings.recv_window_s, profile.recv_window_s)
    skew = _us(settings.clock_skew_s_max, profile.clock_skew_s_max)
    horizon = visibility + recv_window + skew
    deadline = _us(settings.verification_deadline_s, horizon / MICROSECONDS + VERIFICATION_MARGIN_S)
    if deadline < horizon:
        raise InvalidRequest(
            f"verification_deadline_s is {settings.verification_deadline_s}; it may not be below the horizon, "
            f"{horizon / MICROSECONDS:g} s (recv_window_s + visibility_s_max + clock_skew_s_max)"
        )
    margin = CLOCKS * skew
    least = LEASE_FACTOR * (recv_window + margin)
    lease = _us(settings.lease_s, least / MICROSECONDS)
    if lease < least:
        raise InvalidRequest(
            f"lease_s is {settings.lease_s}; it may not be below {least / MICROSECONDS:g} s "
            f"({LEASE_FACTOR} x (recv_window_s + {CLOCKS} x clock_skew_s_max))"
        )
    return Bounds(
        visibility_us=visibility,
        recv_window_us=recv_window,
        clock_skew_us=skew,
        verification_deadline_us=deadline,
        exposure_deadline_us=_us(settings.exposure_deadline_s, 0),
        write_patience_us=_us(settings.write_patience_s, 0),
        lease_us=lease,
        lease_margin_us=margin,
        flatten_unprotectable=settings.on_unprotectable == FLATTEN,
        accept_tighter_stops=settings.on_foreign_stop == ACCEPT,
        protection=profile.protection,
        guarded=profile.guarded,
        final_rows_are_whole=profile.final_rows_are_whole,
        duplicate_ids_refused=profile.duplicate_ids_refused,
    )


def _us(seconds: float | None, default: float) -> int:
    return round((default if seconds is None else seconds) * MICROSECONDS)
