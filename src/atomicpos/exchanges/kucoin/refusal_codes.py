"""What KuCoin's codes and sentences mean for the next step, as frozen data; the classes are ccxt's (4.5.90)."""

from __future__ import annotations

from atomicpos.models import Refusal

from ..refusals import ANY, CANCELS, EXITS, ORDERS, STOPS, Code, Meaning, RefusalTable, sentence

_GENERIC = frozenset[Code]({100001, 300000, 400100})

KUCOIN_REFUSALS = RefusalTable(
    duplicates=frozenset({126033, 126044}),
    definite_though_bare=frozenset(),
    # 408000 network timeout: ccxt calls it a bad request, and it leaves open whether the order was taken
    undecided=frozenset({408000}),
    meanings=(
        Meaning(Refusal.RATE_LIMITED, ANY, frozenset({200002, 429000})),
        Meaning(Refusal.FUNDS, ORDERS, frozenset({200004, 300003, 330008})),
        Meaning(Refusal.UNKNOWN_ORDER, CANCELS, frozenset({100004})),
        # "No open positions to close."
        Meaning(Refusal.NO_POSITION, EXITS, frozenset({300009})),
        Meaning(Refusal.PRICE_BAND, ORDERS, frozenset({300011, 300012})),
    ),
    generic=_GENERIC,
    sentences=(
        sentence(Refusal.UNKNOWN_ORDER, CANCELS, r"order\s*not\s*exist|not cancel"),
        sentence(Refusal.NO_POSITION, EXITS, r"no open position"),
        sentence(Refusal.TOO_MANY_STOPS, STOPS, r"stop order.*(?:limit|max|exceed)"),
        sentence(Refusal.QUANTITY, ORDERS, r"(?:size|quantity).*(?:exceed|greater|max)"),
        sentence(Refusal.PRECISION, ORDERS, r"increment|multiple|precision|tick"),
    ),
)
