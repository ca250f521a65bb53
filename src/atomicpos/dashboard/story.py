"""One position's page: where it stands in sentences, its axis, its orders and its journal. Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ..bounds import Bounds
from ..explanation import explain_stored
from ..models import Order, Scope
from ..ports import Story
from ..story.plain import plain
from ..story.timeline import timeline
from .axis import axis
from .rows import row


def position_page(
    story: Story, now_us: int, bounds: Bounds, attended: Collection[Scope] | None = None
) -> dict[str, Any]:
    """All that the page of one position shows. ``bounds``: what the proof rests on; ``attended`` as in ``row``."""
    record, history = story.record, story.history
    intent, rule, target = record.intent, record.stop_rule, record.intent.target_rule
    return {
        "at_us": now_us,
        "row": row(record, attended),
        "explanation": plain(explain_stored(record, history.evidence, bounds, now_us)),
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
