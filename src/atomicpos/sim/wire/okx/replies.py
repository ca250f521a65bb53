"""The envelope of every OKX v5 reply: a code as text, a sentence, and a list of rows."""

from __future__ import annotations

from collections.abc import Sequence

from ..spelling import MICROSECONDS_PER_MS, Json
from .codes import AT_THE_GATE, FAILED, MESSAGES, OK, STATUSES


class Rejection(Exception):
    """A definite refusal: nothing was changed. Without a message it says what belongs to the code."""

    def __init__(self, code: int, message: str | None = None) -> None:
        self.code = int(code)
        self.message = MESSAGES[self.code] if message is None else message
        super().__init__(self.message)

    @property
    def status(self) -> int:
        """The HTTP status it comes with."""
        return STATUSES.get(self.code, 200)

    @property
    def at_the_gate(self) -> bool:
        """True where the whole reply bears the code, False where it stands in the row of the one order."""
        return self.code in AT_THE_GATE


def envelope(rows: Sequence[Json], code: int = OK, message: str = "") -> Json:
    """A reply around these rows."""
    return {"code": str(code), "data": list(rows), "msg": message}


def rejection(refused: Rejection) -> Json:
    """A read that is refused, or a write at the gate."""
    return envelope((), refused.code, refused.message)


def row_rejection(refused: Rejection, row: Json, now_us: int) -> Json:
    """The one order of a write that is refused: its row says why, the reply only that the operation failed."""
    return envelope([failed_row(refused, row, now_us)], FAILED, "All operations failed")


def failed_row(refused: Rejection, row: Json, now_us: int) -> Json:
    """The row of an order that is refused: it has no id of the exchange's."""
    return {**row, "sCode": str(refused.code), "sMsg": refused.message, "tag": "", "ts": _ms(now_us)}


def done_row(row: Json, now_us: int) -> Json:
    """The row of an order that was taken."""
    return {**row, "sCode": "0", "sMsg": "", "tag": "", "ts": _ms(now_us)}


def _ms(at_us: int) -> str:
    return str(at_us // MICROSECONDS_PER_MS)
