"""Why the engine refuses a write, in its own words."""

from __future__ import annotations

from enum import StrEnum


class RefusalReason(StrEnum):
    """Why the engine refused a write; each face translates them."""

    UNKNOWN_SYMBOL = "unknown_symbol"
    DUPLICATE_ID = "duplicate_id"
    """The client order id is taken: for ever, or as long as its order is open, as the venue was made."""
    NO_POSITION = "no_position"
    """There is nothing to reduce, or no position that a stop could be set on."""
    WOULD_TRIGGER = "would_trigger"
    """The mark price is already at the stop's trigger or beyond it."""
    UNKNOWN_ORDER = "unknown_order"
    """A cancel of an order that is not open."""
    QUANTITY = "quantity"
    """Below the minimum, above the maximum, or not a multiple of the step."""
    NOTIONAL = "notional"
    PRICE = "price"
    """Not above zero, not on the tick, or given where none is taken."""
    PRICE_BAND = "price_band"
    """A limit price further beyond the mark than the market's band."""
    TOO_MANY_STOPS = "too_many_stops"
    """The symbol's number of waiting separate stops is used up."""
    STOP_UNCHANGED = "stop_unchanged"
    """The position's own stop is what was asked for already."""
    LEVERAGE = "leverage"
    LEVERAGE_UNCHANGED = "leverage_unchanged"
    """The leverage is what was asked for already."""
    MARGIN_MODE = "margin_mode"
    """The margin mode cannot change while a position is open."""
    MARGIN_MODE_UNCHANGED = "margin_mode_unchanged"
    """The margin mode is what was asked for already."""
    POSITION_MODE = "position_mode"
    """The request is of the other position mode: a side is named in hedge mode, and only there."""
    POSITION_MODE_IN_USE = "position_mode_in_use"
    """The position mode cannot change while a position or an order is there."""
    FUNDS = "funds"
    """Only ever by a fault: the account's money is not modelled."""
    RATE_LIMITED = "rate_limited"
    """Only ever by a fault."""
    TIMESTAMP = "timestamp"
    """The request is older than its receive window, or its timestamp lies too far ahead: it is not carried out."""
    NOT_TRADABLE = "not_tradable"
    """Whatever opens or enlarges, on a market that may only be closed."""


class Refused(Exception):
    """A definite refusal: the engine is exactly as it was before."""

    def __init__(self, reason: RefusalReason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
