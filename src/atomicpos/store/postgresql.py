"""Connections to a PostgreSQL server through psycopg 3: what each is asked to do, and how long it may wait for what."""

from __future__ import annotations

import select
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import QueuePool

from atomicpos.errors import StoreUnavailable

CONNECT_S = 5
"""How long connecting to one address may take."""

KEEPALIVE_IDLE_S = 5
"""A silent connection is probed after this, so that a server that vanished is noticed."""

KEEPALIVE_INTERVAL_S = 2
"""The pause between two such probes; after three without an answer the connection is given up."""

UNANSWERED_MS = 10_000
"""How long what we sent may stay unconfirmed by the server's machine before the connection is given up."""

LOCK_MS = 5_000
"""How long a statement waits for a lock."""

STATEMENT_MS = 10_000
"""How long a statement that writes may run, its waiting included."""

IDLE_TRANSACTION_MS = 5_000
"""How long a transaction may wait for our next word before the server undoes it: a process that is stopped in the
middle of one would otherwise keep its rows from a successor for as long as it is stopped."""

TRANSACTION_MS = 15_000
"""How long a transaction may last in all. Who is stopped while several statements are under way at once is
waited for as busy, not as idle, so that the bound above never ends it. Servers older than 17 know no such bound."""

_PARAMETERS = {
    "application_name": "atomicpos",
    "connect_timeout": CONNECT_S,
    "keepalives": 1,
    "keepalives_idle": KEEPALIVE_IDLE_S,
    "keepalives_interval": KEEPALIVE_INTERVAL_S,
    "keepalives_count": 3,
    "tcp_user_timeout": UNANSWERED_MS,
}
"""What libpq is given where the URL does not say it."""

_SETTINGS = {
    "lock_timeout": f"{LOCK_MS}ms",
    "idle_in_transaction_session_timeout": f"{IDLE_TRANSACTION_MS}ms",
}
_WRITING = {
    "statement_timeout": f"{STATEMENT_MS}ms",
    # each statement sees what is committed by then: what was lost to another process shows in the row count
    "default_transaction_isolation": "read committed",
    "default_transaction_read_only": "off",
}
_READING = {"default_transaction_isolation": "repeatable read", "default_transaction_read_only": "on"}
_WHERE_KNOWN = "FROM pg_settings WHERE name = 'transaction_timeout'"
_BOUND = f"SELECT set_config('transaction_timeout', '{TRANSACTION_MS}ms', false) {_WHERE_KNOWN}"
UNBOUND = f"SELECT set_config('transaction_timeout', '0', true) {_WHERE_KNOWN}"
"""For the open transaction alone: it may last as long as it takes."""
_DURABLE = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
"""A commit is on disk when it returns (I4); a server that promises even more than that keeps its promise."""


def server_engine(server: URL, *, writes: bool) -> Engine:
    """An engine over one connection, made anew when it was lost. Raises StoreUnavailable without psycopg."""
    url = server.update_query_dict({k: str(v) for k, v in _PARAMETERS.items() if k not in server.query})
    try:
        engine = create_engine(
            url, poolclass=QueuePool, pool_size=1, max_overflow=0, hide_parameters=True, use_native_hstore=False
        )
    except ImportError as error:
        raise StoreUnavailable(
            "PostgreSQL needs a driver that is not installed: run \"pip install 'atomicpos[postgresql]'\""
        ) from error
    event.listen(engine, "connect", _settler({**_SETTINGS, **(_WRITING if writes else _READING)}))
    event.listen(engine, "checkout", _require_quiet)
    return engine


def _settler(settings: dict[str, str]) -> Any:
    asked = ", ".join(f"set_config('{name}', '{value}', false)" for name, value in settings.items())

    def settle(connection: Any, _: object) -> None:
        connection.autocommit = True
        connection.execute(f"SELECT {asked}")
        connection.execute(_DURABLE)
        connection.execute(_BOUND)
        connection.autocommit = False

    return settle


def _require_quiet(connection: Any, _: object, __: object) -> None:
    """Between two transactions a server says nothing but good-bye: whatever there is to read, the connection is over.

    Asked of the machine, not of the server, so that it costs no round trip.
    """
    poll = select.poll()
    if not connection.closed:
        poll.register(connection.fileno(), select.POLLIN)
    if connection.closed or poll.poll(0):
        raise DisconnectionError("the server has ended the connection")
