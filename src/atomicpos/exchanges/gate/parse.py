"""Raw rows of Gate perpetuals as the library's words: pure; raises ReadFailed for what it cannot understand."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.evidence import OrderView, PositionView
from atomicpos.models import Fill, Instrument, MarginMode, OrderStatus, PositionSide, TriggerBy
from atomicpos.ports import ReadFailed, WrongPositionMode

from ..bycontract.cells import finished, ident, part, seconds_us, signed_side
from ..bycontract.contract import Contract
from ..fields import Row, flag, inner, must, needed, number, price, shown, text
from .words import DEAD, STOP_DEAD, TRIGGERS, client_order_id, fill_kind

_BY = {said: by for by, said in TRIGGERS.items()}


def contract(market: Row) -> Contract:
    """``quanto_multiplier`` is the base asset in one contract."""
    info = inner(market, "info")
    return Contract(
        symbol=str(market.get("symbol")),
        id=str(market.get("id")),
        settle=str(market.get("settleId") or "").lower(),
        size=must(info, "quanto_multiplier"),
        lot=must(info, "order_size_min") if flag(info, "enable_decimal") else Decimal(1),
    )


def instrument(market: Row) -> Instrument:
    """From the exchange's own row, where the numbers are exact text."""
    info, ours = inner(market, "info"), contract(market)
    most = price(info, "order_size_max")
    return Instrument(
        symbol=ours.symbol,
        market_id=ours.id,
        tick=must(info, "order_price_round"),
        step=ours.lot * ours.size,
        min_quantity=must(info, "order_size_min") * ours.size,
        max_quantity=ours.base(most),
        max_leverage=price(info, "leverage_max"),
        price_band=price(info, "order_price_deviate"),
        maintenance_rate=price(info, "maintenance_rate"),
    )


def order_view(row: Row, of: Contract) -> OrderView:
    """An order, or a price-triggered order, which carries the order that it is to make as ``initial``."""
    return _stop(row, of) if "initial" in row else _order(row, of)


def _order(row: Row, of: Contract) -> OrderView:
    size = needed(number(row, "size"), "size")
    left = needed(number(row, "left"), "left")
    quantity, filled = of.base(abs(size)), of.base(abs(size) - abs(left))
    word = text(row, "status")
    status = OrderStatus.UNKNOWN
    if word == "open":
        status = part(OrderStatus.OPEN, filled)
    elif word == "finished":
        status = finished(quantity, filled, text(row, "finish_as") in DEAD)
    return OrderView(
        client_order_id=client_order_id(row),
        exchange_order_id=ident(row, "id"),
        status=status,
        order_side=signed_side(size),
        quantity=quantity,
        filled=filled,
        average=price(row, "fill_price"),
        reduce_only=flag(row, "is_reduce_only"),
        created_at_us=seconds_us(row, "create_time"),
        updated_at_us=seconds_us(row, "finish_time") or seconds_us(row, "update_time"),
    )


def _stop(row: Row, of: Contract) -> OrderView:
    """What it filled is shown by the order that it became (``trade_id``), and not here."""
    initial, trigger = inner(row, "initial"), inner(row, "trigger")
    size = number(initial, "size") or number(initial, "amount")
    word, end = text(row, "status"), text(row, "finish_as")
    status = OrderStatus.UNKNOWN
    if word == "open":
        status = OrderStatus.UNTRIGGERED
    elif word == "finished":
        status = OrderStatus.DEAD if end in STOP_DEAD else OrderStatus.TRIGGERED
    by = trigger.get("price_type")
    return OrderView(
        client_order_id=client_order_id(initial),
        exchange_order_id=ident(row, "id"),
        status=status,
        order_side=signed_side(size),
        quantity=of.base(abs(size)) if size is not None else None,
        filled=None if status is OrderStatus.TRIGGERED else Decimal(0),
        reduce_only=flag(initial, "is_reduce_only"),
        trigger_price=price(trigger, "price"),
        trigger_by=_trigger_by(by),
        created_at_us=_time_us(row, "create_time"),
        updated_at_us=_time_us(row, "finish_time"),
    )


def _trigger_by(word: object) -> TriggerBy | None:
    said = int(word) if isinstance(word, str) and word in ("0", "1", "2") else word
    return _BY.get(said) if isinstance(said, int) and not isinstance(said, bool) else None


def _time_us(row: Row, name: str) -> int | None:
    """Seconds, or microseconds as a cancelled price-triggered order shows them (seen in replies)."""
    value = number(row, name)
    if value is not None and 10**14 <= value < 10**17:
        return int(value)
    return seconds_us(row, name)


def became(row: Row) -> str | None:
    """The id of the order that a triggered price order made."""
    triggered = text(row, "status") == "finished" and text(row, "finish_as") not in STOP_DEAD
    return ident(row, "trade_id") if "initial" in row and triggered else None


def fill(row: Row, of: Contract) -> Fill:
    """An execution: the sign of its size is its side."""
    size = needed(number(row, "size"), "size")
    fill_id = ident(row, "trade_id") or ident(row, "id")
    side, at_us = signed_side(size), seconds_us(row, "create_time")
    if fill_id is None or side is None or at_us is None:
        raise ReadFailed("a fill cannot be understood: its side, id or time is missing")
    return Fill(
        fill_id=fill_id,
        order_side=side,
        quantity=needed(of.base(abs(size)), "size"),
        price=must(row, "price"),
        time_us=at_us,
        kind=fill_kind(row),
        client_order_id=client_order_id(row),
        exchange_order_id=ident(row, "order_id"),
    )


def position(row: Row, of: Contract) -> PositionView:
    """A position in one-way mode: the sign of its size is its side; leverage 0 is cross margin."""
    mode = text(row, "mode")
    if mode != "single":
        if mode in ("dual_long", "dual_short"):
            raise WrongPositionMode(f"dual mode is not supported: the exchange shows {mode}; use one-way mode")
        raise ReadFailed(f"mode is {shown(row.get('mode'))}, which names no position mode")
    size = needed(number(row, "size"), "size")
    side = None if not size else PositionSide.LONG if size > 0 else PositionSide.SHORT
    isolated = price(row, "leverage")
    return PositionView(
        quantity=needed(of.base(abs(size)), "size"),
        side=side,
        entry_price=price(row, "entry_price") if size else None,
        mark_price=price(row, "mark_price"),
        liquidation_price=price(row, "liq_price"),
        leverage=isolated or price(row, "cross_leverage_limit"),
        margin_mode=MarginMode.ISOLATED if isolated else MarginMode.CROSS,
        updated_at_us=seconds_us(row, "update_time"),
    )
