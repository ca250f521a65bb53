"""``db upgrade`` and ``db check``."""

from __future__ import annotations

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
    """A refused URL is shown without its password."""
    done = invoke("db", "check", "--database", "postgresql://bot:hunter2@db/trades")
    assert done.exit_code == 1
    assert "hunter2" not in done.output
