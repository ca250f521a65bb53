"""The oracle of the machine, where slots are taken again and again, and processes come back after a while."""

from __future__ import annotations

from dataclasses import replace

from atomicpos.evidence import Kind
from atomicpos.models import State
from atomicpos.ports import Change
from atomicpos.testing.swarm.oracle import LOOKS_APART_US, Oracle

SOURCES = {"order_status", "position_poll"}
"""Who sees the stops, and who the position."""


class SlotOracle(Oracle):
    """Knows when a row is called protected anew: here a process may be killed and another hear of its orders first."""

    def change(self, change: Change) -> None:
        """A change was stored. A row that was protected is called so anew only by who has just seen position and
        stops: one of them may be unreadable for a while, a new process hears of one before the other, and what was
        found is stored late where nothing hangs on it.
        """
        before = self.rows.get(change.record.id)
        stays = before is not None and before.state is State.PROTECTED
        super().change(replace(change, evidence=()) if stays and not self._anew(change) else change)

    def _anew(self, change: Change) -> bool:
        lately_us = self.venue.now_us() - LOOKS_APART_US
        fresh = (one for one in change.evidence if one.asked_at_us >= lately_us and one.kind is not Kind.UNKNOWN)
        return {one.source for one in fresh} >= SOURCES
