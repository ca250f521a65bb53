"""What tests of every layer share. Its presence also puts the modules beside it within their reach."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import HealthCheck, settings

from atomicpos.sim.wire.server import Server, serve
from atomicpos.store import schema
from atomicpos.testing import postgres as postgresql

# Two shared cores: how long one example takes says nothing about the code.
settings.register_profile("atomicpos", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("atomicpos")


@pytest.fixture
async def bybit() -> AsyncIterator[Server]:
    """A venue on the wire, in the test's own loop."""
    server = await serve("bybit", port=0, seed=7)
    yield server
    await server.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgresql.Databases]:
    """A PostgreSQL of the test run's own, or the one that the environment variable ATOMICPOS_TEST_POSTGRES names."""
    with postgresql.server() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_postgres_url(postgres: postgresql.Databases) -> Iterator[str]:
    """A database with this release's tables and no row, to be copied and not to be connected to."""
    url = postgres.new_database()
    schema.upgrade(url)
    yield url
    postgres.drop_database(url)


@pytest.fixture
def postgres_url(postgres: postgresql.Databases, migrated_postgres_url: str) -> Iterator[str]:
    """A database of the test's own, with this release's tables and no row."""
    url = postgres.new_database(like=migrated_postgres_url)
    yield url
    postgres.drop_database(url)


@pytest.fixture
def empty_postgres_url(postgres: postgresql.Databases) -> Iterator[str]:
    """A database of the test's own without any table."""
    url = postgres.new_database()
    yield url
    postgres.drop_database(url)
