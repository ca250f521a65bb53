"""Transactions on the writer's thread: each wholly done or not at all, and told apart from one that cannot be known.

When the connection is lost, or COMMIT is not answered, nobody can say whether the transaction was done. It is then run
again, once, on a new connection: every job of the journal finds what it did before and answers as it would have.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from .connect import reading
from .failures import connection_lost

Answer = TypeVar("Answer")


class _Lost(Exception):
    """Nobody knows whether it was committed; the cause is chained."""


class Transactions:
    """Runs work inside transactions, for one thread."""

    def __init__(self, engine: Engine) -> None:
        self._writing = engine
        self._reading = reading(engine)
        self._unreachable: Exception | None = None

    def new_round(self) -> None:
        """From now on a database that could not be reached is tried again."""
        self._unreachable = None

    def write(self, work: Callable[[Connection], Answer]) -> Answer:
        """The work's answer, committed. Raises what the work or the database raises."""
        return self._sure(self._writing, work)

    def read(self, work: Callable[[Connection], Answer]) -> Answer:
        """The answer of work that changes nothing, all of it seen at one moment. Raises as ``write`` does."""
        return self._sure(self._reading, work)

    def dispose(self) -> None:
        """Close the connection."""
        self._writing.dispose()

    def _sure(self, engine: Engine, work: Callable[[Connection], Answer]) -> Answer:
        try:
            return self._once(engine, work)
        except _Lost:
            pass
        try:
            return self._once(engine, work)
        except _Lost as lost:
            raise lost.__cause__ or lost from None

    def _once(self, engine: Engine, work: Callable[[Connection], Answer]) -> Answer:
        connection = self._begun(engine)
        try:
            answer = work(connection)
            _commit(connection)
            return answer
        except DBAPIError as error:
            if not connection_lost(error):
                raise
            connection.invalidate()
            raise _Lost from error
        finally:
            connection.close()

    def _begun(self, engine: Engine) -> Connection:
        # everyone who waits behind a database that does not answer would wait as long again: it is tried once a round
        if self._unreachable is not None:
            raise self._unreachable
        try:
            return _begin(engine)
        except Exception as error:
            self._unreachable = error
            raise


def _begin(engine: Engine) -> Connection:
    connection = engine.connect()
    try:
        connection.begin()
    except BaseException:
        connection.close()
        raise
    return connection


def _commit(connection: Connection) -> None:
    try:
        connection.commit()
    except SQLAlchemyError as error:
        connection.invalidate()
        raise _Lost from error
