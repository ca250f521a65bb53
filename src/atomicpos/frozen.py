"""A changed copy of a frozen row, made in a fifth of the time: every finding makes several.

``dataclasses.replace`` asks every field for its metadata, and a frozen ``__init__`` puts each field past the guard that
refuses to. Here an open twin of the class, with the same slots and no guard, is filled in and then becomes the row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, make_dataclass
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__all__ = ["replace"]

if TYPE_CHECKING:
    from dataclasses import replace
else:

    def replace(row, /, **changes):
        """A copy of the row with those fields changed.

        The row's class is a frozen dataclass with slots, without ``__post_init__``, and of at least two fields. Raises
        TypeError for a field that it does not have.
        """
        kind = row.__class__
        read, twin = _twin(kind)
        copy = twin(*read(row))
        for name, value in changes.items():
            try:
                setattr(copy, name, value)
            except AttributeError:
                raise TypeError(f"{kind.__name__} has no {name}") from None
        copy.__class__ = kind
        return copy


@cache
def _twin(kind: type) -> tuple[Callable[[Any], tuple[Any, ...]], type]:
    """How to read all fields of the class at once, and the class that takes them."""
    names = [field.name for field in fields(kind)]
    return attrgetter(*names), make_dataclass(f"Open{kind.__name__}", names, slots=True)
