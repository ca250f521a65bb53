"""Runs the migrations on the connection it is given, inside the transaction that is open on it.

The store opens that transaction, so an upgrade that is killed half way leaves the database as it was.
"""

from __future__ import annotations

from alembic import context


def migrate() -> None:
    connection = context.config.attributes.get("connection")
    if connection is None:
        raise RuntimeError("migrations run on the store's own connection: use 'atomicpos db upgrade'")
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


migrate()
