"""What OKX's codes mean for the next step, as frozen data.

Codes and sentences are those of OKX's v5 error list; the classes beside them are ccxt's (4.5.90). A refused order's
code is that of its row (``sCode``). Nothing here decides by a code alone: each row says for which operations it holds
(F36).
"""

from __future__ import annotations

from atomicpos.models import Refusal

from ..refusals import ANY, CANCELS, EXITS, ORDERS, STOPS, Code, Meaning, Operation, RefusalTable

DUPLICATES = frozenset[Code]({
    50042,  # a repeated request
    50071,  # clOrdId already exists
    51011,  # a duplicate order id
    51016,  # the client order id already exists
    51065,  # the algoClOrdId already exists
    51068,  # it already exists within algoClOrdId and attachAlgoClOrdId
})  # fmt: skip
"""Ours exists already: look it up, never "refused"."""

UNDECIDED = frozenset[Code]({
    50004,  # the endpoint timed out: it says itself that this is neither success nor failure
    50005, 50013, 50026,  # not available, busy, a system error
    51054,  # timed out
    51149,  # the order timed out: neither success nor failure
    51410,  # it is being cancelled already
    51412,  # the cancel timed out
})  # fmt: skip
"""Nothing in them says whether the request was carried out, whatever class ccxt gives them."""

DEFINITE_THOUGH_BARE = frozenset[Code]({
    *range(50017, 50024),  # frozen for a liquidation, for ADL, for funding fees
    50028,  # the order cannot be placed
    50029, 50030, 50032, 50033, 50035,  # not permitted: risk control, endpoint, currency, instrument, address
    50036,  # expTime is earlier than the exchange's clock
    50037,  # the order expired before it was accepted
    50040,  # too frequent operations
    50051, 50052, 50059, 50060,  # compliance
    50061,  # the account's own rate of orders
    50072,  # isolated margin in an account mode that has none
    50119, 50120, 50121,  # the key does not exist, may not, not from this address
    51023,  # the position does not exist
    51025,  # too many orders
    51037, 51038,  # only orders that reduce risk
    51043,  # this isolated position does not exist
    51044,  # no stop may be attached to this kind of order
    *range(51048, 51054),  # an attached stop on the wrong side of the order's, the best bid or the best ask price
    51058,  # no position for this algo order
    51088,  # one order that closes the entire position exists already
    51144, 51148, 51150, 51155,  # another closing order, it would reverse, too precise, restricted
    51169,  # no position in this direction to reduce or close
    51170,  # reduce-only in the direction of the position
    51171, 51178, 51186, 51187, 51206, 51207, 51209, 51210, 51211, 51212, 51213,  # limits of account and platform
    51299,  # too many orders of this kind
    *range(51300, 51309),  # a trigger on the wrong side of the mark or index price
    51333,  # a closing order takes no attached stop
    51405,  # nothing to cancel
    51413, 51416,  # not cancellable here, triggered already
    59000, 59001, 59102, 59104, 59106, 59107, 59108, 59109, 59110, 59111,  # leverage and settings that cannot be had
})  # fmt: skip
"""ccxt knows no class for these and raises a bare error; their sentences say that nothing was carried out."""

ENTRY = frozenset({Operation.ENTRY})

MEANINGS = (
    # too many requests; too many orders of the account
    Meaning(Refusal.RATE_LIMITED, ANY, frozenset({50011, 50040, 50061, 51113})),
    # balance or margin do not suffice
    Meaning(Refusal.FUNDS, ANY, frozenset({51008, 51119, 51127, 51131, 51502, 51736, 51764, 59103})),
    # filled, cancelled, or never there; triggered meanwhile
    Meaning(Refusal.UNKNOWN_ORDER, CANCELS, frozenset({51400, 51401, 51402, 51405, 51416, 51503, 51603})),
    # nothing to reduce in this direction, in this margin mode, or at all; no position for the algo order
    Meaning(Refusal.NO_POSITION, EXITS, frozenset({51023, 51043, 51058, 51112, 51169, 51170})),
    # the trigger is beyond the last, mark or index price already; an attached one beyond the order's or the best price
    Meaning(Refusal.WOULD_TRIGGER, STOPS | ENTRY, frozenset({
        51047, 51049, 51051, 51053, 51278, 51280, 51302, 51304, 51306, 51308,
    })),
    # the same of a take-profit; the index price's two are our reading of the order of the list
    Meaning(Refusal.WOULD_TRIGGER, STOPS, frozenset({51277, 51279, 51301, 51303, 51305, 51307})),
    # the number of waiting stops, of orders of one kind, of pending orders of an instrument is used up
    Meaning(Refusal.TOO_MANY_STOPS, STOPS, frozenset({51102, 51103, 51174, 51261, 51299})),
    # more than one order may have
    Meaning(Refusal.QUANTITY, ORDERS, frozenset({51005, 51101, 51108, 51201, 51202, 51203, 51207, 51252, 51275})),
    # outside the prices that are taken at the moment, or an empty book
    Meaning(Refusal.PRICE_BAND, ORDERS, frozenset({
        51006, 51031, 51109, 51116, 51135, 51136, 51137, 51138, 51142, 51250,
    })),
    # no multiple of the lot or of the tick
    Meaning(Refusal.PRECISION, EXITS | ENTRY, frozenset({51121, 51150})),
)  # fmt: skip
"""The codes that change the next step; every other definite code is ``other``. Too small is none of them (F57)."""

OKX_REFUSALS = RefusalTable(
    duplicates=DUPLICATES,
    definite_though_bare=DEFINITE_THOUGH_BARE,
    meanings=MEANINGS,
    undecided=UNDECIDED,
)
