"""What Hyperliquid's sentences mean for the next step, as frozen data: it has no codes. The classes are ccxt's."""

from __future__ import annotations

from atomicpos.models import Refusal

from ..refusals import ANY, CANCELS, EXITS, ORDERS, STOPS, RefusalTable, sentence

ERROR = "error"
"""Stands for the code that an error has none of; its sentence decides."""

HYPERLIQUID_REFUSALS = RefusalTable(
    duplicates=frozenset(),
    definite_though_bare=frozenset(),
    meanings=(),
    generic=frozenset({ERROR}),
    sentences=(
        sentence(Refusal.RATE_LIMITED, ANY, r"too many"),
        sentence(Refusal.UNKNOWN_ORDER, CANCELS, r"never placed, already canceled, or filled"),
        sentence(Refusal.NO_POSITION, EXITS, r"reduce only order would increase"),
        sentence(Refusal.WOULD_TRIGGER, STOPS, r"invalid tp/sl price"),
        sentence(Refusal.FUNDS, ORDERS, r"insufficient"),
        sentence(Refusal.PRICE_BAND, ORDERS, r"could not immediately match|no liquidity|away from the reference"),
        sentence(Refusal.PRECISION, ORDERS, r"tick size|invalid size|invalid price"),
    ),
)
