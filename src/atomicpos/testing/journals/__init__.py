"""Journals for tests: one that lives in memory, and one over another for whoever wants to come between."""

from .memory import MemoryJournal
from .over import JournalOver

__all__ = ["JournalOver", "MemoryJournal"]
