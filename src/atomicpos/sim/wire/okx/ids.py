"""OKX's ids are numbers in text; the engine's are not. One is made from the other, always the same one."""

from __future__ import annotations

_DIGITS = 14


def order_id(engine_id: str) -> str:
    """The ``ordId`` of a plain order, or the ``algoId`` of a stop."""
    return f"1{_number(engine_id)}"


def child_id(engine_id: str) -> str:
    """The ``ordId`` of the plain order that a stop becomes when it fires."""
    return f"2{_number(engine_id)}"


def trade_id(engine_id: str) -> str:
    """The ``tradeId`` of an execution, and its ``billId``."""
    return f"3{_number(engine_id)}"


def _number(engine_id: str) -> str:
    return f"{int(engine_id.replace('-', '')[:_DIGITS], 16):018d}"
