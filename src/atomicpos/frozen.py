"""A changed copy of a frozen row, made in a third of the time: every finding makes several.

``dataclasses.replace`` asks every field for its metadata and goes through ``__init__``; here the slots are copied.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import fields
from functools import cache
from itertools import repeat
from operator import attrgetter, call
from typing import TYPE_CHECKING, Any

__all__ = ["replace"]

_Put = Callable[[Any, Any], None]

if TYPE_CHECKING:
    from dataclasses import replace
else:

    def replace(row, /, **changes):
        """A copy of the row with those fields changed.

        The row's class is a frozen dataclass with slots, without ``__post_init__``, and of at least two fields. Raises
        TypeError for a field that it does not have.
        """
        kind = row.__class__
        read, puts, put_by_name = _slots(kind)
        copy = object.__new__(kind)
        deque(map(call, puts, repeat(copy), read(row)), 0)
        try:
            for name, value in changes.items():
                put_by_name[name](copy, value)
        except KeyError as unknown:
            raise TypeError(f"{kind.__name__} has no {unknown.args[0]}") from None
        return copy


@cache
def _slots(kind: type) -> tuple[Callable[[Any], tuple[Any, ...]], tuple[_Put, ...], dict[str, _Put]]:
    put_by_name = {field.name: getattr(kind, field.name).__set__ for field in fields(kind)}
    return attrgetter(*put_by_name), tuple(put_by_name.values()), put_by_name
