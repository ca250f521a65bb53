"""What Binance USD-M's error codes mean for the next step, as frozen data.

Codes and sentences are those of the vendor's list for USD-M futures. A code decides by itself here, whatever class
ccxt gave it: ccxt 4.5.90 finds the classes by the beginning of the address, and behind a proxy host of one's own they
are all bare errors (measured). Documented: an HTTP status of 4xx is the sender's fault, of 5xx nobody can say whether
the request was executed, and -1007 and -1006 say so themselves.
"""

from __future__ import annotations

from atomicpos.models import Refusal

from ..refusals import ANY, CANCELS, EXITS, ORDERS, STOPS, Code, Meaning, Operation, RefusalTable

DUPLICATES = frozenset[Code]({
    -4111,  # a duplicate order id
    -4116,  # the client order id is a duplicate
})  # fmt: skip
"""Ours exists already: look it up, never "refused"."""

UNDECIDED = frozenset[Code]({
    -1000,  # an unknown error occurred while processing
    -1001,  # internal error, disconnected
    -1006,  # an unexpected response from the message bus: execution status unknown
    -1007,  # timeout of the backend: execution status unknown
    -1010,  # "an error message was received"; nothing more is documented
    -1016,  # the service is shutting down
    -4117,  # the stop order is triggering at this moment
})  # fmt: skip
"""Whether it was carried out is left open, whatever class ccxt gives it."""

DEFINITE = (
    frozenset[Code]({
        -1002,  # not authorized
        -1003,  # too many requests
        -1004, -1005, -1011,  # the address is not on the list
        -1008,  # throttled by system-level protection: documented as a failure, also under HTTP 503
        -1013,  # invalid message: a filter
        -1014,  # unsupported combination
        -1015,  # too many new orders
        -1020,  # unsupported operation
        -1021,  # the timestamp is outside the receive window
        -1022,  # the signature is not valid
        -1023,  # start time after end time
        -1099,  # not found, authenticated or authorized
        -5021, -5022, -5028,  # could not be filled or made at once; outside the engine's own receive window
    })
    | frozenset[Code](range(-1136, -1099))  # request issues: something was wrong with a parameter
    | frozenset[Code](range(-2028, -2009))  # -2010 to -2028: the order, the key or the account was rejected
    | frozenset[Code](range(-4211, -3999))  # filters and settings
    | frozenset[Code](range(-4499, -4399))  # restrictions of the account
) - UNDECIDED - DUPLICATES  # fmt: skip
"""Codes whose sentences say that nothing was carried out."""

MEANINGS = (
    # -1003 requests, -1015 orders, -1008 the whole system at its limit (which reduce-only orders pass, documented)
    Meaning(Refusal.RATE_LIMITED, ANY, frozenset({-1003, -1008, -1015})),
    # balance, margin, and the position that the leverage allows
    Meaning(Refusal.FUNDS, ANY, frozenset({-2018, -2019})),
    # -2011 unknown order, -2013 does not exist
    Meaning(Refusal.UNKNOWN_ORDER, CANCELS, frozenset({-2011, -2013})),
    # reduce-only with nothing to reduce; -2024 the position is not sufficient
    Meaning(Refusal.NO_POSITION, EXITS, frozenset({-2022, -2024})),
    Meaning(Refusal.FUNDS, frozenset({Operation.ENTRY}), frozenset({-2024})),
    # it would trigger at once
    Meaning(Refusal.WOULD_TRIGGER, STOPS, frozenset({-2021})),
    # -4045 stop orders, -2025 open orders
    Meaning(Refusal.TOO_MANY_STOPS, STOPS, frozenset({-2025, -4045})),
    # -4131 the best price is outside the band, -4016 and -4024 the limit is, -4183 and -4184 as well
    Meaning(Refusal.PRICE_BAND, ORDERS, frozenset({-4016, -4024, -4131, -4183, -4184})),
    # more than one order may have
    Meaning(Refusal.QUANTITY, ORDERS, frozenset({-4005})),
    # too many decimals, off the tick, off the step
    Meaning(Refusal.PRECISION, ORDERS, frozenset({-1111, -4014, -4023})),
)
"""The codes that change the next step; every other definite code is ``other``.

Too small (-4164, -4003, -4004) is none of them: no split and no rounding makes it enough (F57). Nor is the wrong
endpoint (-4120), the wrong position mode (-4061), or an open ``closePosition`` stop (-4130).
"""

BINANCE_REFUSALS = RefusalTable(
    duplicates=DUPLICATES,
    definite_though_bare=frozenset(),
    meanings=MEANINGS,
    undecided=UNDECIDED,
    definite=DEFINITE,
)
