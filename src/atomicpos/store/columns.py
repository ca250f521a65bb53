"""Column types: exact decimals, words from an enum, and text that any exchange may have written."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Dialect, Numeric, Text
from sqlalchemy.types import TypeDecorator, TypeEngine


class Exact(TypeDecorator[Decimal]):
    """A finite Decimal of any scale, back with every digit: text in SQLite, numeric without a scale in PostgreSQL.

    PostgreSQL writes an exponent out (1E+3 comes back as 1000) and knows no negative zero; what it gives is equal.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text everywhere but on PostgreSQL, whose numeric keeps every digit."""
        return dialect.type_descriptor(Numeric() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Raises ValueError for what is not a finite number: NaN compares with nothing."""
        if value is None:
            return None
        if not value.is_finite():
            raise ValueError(f"{value} is not a finite number")
        return value if dialect.name == "postgresql" else str(value)

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[Any], Decimal | None]:
        """The number with the scale it was stored with: asked for once, and called for every value that is read."""
        return _number


class Word(TypeDecorator[StrEnum]):
    """A word of one of the domain's lists, stored as its text; a CHECK on the table refuses any other."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        """The word's text."""
        return None if value is None else value.value

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[Any], StrEnum | None]:
        """The word. Raises KeyError for one that is none of them."""
        known: dict[str | None, StrEnum | None] = {word.value: word for word in self.words}
        return {**known, None: None}.__getitem__


class FreeText(TypeDecorator[str]):
    """Unbounded text. A lone surrogate (half a character, as a cut JSON body can hold) becomes ``?``; on PostgreSQL,
    whose text holds no zero byte, one becomes U+FFFD.

    Without that, one malformed reply kept as evidence would make its position impossible to store.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text as the database can carry it."""
        if value is None:
            return None
        carried = value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
        return carried.replace("\0", "\ufffd") if dialect.name == "postgresql" else carried


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)
