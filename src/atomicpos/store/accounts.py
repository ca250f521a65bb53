"""Which account at the exchange an account name of ours stands for: the one it was first used with."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from atomicpos.models import Scope

from .statements import scoped
from .tables import accounts, of_account

_BOUND = select(accounts.c.exchange_account_id).where(*of_account(accounts))
_BIND = {
    "sqlite": sqlite.insert(accounts).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(accounts).on_conflict_do_nothing(),
}


def bind_account(connection: Connection, scope: Scope, account_id: str) -> str:
    """The account that the scope stands for; from now on this one, if it stood for none."""
    row = asdict(scope) | {"exchange_account_id": account_id}
    connection.execute(_BIND[connection.dialect.name], row)
    return str(connection.execute(_BOUND, scoped(scope)).scalar_one())
