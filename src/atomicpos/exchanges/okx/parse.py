"""Raw rows of OKX v5 as the library's words: pure, total, and the only place where the exchange's words are read.

Every function raises ReadFailed for what it cannot understand, and nothing else. ``size`` is that of one contract in
the base asset; ``through`` is the side of hedge mode that is looked through, None in one-way mode.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from atomicpos.evidence import OrderView, PositionView
from atomicpos.models import Fill, FillKind, OrderStatus, PositionMode, PositionSide
from atomicpos.ports import ReadFailed, WrongPositionMode

from ..fields import Row, amount, needed, number, order_side, price, shown, text, time_us
from .words import MARGIN_MODES, NET, POSITION_MODES, TRIGGERS, pos_side

_PLAIN = {"live": OrderStatus.OPEN, "partially_filled": OrderStatus.PARTIAL}
_DEAD = frozenset({"canceled", "mmp_canceled"})
_WAITS = frozenset({"live", "pause"})
_FIRED = frozenset({"effective", "partially_effective"})
_GONE = frozenset({"canceled", "order_failed", "partially_failed"})
_FLAGS = {"true": True, "false": False}
_TRIGGERS = {word: by for by, word in TRIGGERS.items()}
_MODES = {word: mode for mode, word in MARGIN_MODES.items()}


def order_view(row: Row, size: Decimal, through: PositionSide | None) -> OrderView:
    """A plain order. The average comes from ``avgPx`` only: ``px`` is the limit."""
    _of_side(row, through)
    quantity, filled = _base(amount(row, "sz"), size), _base(amount(row, "accFillSz"), size)
    return OrderView(
        client_order_id=text(row, "clOrdId"),
        exchange_order_id=text(row, "ordId"),
        status=order_status(text(row, "state"), quantity, filled),
        order_side=order_side(row),
        quantity=quantity,
        filled=filled,
        average=price(row, "avgPx"),
        reduce_only=_reduce_only(row, through),
        created_at_us=time_us(row, "cTime"),
        updated_at_us=time_us(row, "uTime"),
    )


def order_status(word: str | None, quantity: Decimal | None, filled: Decimal | None) -> OrderStatus:
    """Dead only by an explicit word; filled only when what filled covers the order (F03); else it is unknown."""
    if word in _DEAD:
        return OrderStatus.DEAD
    if word == "filled":
        covered = bool(quantity) and filled is not None and quantity is not None and filled >= quantity
        return OrderStatus.FILLED if covered else OrderStatus.UNKNOWN
    return _PLAIN.get(word or "", OrderStatus.UNKNOWN)


def children(row: Row) -> tuple[str, ...]:
    """The exchange's ids of the plain orders that an algo order has become."""
    listed = row.get("ordIdList")
    ids = tuple(str(one) for one in listed if one) if isinstance(listed, list) else ()
    latest = text(row, "ordId")
    return ids or (() if latest is None else (latest,))


def algo_view(row: Row, size: Decimal, through: PositionSide | None, became: Sequence[OrderView] = ()) -> OrderView:
    """An algo order with a stop-loss trigger, or a take-profit trigger alone; ``became`` are the plain orders that it
    has become.

    Once it has fired its fills are theirs: it is shown with their state, and with the exchange's id of theirs, by
    which its fills are known (they carry no client order id of ours).
    """
    _of_side(row, through)
    quantity = _base(amount(row, "sz"), size)
    kind = "tp" if price(row, "slTriggerPx") is None else "sl"
    view = OrderView(
        client_order_id=text(row, "algoClOrdId"),
        exchange_order_id=text(row, "algoId"),
        status=_algo_status(text(row, "state")),
        order_side=order_side(row),
        quantity=quantity,
        filled=Decimal(0),
        reduce_only=_reduce_only(row, through),
        trigger_price=price(row, f"{kind}TriggerPx"),
        trigger_by=_TRIGGERS.get(text(row, f"{kind}TriggerPxType") or ""),
        created_at_us=time_us(row, "cTime"),
        updated_at_us=time_us(row, "uTime"),
    )
    return _as_became(view, became[-1]) if became else view


def _algo_status(word: str | None) -> OrderStatus:
    if word in _WAITS:
        return OrderStatus.UNTRIGGERED
    if word in _GONE:
        return OrderStatus.DEAD
    return OrderStatus.TRIGGERED if word in _FIRED else OrderStatus.UNKNOWN


def _as_became(stop: OrderView, order: OrderView) -> OrderView:
    status = OrderStatus.TRIGGERED if order.status is OrderStatus.OPEN else order.status
    return replace(
        stop,
        exchange_order_id=order.exchange_order_id,
        status=status,
        filled=order.filled,
        average=order.average,
        updated_at_us=order.updated_at_us or stop.updated_at_us,
    )


FILL_KINDS = {
    FillKind.TRADE: (*range(1, 7), *range(204, 210), *range(270, 276), *range(324, 330)),
    FillKind.LIQUIDATION: (*range(100, 108), 110, 111),
    FillKind.ADL: tuple(range(125, 129)),
    FillKind.SETTLEMENT: (112, 113, 118, 119),
}
"""``subType`` of a fill, as its list is documented: trades (block, spread and moved ones too), liquidations, ADL,
delivery and the system's conversions. A fill's ``execType`` does not say it, and its order's ``category`` would take a
request of its own."""

_KINDS = {str(word): kind for kind, words in FILL_KINDS.items() for word in words}


def fill(row: Row, size: Decimal) -> Fill:
    """A fill. Its id is made of the order's and the trade's: either alone may come twice."""
    side, order_id, trade_id = order_side(row), text(row, "ordId"), text(row, "tradeId")
    kind, at_us = _KINDS.get(str(row.get("subType"))), time_us(row, "fillTime") or time_us(row, "ts")
    if kind is None or side is None or trade_id is None or at_us is None:
        raise ReadFailed(f"a fill of the type {shown(row.get('subType'))} cannot be understood, or has no side, id or "
                         "time")  # fmt: skip
    return Fill(
        fill_id=f"{order_id or ''}/{trade_id}",
        order_side=side,
        quantity=needed(price(row, "fillSz"), "fillSz") * size,
        price=needed(price(row, "fillPx"), "fillPx"),
        time_us=at_us,
        kind=kind,
        client_order_id=text(row, "clOrdId"),
        exchange_order_id=order_id,
    )


def position_view(row: Row, size: Decimal, through: PositionSide | None) -> PositionView:
    """A position row of the side that is looked through; in one-way mode the sign of ``pos`` is the side."""
    _of_side(row, through)
    return side_view(row, size)


def side_view(row: Row, size: Decimal) -> PositionView:
    """A position row in either mode. Raises ReadFailed for what names neither."""
    signed, side = number(row, "pos") or Decimal(0), text(row, "posSide")
    if side == NET:
        held = PositionSide.LONG if signed > 0 else PositionSide.SHORT
    elif side in ("long", "short") and signed >= 0:
        held = PositionSide(side)
    else:
        raise ReadFailed(f"a position of {signed} has the side {shown(row.get('posSide'))}")
    return PositionView(
        quantity=abs(signed) * size,
        side=held if signed else None,
        entry_price=price(row, "avgPx") if signed else None,
        mark_price=price(row, "markPx"),
        liquidation_price=price(row, "liqPx"),
        leverage=price(row, "lever"),
        margin_mode=_MODES.get(text(row, "mgnMode") or ""),
        updated_at_us=time_us(row, "uTime"),
    )


def position_mode(row: Row) -> PositionMode:
    """The account's position mode."""
    mode = POSITION_MODES.get(text(row, "posMode") or "")
    if mode is None:
        raise ReadFailed(f"the position mode is {shown(row.get('posMode'))}")
    return mode


def inst_id(row: Row) -> str:
    """The exchange's id of the market that the row is about."""
    return needed_text(row, "instId")


def needed_text(row: Row, name: str) -> str:
    """A text that has to be there."""
    value = text(row, name)
    if value is None:
        raise ReadFailed(f"a row has no {name}: it says {shown(row.get(name))}")
    return value


def is_of_side(row: Row, through: PositionSide | None) -> bool:
    """Whether the row is of that side. Raises WrongPositionMode for a row of the other mode, ReadFailed for none."""
    named, wanted = needed_text(row, "posSide"), pos_side(through)
    if (named == NET) is not (wanted == NET):
        raise WrongPositionMode(_wrong_mode(named))
    return named == wanted


def _of_side(row: Row, through: PositionSide | None) -> None:
    if not is_of_side(row, through):
        raise ReadFailed(f"asked for the {pos_side(through)} side, the row is of the {row.get('posSide')} side")


def _wrong_mode(named: str) -> str:
    if named == NET:
        return "the exchange shows a row of net mode, and one of long/short mode was expected"
    return f"the account is in long/short (hedge) mode: the exchange shows a row of the {named} side"


def _reduce_only(row: Row, through: PositionSide | None) -> bool | None:
    """``reduceOnly`` is text here. In long/short mode what closes can only reduce, whatever the flag says."""
    if through is not None:
        side = order_side(row)
        return None if side is None else side is through.closing
    return _FLAGS.get(str(row.get("reduceOnly")).lower())


def _base(contracts: Decimal | None, size: Decimal) -> Decimal | None:
    return None if contracts is None else contracts * size

