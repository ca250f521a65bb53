"""Is it alive, and does anything need a person? One frozen answer, from the rows and from what watchdogs say. Pure.

It is asked in two places: by a bot of its own instance, and by ``atomicpos health`` of nothing but the database.
"""

from .facts import LEASE_S, TURNS_MISSED, WATCH_S, Health, Outside, Vitals, Watching
from .judging import judge, judge_from_outside, unreadable
from .rows import of_rows

__all__ = [
    "LEASE_S", "TURNS_MISSED", "WATCH_S", "Health", "Outside", "Vitals", "Watching", "judge", "judge_from_outside",
    "of_rows", "unreadable",
]
