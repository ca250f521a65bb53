"""Records and journal lines as rows and back. Sightings and absences stay behind: a successor gathers them again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from atomicpos.models import NEVER_STORED, Intent, JournalEntry, Order, Proof, Scope, StopRule, TargetRule
from atomicpos.record import Record

from .tables import SCOPE

_SAME_IN_INTENT = (
    "symbol", "market_id", "side", "position_mode", "quantity", "mark_price", "tick", "step", "leverage", "margin_mode",
    "idempotency_key", "request_hash", "created_at_us",
)  # fmt: skip
_CLAIMED = ("id", "owner", "fence", "wanted_by")
_SAME_IN_RECORD = (
    "version", "state", "goal", "reason", "deadline_us", "leverage_confirmed", "margin_mode_confirmed",
    "parts_asked", "filled_quantity", "entry_price", "closed_quantity", "stop_price", "filled_at_us", "protected_at_us",
    "suspected_at_us", "settled_at_us", "exposure_us", "updated_at_us", "wake_at_us",
)  # fmt: skip
_DERIVED = ("holds_slot", "last_send_at_us", "open_orders")
_SAME_IN_ORDER = tuple(f.name for f in fields(Order) if f.name not in NEVER_STORED)


MOVED = (
    *_SAME_IN_RECORD, *_DERIVED, "rule_percent", "rule_price", "moving_percent", "moving_price",
    "proof_kind", "proof_at_us", "proof_detail",
)  # fmt: skip
"""The columns that a commit may change."""


def _taken(source: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(source, name) for name in names}


def position_row(record: Record) -> dict[str, Any]:
    """The row of ``positions``, its lease apart."""
    intent, rule, target = record.intent, record.intent.stop_rule, record.intent.target_rule
    return {
        **_taken(intent.scope, SCOPE),
        **_taken(intent, _SAME_IN_INTENT),
        "stop_percent": rule.percent,
        "stop_price_asked": rule.price,
        "trigger_by": rule.trigger_by,
        "target_percent": None if target is None else target.percent,
        "target_price_asked": None if target is None else target.price,
        "id": record.id,
        "owner": record.owner,
        "fence": record.fence,
        **moved_row(record),
    }


def moved_row(record: Record) -> dict[str, Any]:
    """The columns ``MOVED``; what the CHECKs compare is computed from the orders here."""
    proof = record.proof
    return {
        **_taken(record, _SAME_IN_RECORD),
        **_taken(record, _DERIVED),
        **_rule_row("rule", record.rule),
        **_rule_row("moving", record.moving),
        "proof_kind": None if proof is None else proof.kind,
        "proof_at_us": None if proof is None else proof.at_us,
        "proof_detail": None if proof is None else proof.detail,
    }


def order_rows(record: Record) -> list[dict[str, Any]]:
    """The rows of ``orders``."""
    return [{"position_id": record.id, **_taken(order, _SAME_IN_ORDER)} for order in record.orders]


def entry_row(position_id: str, entry: JournalEntry) -> dict[str, Any]:
    """One row of ``journal``; its number is the next one of ``row_id``."""
    plain = _taken(entry, ("at_us", "kind", "text", "cause"))
    return {"position_id": position_id, "row_id": position_id, **plain, "data": json.dumps(entry.data)}


def record_of(row: Mapping[Any, Any], orders: Iterable[Mapping[Any, Any]]) -> Record:
    """The record as it was stored."""
    return Record(
        intent=_intent_of(row),
        orders=tuple(Order(**{name: order[name] for name in _SAME_IN_ORDER}) for order in orders),
        proof=_proof_of(row),
        rule=_rule_of(row, "rule"),
        slotless=row["settled_at_us"] is None and not row["holds_slot"],
        moving=_rule_of(row, "moving"),
        **{name: row[name] for name in (*_CLAIMED, *_SAME_IN_RECORD)},
    )


def entry_of(row: Mapping[Any, Any]) -> JournalEntry:
    """The journal line as it was stored."""
    return JournalEntry(row["at_us"], row["kind"], row["text"], row["cause"], json.loads(row["data"]))


def _intent_of(row: Mapping[Any, Any]) -> Intent:
    return Intent(
        scope=Scope(row["exchange"], row["environment"], row["account"]),
        stop_rule=StopRule(row["stop_percent"], row["stop_price_asked"], row["trigger_by"]),
        target_rule=_target_of(row),
        **{name: row[name] for name in _SAME_IN_INTENT},
    )


def _target_of(row: Mapping[Any, Any]) -> TargetRule | None:
    percent, price = row["target_percent"], row["target_price_asked"]
    return None if percent is None and price is None else TargetRule(percent, price)


def _rule_row(name: str, rule: StopRule | None) -> dict[str, Any]:
    # the trigger type of a later rule is always the intent's: it is stored once
    return {
        f"{name}_percent": None if rule is None else rule.percent,
        f"{name}_price": None if rule is None else rule.price,
    }


def _rule_of(row: Mapping[Any, Any], name: str) -> StopRule | None:
    percent, price = row[f"{name}_percent"], row[f"{name}_price"]
    return None if percent is None and price is None else StopRule(percent, price, row["trigger_by"])


def _proof_of(row: Mapping[Any, Any]) -> Proof | None:
    if row["proof_kind"] is None:
        return None
    return Proof(row["proof_kind"], row["proof_at_us"], row["proof_detail"])
