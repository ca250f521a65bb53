"""What Gate's labels mean for the next step, as frozen data. The classes beside them are ccxt's (4.5.90)."""

from __future__ import annotations

from atomicpos.models import Refusal

from ..refusals import ANY, CANCELS, EXITS, ORDERS, STOPS, Code, Meaning, Operation, RefusalTable, sentence

_PARAMETER = frozenset[Code]({"INVALID_PARAM_VALUE", "INVALID_ARGUMENT"})

GATE_REFUSALS = RefusalTable(
    duplicates=frozenset({"REPEATED_CREATION"}),
    # documented as refusals; ccxt raises a bare error for them. SERVER_ERROR, INTERNAL and TOO_BUSY are none
    definite_though_bare=frozenset({
        "CONTRACT_IN_DELISTING", "CONTRACT_NO_COUNTER", "INITIAL_MARGIN_TOO_LOW", "ORDER_FINISHED", "ORDER_NOT_OWNED",
        "POSITION_CROSS_MARGIN", "POSITION_IN_CLOSE", "POSITION_IN_LIQUIDATION", "REDUCE_EXCEEDED",
        "RISK_LIMIT_EXCEEDED", "RISK_LIMIT_TOO_HIGH", "AUTO_ORDER_NOT_FOUND",
    }),
    meanings=(
        Meaning(Refusal.RATE_LIMITED, ANY, frozenset({"TOO_FAST", "TOO_MANY_REQUESTS"})),
        Meaning(Refusal.FUNDS, ORDERS | {Operation.LEVERAGE}, frozenset({
            "BALANCE_NOT_ENOUGH", "FUTURES_BALANCE_NOT_ENOUGH", "INITIAL_MARGIN_TOO_LOW", "INSUFFICIENT_AVAILABLE",
            "MARGIN_BALANCE_NOT_ENOUGH",
        })),
        Meaning(Refusal.UNKNOWN_ORDER, CANCELS, frozenset({
            "AUTO_ORDER_NOT_FOUND", "ORDER_CANCELLED", "ORDER_CLOSED", "ORDER_FINISHED", "ORDER_NOT_FOUND",
        })),
        # nothing to reduce, or more than there is to reduce
        Meaning(Refusal.NO_POSITION, EXITS, frozenset({"INCREASE_POSITION", "POSITION_EMPTY", "REDUCE_EXCEEDED"})),
        # the last price is at or beyond the trigger already
        Meaning(Refusal.WOULD_TRIGGER, STOPS, frozenset({
            "AUTO_TRIGGER_PRICE_GREATE_LAST", "AUTO_TRIGGER_PRICE_LESS_LAST",
        })),
        Meaning(Refusal.TOO_MANY_STOPS, STOPS, frozenset({"TOO_MANY_ORDERS"})),
        Meaning(Refusal.PRICE_BAND, ORDERS, frozenset({"PRICE_THRESHOLD_EXCEEDED", "PRICE_TOO_DEVIATED"})),
        Meaning(Refusal.QUANTITY, ORDERS, frozenset({"AMOUNT_TOO_MUCH", "SIZE_TOO_LARGE"})),
        Meaning(Refusal.PRECISION, ORDERS, frozenset({"INVALID_PRECISION"})),
    ),
    generic=_PARAMETER,
    sentences=(
        # "invalid argument: Trigger.Price must < last_price", and with > for a stop that buys
        sentence(Refusal.WOULD_TRIGGER, STOPS, r"trigger\.?price must [<>]"),
        sentence(Refusal.PRECISION, ORDERS, r"precision|decimal|multiple|round"),
    ),
)  # fmt: skip
