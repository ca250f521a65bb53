"""Where the database is: the URL, checked before anything is touched."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from atomicpos.errors import StoreUnavailable

EXAMPLES = "'sqlite:///atomicpos.db' or 'postgresql://user:password@host/database'"
_POSTGRESQL = ("postgresql", "postgresql+psycopg")
_PORT = "5432"
_SECRET = ("password", "sslpassword")
"""What may follow the question mark and is never shown."""


class Dialect(StrEnum):
    """The databases that are known, by SQLAlchemy's names for them."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


@dataclass(frozen=True, slots=True)
class Location:
    """A SQLite file by its resolved path, a private SQLite database in memory, or a database on a PostgreSQL server."""

    path: Path | None = None
    """The SQLite file; None in memory and on a server."""
    server: URL | None = field(default=None, repr=False)
    """The PostgreSQL database, for psycopg, password included; None for SQLite."""

    @property
    def dialect(self) -> Dialect:
        """Which kind of database it is."""
        return Dialect.SQLITE if self.server is None else Dialect.POSTGRESQL

    @property
    def place(self) -> str:
        """The name for messages, without user and password: two of one name hold the same rows."""
        if self.server is not None:
            return _place(self.server)
        return "in memory" if self.path is None else str(self.path)

    @property
    def shown(self) -> str:
        """The URL as it may be printed: stars stand for the password."""
        if self.server is not None:
            plain = self.server.set(drivername="postgresql").difference_update_query(_SECRET)
            return plain.render_as_string(hide_password=True)
        return f"sqlite:///{self.path or ''}"


def locate(url: str) -> Location:
    """The place a database URL names. Raises StoreUnavailable for another kind of database than SQLite or PostgreSQL,
    and for a directory or a database name that is not there. A password in the URL is never repeated.
    """
    parsed = _parsed(url)
    if parsed.drivername in _POSTGRESQL:
        return Location(server=_server(parsed))
    if parsed.drivername != "sqlite":
        raise StoreUnavailable(f"the database {_shown(parsed)} is of no kind we know; write it as in {EXAMPLES}")
    if parsed.query:
        raise StoreUnavailable(f"the database {_shown(parsed)} cannot be used: remove what follows the question mark")
    if not parsed.database or parsed.database == ":memory:":
        return Location()
    return Location(_file(parsed.database))


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        shown = "given" if "@" in str(url) or "password" in str(url).lower() else repr(url)
        raise StoreUnavailable(f"the database {shown} is not a URL; write it as in {EXAMPLES}") from None


def _file(name: str) -> Path:
    path = Path(name).resolve()
    if not path.parent.is_dir():
        raise StoreUnavailable(f"the directory {path.parent} of the database does not exist; create it first")
    if path.exists() and not path.is_file():
        raise StoreUnavailable(f"the database {path} is not a file; name a file in the URL, as in {EXAMPLES}")
    return path


def _server(parsed: URL) -> URL:
    if not (parsed.database or parsed.query.get("dbname")):
        raise StoreUnavailable(f"the URL {_shown(parsed)} names no database; write it as in {EXAMPLES}")
    return parsed.set(drivername="postgresql+psycopg")


def _place(server: URL) -> str:
    """What follows the question mark may say host, port and database too; options may choose a schema in it."""
    said = {name: _text(value) for name, value in server.query.items()}
    host = server.host or said.get("host") or "localhost"
    port = server.port or said.get("port") or _PORT
    options = f" ({said['options']})" if "options" in said else ""
    return f"{host}:{port}/{server.database or said.get('dbname')}{options}"


def _text(value: str | tuple[str, ...]) -> str:
    # a name that is given twice (several hosts to try) is kept as one
    return value if isinstance(value, str) else ",".join(value)


def _shown(url: URL) -> str:
    # another program's words may be anything: nothing that follows its question mark is shown
    return repr(url.set(query={}).render_as_string(hide_password=True))
