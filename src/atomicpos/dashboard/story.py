"""One position's page: where it stands in sentences, its axis, its orders and its journal. Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ..models import Order, Scope
from ..ports import Story
from ..record import Record
from ..story.plain import plain
from ..story.timeline import timeline
from .axis import axis
from .rows import Cover, cover_of, row, seconds


def position_page(story: Story, now_us: int, attended: Collection[Scope] | None = None) -> dict[str, Any]:
    """All that the page of one position shows; ``attended`` as in ``row``."""
    record, history = story.record, story.history
    intent, rule, target = record.intent, record.stop_rule, record.intent.target_rule
    return {
        "at_us": now_us,
        "row": row(record, attended),
        "sentences": sentences(record),
        "asked": plain({
            "stop_percent": rule.percent, "stop_price": rule.price, "trigger_by": rule.trigger_by,
            "target_percent": target.percent if target else None, "target_price": target.price if target else None,
            "leverage": intent.leverage, "margin_mode": intent.margin_mode, "position_mode": intent.position_mode,
            "mark_price": intent.mark_price, "tick": intent.tick, "step": intent.step,
        }),
        "lease": {"owner": record.owner, "fence": record.fence, "wanted_by": record.wanted_by},
        "axis": axis(record, history, now_us),
        "orders": [_order(order) for order in record.orders],
        "lines": plain(timeline(record, history)),
        "lines_omitted": story.lines_omitted, "findings_omitted": story.findings_omitted,
    }


def _order(order: Order) -> dict[str, Any]:
    """What is known of one order, without what only the engine needs."""
    names = (
        "leg", "attempt", "client_order_id", "exchange_order_id", "order_side", "quantity", "reduce_only",
        "trigger_price", "limit_price", "attached", "sending", "sends", "status", "filled", "average", "read_back",
        "refusal", "why", "cancels", "sent_at_us",
    )  # fmt: skip
    return {name: plain(getattr(order, name)) for name in names}


# --- where it stands ------------------------------------------------------------------------------------------


def sentences(record: Record) -> dict[str, str]:
    """What is proven, what is not, and what would prove it."""
    proof = record.proof
    proven = "Nothing is proven yet."
    if proof is not None:
        proven = f"{_PROVEN.get(proof.kind.value, proof.kind.value)}: {proof.detail or 'no detail was stored'}."
    return {"proven": proven, "open": _open(record), "next": _next(record)}


_PROVEN = {
    "stop_read_back": "Protected, since our stop was read back",
    "not_sent": "Flat, since no byte of the entry left",
    "refused": "Flat, since the exchange refused the entry",
    "dead_unfilled": "Flat, since the entry was read as dead and unfilled",
    "absent": "Flat, since the entry never arrived",
    "exited": "Flat, since all that was filled was closed",
    "operator": "Settled by an operator's word",
}


def _open(record: Record) -> str:
    exposure = f"It was without a stop for {seconds(record.exposure_us)} s in all."
    match cover_of(record):
        case Cover.OVER:
            return f"Nothing is open. {exposure}"
        case Cover.COVERED:
            return f"A stop is known to be at work. {exposure}"
        case Cover.NAKED:
            return "A fill is known, and no stop over all of it: money is at risk."
        case _:
            return "Neither a fill nor a stop is known: the entry may or may not have filled."


def _next(record: Record) -> str:
    match cover_of(record):
        case Cover.OVER:
            return "Late evidence that carries its own ids would reopen it."
        case Cover.COVERED if record.goal == "flat":
            return "Fills of our exits that sum to what was filled, and no order of ours left, would prove it flat."
        case Cover.COVERED:
            return "It is looked at until it is over; a stop that disappears is put up again."
        case Cover.NAKED:
            return "A stop of ours that is read back would prove it protected; fills that close it would prove it flat."
        case _:
            return "A fill or the order's end, read from the exchange, would tell; an empty answer proves nothing."
