"""``atomicpos db``: the schema of the database, upgraded, compared with what this release expects, or named."""

from __future__ import annotations

import typer

from .options import DEFAULT_DATABASE, Database, Json, database_url
from .output import failures_told, note
from .plain import json_line

database = typer.Typer(help="Look after the database's schema.", no_args_is_help=True)


@database.command("upgrade")
def upgrade(database: Database = DEFAULT_DATABASE) -> None:
    """Create the tables or bring them up to date; nothing happens when they are.

    A SQLite file is upgraded whenever it is opened. A PostgreSQL database never is: this command does it, once for all
    processes that use it.
    """
    from ..store import schema

    with failures_told():
        schema.upgrade(database_url(database))
        typer.echo(f"the database is at revision {schema.HEAD}")


@database.command("check")
def check(database: Database = DEFAULT_DATABASE, as_json: Json = False) -> None:
    """Compare the database with this release's schema, part by part; exit 1 when they differ."""
    from ..store import schema

    with failures_told(as_json=as_json):
        found = schema.check(database_url(database))
    if as_json:
        typer.echo(json_line({"revision": found.revision, "expected": found.head, "differing": list(found.differing)}))
    elif found.difference is None:
        typer.echo(f"the database is at revision {found.head}, exactly as this release expects")
    else:
        note(found.difference)
    raise typer.Exit(0 if found.difference is None else 1)


@database.command("current")
def current(database: Database = DEFAULT_DATABASE, as_json: Json = False) -> None:
    """Print the revision that the database is at, and the one that this release needs."""
    from ..store import schema

    with failures_told(as_json=as_json):
        revision = schema.current(database_url(database))
    if as_json:
        typer.echo(json_line({"revision": revision, "expected": schema.HEAD}))
    else:
        typer.echo(f"{revision or 'empty'} (this release needs {schema.HEAD})")
