"""The spaces that are walked whole: data, so that their products can be asserted."""

from __future__ import annotations

from typing import Any

from .histories import History, Kind
from .odometer import Domain, Space

LAGS_S = (0, 2, 4, 6, 8)

LOSSES = ("lose_request", "lose_reply", "http_502_executed", "http_502_not_executed", "refuse")
WRITES = (
    ("place_entry", 1), ("place_stop", 1), ("place_stop", 2), ("place_stop", None), ("cancel", 1), ("place_close", 1),
)
"""Which write is struck: (call, nth), None for every one."""

READ_ERRORS: tuple[tuple[str, str, int | None], ...] = tuple(
    (call, "error", nth) for call in ("orders", "fills", "position") for nth in (1, 2, None)
)

FAULTS: tuple[tuple[str, str, int | None] | None, ...] = (
    None,
    ("place_entry", "never_fill", 1),
    ("place_entry", "liquidate", 1),
    *((call, kind, nth) for call, nth in WRITES for kind in LOSSES),
    *READ_ERRORS,
)

INSTANTS = 40
"""How many instants of death are tried; a calm open has 14."""

_LAGS = tuple(Domain(f"lag_{what}", LAGS_S) for what in ("orders", "fills", "position"))

ONE_FAULT = Space((*_LAGS, Domain("fault", FAULTS)))
"""Lags of each endpoint x at most one fault."""

ONE_CRASH = Space((*_LAGS, Domain("dies_at", (None, *range(INSTANTS)))))
"""Lags of each endpoint x at most one death."""


_FEW_LAGS = tuple(Domain(f"lag_{what}", (0, 8)) for what in ("orders", "fills", "position"))

OTHER_KINDS = Space((*_FEW_LAGS, Domain("fault", FAULTS), Domain("kind", tuple(Kind)[1:])))
"""At most one fault against every other kind of exchange, with the shortest and the longest lags."""


def history(choices: dict[str, Any]) -> History:
    """The history of one tape's choices."""
    return History(**choices)
