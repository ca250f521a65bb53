"""The journal in a database: SQLite or PostgreSQL. Import from here; the modules behind it are private to the store."""

from .journal import SqlJournal
from .opening import open_journal, read_only

__all__ = ["SqlJournal", "open_journal", "read_only"]
