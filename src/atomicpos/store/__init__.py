"""The journal in a database: SQLite or PostgreSQL. Import from here; the modules behind it are private to the store."""

from .journal import SqlJournal
from .opening import open_journal, open_pages, read_only
from .pages import SqlPages

__all__ = ["SqlJournal", "SqlPages", "open_journal", "open_pages", "read_only"]
