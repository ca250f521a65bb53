"""What the tables have in common: where they are put together, and indexes over the rows of one account."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Index, MetaData, Table, TextClause, bindparam

metadata = MetaData()

SCOPE = ("exchange", "environment", "account")
"""The columns that name an account, in the order of every index that begins with them."""


def of_account(table: Table) -> tuple[ColumnElement[bool], ...]:
    """Rows of the account whose names are the parameters ``scope_...``."""
    return tuple(table.c[name] == bindparam(f"scope_{name}") for name in SCOPE)


def partial(table: Table, name: str, *columns: str, where: TextClause, unique: bool = False) -> None:
    """An index over those rows of an account which are so, on either database."""
    columns = (*SCOPE, *columns)
    Index(name, *(table.c[column] for column in columns), unique=unique, sqlite_where=where, postgresql_where=where)
