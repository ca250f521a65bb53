"""Hypothesis strategies: prices and markets of any tick, replies that no exchange should send, rows in any state.

``prices``, ``steps``, ``sizes`` and ``replies`` are for whoever tests a bot, an exchange or a verifier; the others draw
what the library stores, for whoever tests a journal.
"""

from .prices import prices, ticks
from .replies import operators, replies
from .rows import (
    decimals,
    fills,
    findings,
    intents,
    journal_entries,
    names,
    order_views,
    orders,
    position_views,
    quantities,
    records,
    scopes,
    stop_rules,
    texts,
    times_us,
)
from .steps import sizes, steps

__all__ = [
    "decimals",
    "fills",
    "findings",
    "intents",
    "journal_entries",
    "names",
    "operators",
    "order_views",
    "orders",
    "position_views",
    "prices",
    "quantities",
    "records",
    "replies",
    "scopes",
    "sizes",
    "steps",
    "stop_rules",
    "texts",
    "ticks",
    "times_us",
]
