"""What ``atomicpos export`` writes: the columns of each kind, in an order that never changes, only grows. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from ..models import MICROSECONDS
from ..ports import History
from ..record import Record

Row = dict[str, Any]


class What(StrEnum):
    """What can be exported."""

    POSITIONS = "positions"
    JOURNAL = "journal"
    EVIDENCE = "evidence"


COLUMNS: dict[What, tuple[str, ...]] = {
    What.POSITIONS: (
        "id", "exchange", "environment", "account", "symbol", "side", "position_mode", "quantity", "state", "goal",
        "reason", "filled_quantity", "entry_price", "closed_quantity", "stop_price", "exposure_s", "leverage",
        "idempotency_key", "proof_kind", "proof_at_us", "proof_detail", "created_at_us", "filled_at_us",
        "protected_at_us", "suspected_at_us", "settled_at_us", "updated_at_us",
    ),
    What.JOURNAL: ("position_id", "number", "at_us", "kind", "cause", "by", "text", "data"),
    What.EVIDENCE: (
        "position_id", "number", "source", "kind", "quantity", "price", "why", "asked_at_us", "answered_at_us",
        "exchange_time_us", "times", "last_answered_at_us", "orders", "absent_ids", "fills", "position",
        "position_stop", "raw",
    ),
}  # fmt: skip
"""New columns come last. Times are microseconds since 1970, UTC, by our clock; ``number`` counts from 1 in each
position."""


def rows_of(what: What, record: Record, history: History) -> Iterator[Row]:
    """The rows of one position, each with exactly the columns of its kind."""
    match what:
        case What.POSITIONS:
            yield _position(record)
        case What.JOURNAL:
            for number, entry in enumerate(history.entries, 1):
                told = {name: getattr(entry, name) for name in ("at_us", "kind", "cause", "by", "text", "data")}
                yield {"position_id": record.id, "number": number, **told}
        case What.EVIDENCE:
            for number, (found, again) in enumerate(zip(history.evidence, history.repeats, strict=True), 1):
                counted = {"times": 1 + again.count, "last_answered_at_us": again.last_answered_at_us}
                first = {"position_id": record.id, "number": number, **counted}
                names = COLUMNS[What.EVIDENCE]
                yield {name: first[name] if name in first else getattr(found, name) for name in names}


def _position(record: Record) -> Row:
    intent, scope, proof = record.intent, record.intent.scope, record.proof
    own = {
        "exchange": scope.exchange, "environment": scope.environment, "account": scope.account,
        "exposure_s": record.exposure_us / MICROSECONDS, "proof_kind": proof and proof.kind,
        "proof_at_us": proof and proof.at_us, "proof_detail": proof and proof.detail,
    }  # fmt: skip
    asked = ("symbol", "side", "position_mode", "quantity", "leverage", "idempotency_key", "created_at_us")
    own |= {name: getattr(intent, name) for name in asked}
    return {name: own[name] if name in own else getattr(record, name) for name in COLUMNS[What.POSITIONS]}
