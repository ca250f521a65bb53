"""The words of faults: the calls that can go wrong, and the ways they can."""

from __future__ import annotations

from enum import StrEnum


class Call(StrEnum):
    """What is asked of the venue, in the words of no dialect."""

    PLACE_ENTRY = "place_entry"
    """An order that is not reduce-only."""
    PLACE_STOP = "place_stop"
    """An order with a trigger price."""
    PLACE_CLOSE = "place_close"
    """Reduce-only, without a trigger price."""
    SET_STOP = "set_stop"
    """The position's own stop, set, amended or taken away."""
    CANCEL = "cancel"
    SET_LEVERAGE = "set_leverage"
    SET_MARGIN_MODE = "set_margin_mode"
    ORDERS = "orders"
    FILLS = "fills"
    POSITION = "position"
    POSITION_STOP = "position_stop"
    """The position's own stop, read as the order that it is."""
    MARK = "mark"


class FaultKind(StrEnum):
    """What goes wrong; ``KINDS`` describes each."""

    LAG = "lag"
    EMPTY = "empty"
    BACKWARDS = "backwards"
    OMIT = "omit"
    ERROR = "error"
    LOSE_REQUEST = "lose_request"
    LOSE_REPLY = "lose_reply"
    LATE_REQUEST = "late_request"
    LATE_REPLY = "late_reply"
    DUPLICATE = "duplicate"
    HTTP_502_EXECUTED = "http_502_executed"
    HTTP_502_NOT_EXECUTED = "http_502_not_executed"
    HTML_200_EXECUTED = "html_200_executed"
    HTML_200_NOT_EXECUTED = "html_200_not_executed"
    CUT_BODY = "cut_body"
    REFUSE = "refuse"
    RATE_LIMIT = "rate_limit"
    NEVER_FILL = "never_fill"
    PARTIAL_FILL = "partial_fill"
    PARTIAL_THEN_MORE = "partial_then_more"
    DROP_ATTACHED = "drop_attached"
    GAP = "gap"
    STOP_OUT = "stop_out"
    LIQUIDATE = "liquidate"
    ADL = "adl"
    FOREIGN_SCALE_IN = "foreign_scale_in"
    FOREIGN_CLOSE = "foreign_close"
    FOREIGN_REVERSE = "foreign_reverse"
    ALTER_STOP = "alter_stop"
    CLEAR_STOP = "clear_stop"
