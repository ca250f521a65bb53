"""``db upgrade``, ``db check`` and ``db current``."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from stored_rows import Invoke


def test_upgrade_creates_what_check_accepts(invoke: Invoke, tmp_path: Path) -> None:
    """A database that upgrade created is exactly what this release expects, and upgrading again changes nothing."""
    path = tmp_path / "new.db"
    assert invoke("db", "upgrade", "--database", path).exit_code == 0
    assert invoke("db", "upgrade", "--database", path).exit_code == 0
    assert invoke("db", "check", "--database", f"sqlite:///{path}").exit_code == 0


def test_check_names_what_differs(invoke: Invoke, database: Path) -> None:
    """A dropped index ends check with exit code 1 and is named."""
    with sqlite3.connect(database) as connection:
        name = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        ).fetchone()[0]
        connection.execute(f"DROP INDEX {name}")
    done = invoke("db", "check", "--database", database)
    assert done.exit_code == 1
    assert name in done.stderr


def test_a_foreign_file_is_refused(invoke: Invoke, tmp_path: Path) -> None:
    """Another program's file is left alone, with exit code 1."""
    path = tmp_path / "prices.db"
    path.write_text("symbol,price\n")
    assert invoke("db", "upgrade", "--database", path).exit_code == 1
    assert path.read_text() == "symbol,price\n"


def test_a_password_in_the_url_is_not_repeated(invoke: Invoke) -> None:
    """A URL that is refused, or whose server is not there, is told without its password."""
    for url in ("mysql://bot:hunter2@db/trades", "postgresql://bot:hunter2@127.0.0.1:1/trades"):
        done = invoke("db", "check", "--database", url)
        assert done.exit_code == 1
        assert "hunter2" not in done.output


def test_postgresql_is_upgraded_by_the_command(invoke: Invoke, empty_postgres_url: str) -> None:
    """An empty PostgreSQL database is told to be empty, upgraded when asked, and then what this release expects."""
    listed = invoke("positions", "--database", empty_postgres_url)
    assert listed.exit_code == 1
    assert "run 'atomicpos db upgrade --database postgresql://" in listed.stderr
    assert "empty" in invoke("db", "current", "--database", empty_postgres_url).stdout
    assert invoke("db", "check", "--database", empty_postgres_url).exit_code == 1
    assert invoke("db", "upgrade", "--database", empty_postgres_url).exit_code == 0
    assert invoke("db", "check", "--database", empty_postgres_url).exit_code == 0
    assert invoke("positions", "--database", empty_postgres_url).exit_code == 0


def test_current_names_the_revision(invoke: Invoke, database: Path) -> None:
    """``current`` prints the revision the database is at beside the one that is needed."""
    with sqlite3.connect(database) as connection:
        (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    assert invoke("db", "current", "--database", database).stdout == f"{revision} (this release needs {revision})\n"
    said = json.loads(invoke("db", "current", "--database", database, "--json").stdout)
    assert said == {"revision": revision, "expected": revision}


def test_check_as_json_lists_what_differs(invoke: Invoke, database: Path) -> None:
    """With --json the parts that differ are a list; the exit code is the same."""
    agreed = invoke("db", "check", "--database", database, "--json")
    assert (agreed.exit_code, json.loads(agreed.stdout)["differing"]) == (0, [])
    with sqlite3.connect(database) as connection:
        connection.execute("DROP INDEX ix_positions_state")
    differs = invoke("db", "check", "--database", database, "--json")
    assert (differs.exit_code, json.loads(differs.stdout)["differing"]) == (1, ["ix_positions_state"])


def test_a_database_that_is_not_there_is_an_error(invoke: Invoke, tmp_path: Path) -> None:
    """``check`` and ``current`` of no database say so, in words and as JSON, and create none."""
    for command in ("check", "current"):
        done = invoke("db", command, "--database", tmp_path / "none.db", "--json")
        assert done.exit_code == 1
        assert json.loads(done.stdout)["error"] == "StoreUnavailable"
        assert "there is no database" in done.stderr
    assert not (tmp_path / "none.db").exists()
