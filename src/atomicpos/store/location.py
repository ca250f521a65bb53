"""Where the database is: the URL, checked before anything is touched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from atomicpos.errors import StoreUnavailable

EXAMPLE = "sqlite:///atomicpos.db"


@dataclass(frozen=True, slots=True)
class Location:
    """A SQLite file by its resolved path, or a private database in memory when ``path`` is None."""

    path: Path | None

    @property
    def place(self) -> str:
        """The name for messages."""
        return "in memory" if self.path is None else str(self.path)

    @property
    def lock_path(self) -> Path | None:
        """The lock file beside the database: ``<file>.lock``."""
        return None if self.path is None else self.path.with_name(self.path.name + ".lock")


def locate(url: str) -> Location:
    """The place a database URL names. Raises StoreUnavailable for what is not SQLite, or a directory that is not there.

    PostgreSQL is not built yet and is refused by name. A password in the URL is never repeated in the message.
    """
    parsed = _parsed(url)
    if parsed.drivername != "sqlite":
        shown = parsed.render_as_string(hide_password=True)
        raise StoreUnavailable(
            f"the database {shown!r} cannot be used: only SQLite is, as in {EXAMPLE!r}; PostgreSQL comes later"
        )
    if parsed.query:
        raise StoreUnavailable(f"the database {url!r} cannot be used: remove what follows the question mark")
    if not parsed.database or parsed.database == ":memory:":
        return Location(None)
    return Location(_file(parsed.database))


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError:
        shown = "given" if "@" in str(url) else repr(url)
        raise StoreUnavailable(f"the database {shown} is not a URL; write it as in {EXAMPLE!r}") from None


def _file(name: str) -> Path:
    path = Path(name).resolve()
    if not path.parent.is_dir():
        raise StoreUnavailable(f"the directory {path.parent} of the database does not exist; create it first")
    if path.exists() and not path.is_file():
        raise StoreUnavailable(f"the database {path} is not a file; name a file in the URL, as in {EXAMPLE!r}")
    return path
