"""What can be done to a reply, by name."""

from __future__ import annotations

from enum import StrEnum


class Operator(StrEnum):
    """One way in which a reply is not what it should be."""

    # one field of it, picked by the seed
    MISSING = "missing"
    NULL = "null"
    EMPTY_TEXT = "empty_text"
    OTHER_TEXT = "other_text"
    """In a field that holds no number."""
    STRANGE_TEXT = "strange_text"
    """In one that does."""
    WRONG_TYPE = "wrong_type"
    NAN = "nan"
    INFINITE = "infinite"
    HUGE = "huge"
    NEGATIVE = "negative"
    DEEP = "deep"
    # its shape
    LIST_FOR_DICT = "list_for_dict"
    DICT_FOR_LIST = "dict_for_list"
    # its rows
    NO_ROWS = "no_rows"
    DUPLICATED_ROWS = "duplicated_rows"
    SHUFFLED_ROWS = "shuffled_rows"
    ROWS_OF_NOTHING = "rows_of_nothing"
    OTHER_SYMBOL = "other_symbol"
    OTHER_SIDE = "other_side"
    OTHER_ORDER = "other_order"
    HEDGED = "hedged"
    SAME_PAGE_AGAIN = "same_page_again"
    TIME_ZERO = "time_zero"
    TIME_BACKWARDS = "time_backwards"
    TIME_AHEAD = "time_ahead"
    # its return code
    CODE_AS_TEXT = "code_as_text"
    CODE_UNDECIDED = "code_undecided"
    CODE_REFUSED = "code_refused"
    NO_RESULT = "no_result"
    # a number that could be
    OTHER_NUMBER = "other_number"
    # its bytes
    CUT = "cut"
    NOTHING = "nothing"
    HTML = "html"
    HTML_AROUND = "html_around"
    TRAILING = "trailing"
    UTF16 = "utf16"
    UTF16_NAMED = "utf16_named"
    LATIN1 = "latin1"
    BOM = "bom"
    GZIP_GARBAGE = "gzip_garbage"
    SERVER_ERROR = "server_error"


LIES = frozenset({
    Operator.NO_ROWS, Operator.OTHER_SIDE, Operator.HEDGED, Operator.TIME_ZERO, Operator.TIME_BACKWARDS,
    Operator.TIME_AHEAD, Operator.OTHER_ORDER, Operator.OTHER_SYMBOL, Operator.OTHER_TEXT, Operator.OTHER_NUMBER,
    Operator.CODE_REFUSED,
})  # fmt: skip
"""What they make can be well-formed, and say something that is not so; all the others leave nothing false to read."""

FORGERIES = frozenset({Operator.CODE_REFUSED, Operator.OTHER_NUMBER})
"""Lies with the exchange's own authority: a refusal of what was carried out, a quantity or a price that could be.

A single reply of that kind cannot be told from an honest one. What can be asked is that it is found out later.
"""
