"""What the store's tests share: each database there is, empty or with this release's tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from raw import Raw

from atomicpos.store import schema
from atomicpos.testing.postgres import Postgres

DATABASES = ("sqlite", "postgresql")
HBA = "local all postgres trust\nlocal all bot scram-sha-256\nlocal all banned reject\n"


@pytest.fixture(params=DATABASES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any table: a SQLite file that is not there yet, and one on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/a.db"
    return str(request.getfixturevalue("empty_postgres_url"))


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with this release's tables and no row, of each kind."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    schema.upgrade(f"sqlite:///{tmp_path}/a.db")
    return f"sqlite:///{tmp_path}/a.db"


@pytest.fixture
def raw(url: str) -> Raw:
    """The same database, reached past the library."""
    return Raw(url)


@pytest.fixture(scope="module")
def own() -> Iterator[Postgres]:
    """A server of the module's own, to be restarted, whose user ``bot`` needs a password."""
    with Postgres(durable=False, hba=HBA) as server:
        server.execute("CREATE ROLE bot LOGIN PASSWORD 'hunter2'")
        server.execute("CREATE ROLE banned LOGIN")
        yield server


@pytest.fixture
def own_url(own: Postgres) -> str:
    """A database of its own on that server."""
    url = own.new_database()
    schema.upgrade(url)
    return url
