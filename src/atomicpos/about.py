"""Lines of the log about a row."""

from __future__ import annotations

import logging

from .announcer import log
from .record import Record
from .snapshot import exposed


def about(record: Record) -> dict[str, str]:
    """What a line of the log about the row says beside its words."""
    intent = record.intent
    return {
        "position_id": record.id, "symbol": intent.symbol, "state": record.state.value,
        "exchange": intent.scope.exchange, "account": intent.scope.account,
    }


def left_alone(record: Record) -> None:
    """Name a row that nobody here drives any more: critical where its money has no stop."""
    level = logging.CRITICAL if exposed(record) is True else logging.WARNING
    log.log(level, "position %s is left %s; the next start drives it on", record.id, record.state.value,
            extra=about(record))
