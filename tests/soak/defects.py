"""Defects to be planted in a bot's process: each of these proofs must go red with its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from atomicpos.leases import HeldLeases
from atomicpos.ports import Change, Journal, KeyTaken, Owners, SlotTaken, always
from atomicpos.store import transactions
from atomicpos.testing.journals import JournalOver


@dataclass(frozen=True, slots=True)
class Planted:
    """How the parts of a bot are put together: as they are, unless a defect says otherwise."""

    recv_window_s: float
    journal: Callable[[Journal], Journal] = lambda journal: journal
    owners: Callable[[Owners], Owners] = lambda owners: owners


def plant(defect: str | None, recv_window_s: float) -> Planted:
    """Plant it in this process; nothing is planted for None."""
    whole = Planted(recv_window_s)
    return _DEFECTS[defect](whole) if defect in _DEFECTS else whole


def _late_intent(whole: Planted) -> Planted:
    """The intent is stored a little later than the entry leaves."""
    return Planted(whole.recv_window_s, journal=_LateJournal)


class _LateJournal(JournalOver):
    async def admit(self, change: Change, lease_us: int) -> None:
        self._storing = asyncio.ensure_future(self._later(change, lease_us))

    async def commit(self, change: Change) -> None:
        await self._storing
        await super().commit(change)

    async def _later(self, change: Change, lease_us: int) -> None:
        await asyncio.sleep(0.2)
        await super().admit(change, lease_us)


def _nobody_gone(whole: Planted) -> Planted:
    """A dead owner of this host is taken for a living one, and claims nothing of what it left."""
    return Planted(whole.recv_window_s, owners=_NobodyGone, journal=_Claimless)


class _NobodyGone:
    def __init__(self, inner: Owners) -> None:
        self.me = inner.me
        self.leave = inner.leave

    def gone(self, owner: str) -> bool:
        return False


class _Claimless(JournalOver):
    async def claim(self, claimant: Any, limit: int) -> tuple[Any, ...]:
        return ()


def _no_permit(whole: Planted) -> Planted:
    """Nobody asks the lease at the last moment."""
    HeldLeases.permit = lambda self, position_id: always  # type: ignore[method-assign]
    return whole


def _no_window(whole: Planted) -> Planted:
    """Requests are signed to be taken for a minute."""
    return Planted(60.0)


def _no_keys(whole: Planted) -> Planted:
    """A key that was given before is not looked for."""
    return Planted(whole.recv_window_s, journal=_Keyless)


class _Keyless(JournalOver):
    async def find_key(self, scope: Any, key: str) -> None:
        return None

    async def admit(self, change: Change, lease_us: int) -> None:
        try:
            await super().admit(change, lease_us)
        except KeyTaken as taken:
            raise SlotTaken(taken.position_id) from None


def _lost_commits(whole: Planted) -> Planted:
    """A transaction whose connection was lost counts as done."""
    once = transactions.Transactions._once

    def believing(self: Any, engine: Any, work: Any) -> Any:
        try:
            return once(self, engine, work)
        except transactions._Lost:
            return {}

    transactions.Transactions._once = believing  # type: ignore[method-assign]
    return whole


_DEFECTS: dict[str, Callable[[Planted], Planted]] = {
    "late_intent": _late_intent,
    "nobody_gone": _nobody_gone,
    "no_permit": _no_permit,
    "no_window": _no_window,
    "no_keys": _no_keys,
    "lost_commits": _lost_commits,
}

IN_DATABASE = {"no_slots": "DROP INDEX uq_positions_slot"}
"""Defects of the database: the statement that plants each."""
DEFECTS = (*_DEFECTS, *IN_DATABASE)
