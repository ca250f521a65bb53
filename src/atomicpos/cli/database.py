"""``atomicpos db``: the schema of the database, upgraded or compared with what this release expects."""

from __future__ import annotations

import typer

from .options import DEFAULT_DATABASE, Database, database_url
from .output import failures_told, note

database = typer.Typer(help="Look after the database's schema.", no_args_is_help=True)


@database.command("upgrade")
def upgrade(database: Database = DEFAULT_DATABASE) -> None:
    """Create the database or bring it up to date; nothing happens when it is."""
    from ..store import schema

    with failures_told():
        schema.upgrade(database_url(database))
        typer.echo(f"the database is at revision {schema.HEAD}")


@database.command("check")
def check(database: Database = DEFAULT_DATABASE) -> None:
    """Compare the database with this release's schema; exit 1 when they differ."""
    from ..store import schema

    with failures_told():
        difference = schema.check(database_url(database))
    if difference is not None:
        note(difference)
        raise typer.Exit(1)
    typer.echo(f"the database is at revision {schema.HEAD}, exactly as this release expects")
