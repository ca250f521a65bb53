"""What Bitget's codes mean for the next step, as frozen data. The classes beside them are ccxt's (4.5.90)."""

from __future__ import annotations

from atomicpos.models import Refusal

from ..refusals import ANY, CANCELS, EXITS, ORDERS, STOPS, Code, Meaning, Operation, RefusalTable, sentence

UNIFIED = 40085
"""The account is unified, and the classic endpoints are not for it."""

_GENERIC = frozenset[Code]({40017, 40020, 40708, 43011})

BITGET_REFUSALS = RefusalTable(
    duplicates=frozenset({40500, 40786}),
    # ccxt raises a bare error for these; their sentences say that nothing was carried out
    definite_though_bare=frozenset({22002, 43023, 45111}),
    # 40010 request timed out, 40015 system error, 40725 service returned an error, 45001 maintenance or unknown:
    # ccxt calls the first an authentication error, and all of them leave open whether the order was taken
    undecided=frozenset({40010, 40015, 40725, 45001}),
    meanings=(
        Meaning(Refusal.RATE_LIMITED, ANY, frozenset({429, 30007})),
        Meaning(Refusal.FUNDS, ORDERS | {Operation.LEVERAGE}, frozenset({40711, 40712, 40754, 40762, 43012})),
        Meaning(Refusal.UNKNOWN_ORDER, CANCELS, frozenset({40109, 40768, 43001, 43025})),
        # 22002 no position to close, 43023 no position to set a stop for
        Meaning(Refusal.NO_POSITION, EXITS, frozenset({22002, 43023})),
        # the stop of a long must be below the mark price, that of a short above it
        Meaning(Refusal.WOULD_TRIGGER, STOPS, frozenset({40917, 45122})),
        Meaning(Refusal.PRECISION, ORDERS, frozenset({40808, 41103})),
        Meaning(Refusal.PRICE_BAND, ORDERS, frozenset({41117})),
    ),
    generic=_GENERIC,
    sentences=(
        sentence(Refusal.PRECISION, ORDERS, r"scale|precision|multiple"),
        sentence(Refusal.QUANTITY, ORDERS, r"(?:size|quantity|amount).*(?:exceed|maximum|too large)"),
    ),
)
