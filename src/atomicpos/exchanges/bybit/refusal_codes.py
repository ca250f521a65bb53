"""What Bybit's return codes and sentences mean for the next step, as frozen data.

Codes and sentences are those of Bybit's v5 error list and of replies seen in the field; the classes beside them are
ccxt's (4.5.90). Nothing here decides by a code alone: each row says for which operations it holds (F36).
"""

from __future__ import annotations

from atomicpos.models import Refusal

from ..refusals import ANY, CANCELS, EXITS, ORDERS, STOPS, Code, Meaning, Operation, RefusalTable, sentence

PARAMETER = 10001
"""Bybit's generic parameter error: its sentence decides."""

DUPLICATES = frozenset[Code]({
    10014,   # the request is a duplicate
    110030,  # the order id is a duplicate
    110072,  # the orderLinkId is a duplicate
})  # fmt: skip
"""Ours exists already: look it up, never "refused"."""

UNDECIDED = frozenset[Code]({
    170035,  # submitted, being processed
    170146,  # order creation timed out
    170147,  # order cancellation timed out
})  # fmt: skip
"""ccxt gives these a class that reads like a refusal; the sentence leaves open whether it was carried out."""

DEFINITE_THOUGH_BARE = frozenset[Code]({
    30208,    # above the highest buying price
    30209,    # below the lowest selling price
    30228,    # no new positions while the contract is being delisted
    34040,    # position stop: not modified, or a parameter is missing
    110063,   # settlement in progress
    110066,   # trading is not allowed at the moment
    110071,   # the account is being rebuilt
    110073,   # the margin mode could not be set
    110074,   # the contract is not live
    110079,   # the order is being processed and cannot be changed now
    110085,   # the risk limit of the contract was changed
    110086,   # leverage above the most for the risk tier
    110087,   # leverage above what the institutional loan allows
    110089,   # above the highest risk limit
    110090,   # the position would be larger than the leverage allows
    110095,   # call auction of a pre-market contract
    110096,   # pre-market contracts know no portfolio margin
    110098,   # call auction takes good-till-cancelled orders only
    110099,   # call auction takes no stops
    110100,   # no pre-market contracts in demo trading
    110103,   # post-only orders only, at this stage
    110118,   # no price for a market order: too little in the book
    110120,   # price below the limit
    110121,   # price above the limit
    110123,   # the trading terms were not agreed to
    110125,   # the trading terms were not agreed to
    110126,   # a required agreement was not signed
    3400045,  # the margin mode could not be set
    3400139,  # positions and orders together exceed the risk limit
})  # fmt: skip
"""ccxt knows no class for these and raises a bare error; their sentences say that nothing was carried out.

Every other code with a bare error is unknown: 10000 (server timeout) and 10016 (server error) among them.
"""

SPOT = range(170_000, 180_000)
"""Codes of the spot endpoints: our request reached another market (F12). Nothing in them is about our position."""


MEANINGS = (
    # asked too often: per account, per address
    Meaning(Refusal.RATE_LIMITED, ANY, frozenset({10006, 10018})),
    # balance or margin do not suffice
    Meaning(Refusal.FUNDS, ANY, frozenset({
        110004, 110006, 110007, 110012, 110014, 110044, 110045, 110051, 110052, 110053,
    })),
    # 110001 does not exist or too late, 110008 finished, 110010 cancelled already
    Meaning(Refusal.UNKNOWN_ORDER, CANCELS, frozenset({110001, 110008, 110010})),
    # 30024 no stop for a zero position, 110017 reduce-only with nothing to reduce, 110034 no net position
    Meaning(Refusal.NO_POSITION, EXITS, frozenset({30024, 110017, 110034})),
    # 110092 expected to rise, 110093 expected to fall, and the price is there already
    Meaning(Refusal.WOULD_TRIGGER, STOPS, frozenset({110092, 110093})),
    # 110009 too many stop orders, 110020 more than 500 orders, 110061 more than 20 partial stops
    Meaning(Refusal.TOO_MANY_STOPS, STOPS, frozenset({110009, 110020, 110061})),
    # outside the prices taken at the moment (30208, 30209, 110003, 110120, 110121); 110118 an empty book
    Meaning(Refusal.PRICE_BAND, ORDERS, frozenset({30208, 30209, 110003, 110118, 110120, 110121})),
)  # fmt: skip
"""The codes that change the next step; every other definite code is ``other``."""


SENTENCES = (
    # "can not set tp/sl/ts for zero position", "current position is zero, cannot fix reduce-only order qty" (F26)
    sentence(Refusal.NO_POSITION, EXITS, r"zero position|position (?:is|size is) (?:zero|0)"),
    # "StopLoss:324000000 set for Buy position should lower than base_price:161600000??LastPrice", also without words
    # in between: "sl:... set for Sell position should greater base_price:..." (F20, F23); on an entry: its own stop.
    # A stop beyond the liquidation price is another matter: the price has not reached it
    sentence(Refusal.WOULD_TRIGGER, STOPS | {Operation.ENTRY},
              r"(?:stop_?loss|sl)\b.*should (?:be )?(?:lower|higher|less|greater|above|below) "
              r"(?:than )?(?!liq|bust)\w*price"),
    # "expect Falling, but trigger_price[1] >= current[1]"
    sentence(Refusal.WOULD_TRIGGER, STOPS, r"expect(?:ed|s)? (?:rising|falling)|trigger_?price.*current"),
    # "The number of contracts exceeds maximum limit allowed: too large, order_qty:... > max_qty:..."
    sentence(Refusal.QUANTITY, ORDERS, r"exceeds maximum limit|too large|max_?qty"),
    # "Order price is out of permissible range"
    sentence(Refusal.PRICE_BAND, ORDERS, r"price .*(?:permissible|allowable|allowed) range"),
    # "Qty invalid", "params error: stop_loss invalid", a price that is no multiple of the tick
    sentence(Refusal.PRECISION, EXITS | {Operation.ENTRY},
              r"\b(?:qty|(?:trigger_?)?price|stop_?loss|sl)\b[^,;]*\binvalid|precision|tick ?size"),
)  # fmt: skip
"""The first that matches holds. Too small is none of them: no split and no rounding makes it enough (F57)."""

BYBIT_REFUSALS = RefusalTable(
    duplicates=DUPLICATES,
    definite_though_bare=DEFINITE_THOUGH_BARE,
    meanings=MEANINGS,
    undecided=UNDECIDED,
    elsewhere=SPOT,
    generic=frozenset({PARAMETER}),
    sentences=SENTENCES,
)
