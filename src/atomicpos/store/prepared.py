"""Statements that are compiled once: per call there is the binding, the driver's own work, and the reading of rows.

SQLAlchemy looks each statement up, and makes a context and a result for it, each time that it is executed: ten times
what SQLite needs for a row by its key. What it knows of a statement, its text for the dialect and how each type is
bound and read, is asked for once and kept; errors are raised as SQLAlchemy raises them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError, StatementError

Row = dict[str, Any]
"""One row, by the names of its columns."""
Given = Mapping[str, Any]
"""Parameters by name; a list for one that expands into as many values."""
_Process = Callable[[Any], Any]
Found = TypeVar("Found")


class Prepared:
    """One statement, for whichever dialect it is run on."""

    def __init__(self, statement: Select[Any] | Insert | Update | Delete) -> None:
        self.statement = statement
        self._forms: dict[object, _Form] = {}

    def rows(self, connection: Connection, given: Given) -> list[Row]:
        """All rows that it gives."""
        form = self._form(connection, given)
        return _run(connection, form.text, form.bound(given), form.read)

    def first(self, connection: Connection, given: Given) -> Row | None:
        """The first row; None where there is none."""
        return next(iter(self.rows(connection, given)), None)

    def value(self, connection: Connection, given: Given) -> Any:
        """The first value of the first row; None where there is none."""
        row = self.first(connection, given)
        return None if row is None else next(iter(row.values()))

    def run(self, connection: Connection, given: Given) -> int:
        """How many rows it changed."""
        form = self._form(connection, given)
        return _run(connection, form.text, form.bound(given), _changed)

    def run_all(self, connection: Connection, given: Sequence[Given]) -> int:
        """How many rows it changed, run once for each of these."""
        if len(given) == 1:
            return self.run(connection, given[0])
        form = self._form(connection, given[0])
        return _run(connection, form.text, [form.bound(one) for one in given], _changed, many=True)

    def _form(self, connection: Connection, given: Given) -> _Form:
        """The statement as compiled for that dialect, and for as many values as there are in lists."""
        key = connection.dialect.name, *(len(value) for value in given.values() if isinstance(value, list))
        form = self._forms.get(key)
        if form is None:
            form = self._forms[key] = _Form(self.statement, connection.dialect, given)
        return form


class _Form:
    """The text of a statement for one dialect, its parameters in order, and how its columns are read."""

    def __init__(self, statement: Any, dialect: Dialect, given: Given) -> None:
        if isinstance(statement, Insert):
            statement = statement.inline()  # or it would return what it made, and sqlite3 runs no such thing many times
        compiled = statement.compile(dialect=dialect, column_keys=list(given))
        expanded = compiled.construct_expanded_state(dict(given))
        self.text: str = expanded.statement
        self._dialect = dialect
        self._positional: bool = compiled.positional
        self._lists = [name for name, value in given.items() if isinstance(value, list)]
        source = {one: name for name in self._lists for one in expanded.parameter_expansion.get(name, ())}
        self._constants = {
            name: value for name, value in expanded.parameters.items() if name not in given and name not in source
        }
        binders = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()
        }
        names = expanded.positiontup if self._positional else expanded.parameters
        self._binders: list[tuple[str, _Process | None]] = [(one, binders[source.get(one, one)]) for one in names]
        self._types = [(column.key, column.type) for column in getattr(statement, "exported_columns", ())]
        self._readers: list[tuple[str, _Process | None]] = []

    def bound(self, given: Given) -> Any:
        """The parameters as the driver takes them. Raises StatementError for a value that its type refuses."""
        if self._lists or self._constants:
            given = {**given, **self._constants, **self._spread(given)}
        try:
            if self._positional:
                return tuple([given[name] if bind is None else bind(given[name]) for name, bind in self._binders])
            return {name: given[name] if bind is None else bind(given[name]) for name, bind in self._binders}
        except (TypeError, ValueError) as error:
            raise StatementError(str(error), self.text, None, error, hide_parameters=True) from error

    def _spread(self, given: Given) -> Row:
        return {f"{name}_{number}": value for name in self._lists for number, value in enumerate(given[name], 1)}

    def read(self, cursor: Any) -> list[Row]:
        """The rows that the cursor has."""
        found = cursor.fetchall()
        if not found:
            return []
        readers = self._readers or self._read_by(cursor.description)
        return [
            {name: value if read is None else read(value) for (name, read), value in zip(readers, row, strict=True)}
            for row in found
        ]

    def _read_by(self, description: Sequence[Sequence[Any]]) -> list[tuple[str, _Process | None]]:
        """What the driver gives for each column decides how it is read."""
        self._readers = [
            (name, kind.dialect_impl(self._dialect).result_processor(self._dialect, told[1]))
            for (name, kind), told in zip(self._types, description, strict=True)
        ]
        return self._readers


def _changed(cursor: Any) -> int:
    return int(cursor.rowcount)


def _run(
    connection: Connection, text: str, parameters: Any, read: Callable[[Any], Found], *, many: bool = False
) -> Found:
    """What is read of the cursor. Raises DBAPIError as SQLAlchemy does, and says when the connection is lost."""
    driver: Any = connection.dialect.loaded_dbapi
    cursor = connection.connection.cursor()
    try:
        if many:
            cursor.executemany(text, parameters)
        else:
            cursor.execute(text, parameters)
        return read(cursor)
    except driver.Error as error:
        lost = connection.dialect.is_disconnect(error, connection.connection.dbapi_connection, cursor)
        raise DBAPIError.instance(
            text, None, error, driver.Error, hide_parameters=True, connection_invalidated=lost,
            dialect=connection.dialect,
        ) from error
    finally:
        cursor.close()
