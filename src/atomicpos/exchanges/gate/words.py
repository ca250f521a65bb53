"""The words that Gate's futures want in requests and give in replies, and ours beside them."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.models import FillKind, OrderSide, TriggerBy
from atomicpos.ports import ReadFailed

from ..bycontract.contract import Contract
from ..fields import Row, text
from ..spelling import plain
from ..transport import Value

MARK = "t-"
"""Every client order id is sent behind it, in ``text`` (documented: at most 28 characters follow)."""

TRIGGERS: dict[TriggerBy, Value] = {TriggerBy.LAST: 0, TriggerBy.MARK: 1, TriggerBy.INDEX: 2}
"""``price_type`` of a price-triggered order (documented)."""

RISES, FALLS = 1, 2
"""``rule``: triggered when the price is at or above, at or below (documented)."""

DEAD = frozenset({
    "cancelled", "liquidated", "ioc", "auto_deleveraged", "reduce_only", "position_closed", "reduce_out", "stp",
})  # fmt: skip
"""``finish_as`` of an order whose remainder is gone (documented); ``filled`` is judged by its quantities."""

STOP_DEAD = frozenset({"cancelled", "failed", "expired"})
"""``finish_as`` of a price-triggered order that will never become an order (documented)."""

_FORCED = {
    "auto_deleveraging": FillKind.ADL,
    "liquidation": FillKind.LIQUIDATION,
    "liq-": FillKind.LIQUIDATION,
    "hedge-liq": FillKind.LIQUIDATION,
    "pm_liquidate": FillKind.LIQUIDATION,
    "comb_margin_liquidate": FillKind.LIQUIDATION,
    "scm_liquidate": FillKind.LIQUIDATION,
}
"""What ``text`` begins with on orders that the exchange made itself (documented as reserved)."""


def spelled(client_order_id: str) -> str:
    """Our id as it is sent."""
    return MARK + client_order_id


def client_order_id(row: Row) -> str | None:
    """The id that the row carries, without the mark; None where ``text`` names only where the order came from."""
    said = text(row, "text")
    return said[len(MARK):] if said is not None and said.startswith(MARK) and len(said) > len(MARK) else None


def fill_kind(row: Row) -> FillKind:
    """What executed, by the ``text`` of its order."""
    said = text(row, "text") or ""
    return next((kind for begins, kind in _FORCED.items() if said.startswith(begins)), FillKind.TRADE)


def signed(side: OrderSide, quantity: Decimal, contract: Contract) -> Value:
    """The size in contracts, below zero to sell: a whole number, and a part of one (``enable_decimal``) as text."""
    size = contract.contracts(quantity)
    size = size if side is OrderSide.BUY else -size
    return int(size) if size == int(size) else plain(size)


def contract_id(row: Row) -> str:
    """The contract that a row is about; that of a price-triggered order stands in its order."""
    initial = row.get("initial")
    name = text(initial if isinstance(initial, dict) else row, "contract")
    if name is None:
        raise ReadFailed("a row names no contract")
    return name
