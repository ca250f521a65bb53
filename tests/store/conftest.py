"""What the store's tests share: each database there is, empty or with this release's tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from raw import Raw

from atomicpos.store import schema

DATABASES = ("sqlite", "postgresql")


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
