"""What Binance says when it refuses: a code and a sentence, under an HTTP status that is not 200."""

from __future__ import annotations

from ..spelling import Json
from .codes import MESSAGES, Code, status

__all__ = ["Code", "Rejection", "rejection"]

DONE: Json = {"code": 200, "msg": "success"}
"""The whole reply to a setting that was carried out."""


class Rejection(Exception):
    """A definite refusal: nothing was changed. Without a message it says what belongs to the code."""

    def __init__(self, code: int, message: str | None = None) -> None:
        self.code = code
        self.message = MESSAGES[code] if message is None else message
        self.status = status(code)
        super().__init__(self.message)


def rejection(refused: Rejection) -> Json:
    """The body of a refusal."""
    return {"code": int(refused.code), "msg": refused.message}
