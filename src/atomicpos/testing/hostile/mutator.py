"""From an honest reply, an operator and a seed to a hostile one. Pure: the same three make the same."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from .on_bytes import on_bytes
from .on_codes import on_the_code
from .on_fields import on_a_field
from .on_rows import on_rows
from .operators import Operator
from .reply import Reply

Act = Callable[[Reply, Operator, random.Random], Reply | None]

_ROWS = (
    Operator.NO_ROWS, Operator.DUPLICATED_ROWS, Operator.SHUFFLED_ROWS, Operator.ROWS_OF_NOTHING,
    Operator.OTHER_SYMBOL, Operator.OTHER_SIDE, Operator.OTHER_ORDER, Operator.HEDGED, Operator.SAME_PAGE_AGAIN,
    Operator.TIME_ZERO, Operator.TIME_BACKWARDS, Operator.TIME_AHEAD, Operator.NO_RESULT,
)  # fmt: skip
_CODES = (Operator.CODE_AS_TEXT, Operator.CODE_UNDECIDED, Operator.CODE_REFUSED)
_BYTES = (
    Operator.CUT, Operator.NOTHING, Operator.HTML, Operator.HTML_AROUND, Operator.TRAILING, Operator.UTF16,
    Operator.UTF16_NAMED, Operator.LATIN1, Operator.BOM, Operator.GZIP_GARBAGE, Operator.SERVER_ERROR,
)  # fmt: skip

_BY: Mapping[Operator, Act] = {
    **dict.fromkeys(Operator, on_a_field),
    **dict.fromkeys(_ROWS, on_rows),
    **dict.fromkeys(_CODES, on_the_code),
    **dict.fromkeys(_BYTES, on_bytes),
}


def strike(reply: Reply, operator: Operator, seed: int) -> Reply | None:
    """The reply with that done to it; None where there is nothing in it to do that to."""
    return _BY[operator](reply, operator, random.Random(f"{operator} {seed}"))
