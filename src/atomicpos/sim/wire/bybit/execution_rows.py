"""How Bybit v5 lists an execution: trades, liquidations, deleveragings and funding in one list, told apart by type."""

from __future__ import annotations

from decimal import Decimal

from atomicpos.models import OrderSide
from atomicpos.sim.orders import Execution, Funding

from ..spelling import Json, milliseconds, number
from .markets import TAKER_FEE
from .words import CREATED_BY, CREATED_BY_STOP_LOSS, EXECUTION_TYPES, FUNDING, SIDES, STOP_LOSS


def execution_row(execution: Execution, market_id: str) -> Json:
    """One row of ``/v5/execution/list``; the exchange's own executions carry no ``orderLinkId``.

    No row names a ``positionIdx``: ``closedSize`` says how much of it closed (the vendor's documentation).
    """
    own_stop = execution.position_stop
    return {
        **_shared(market_id, execution.execution_id, execution.order_side, execution.at_us),
        **_sums(execution.quantity, execution.price, TAKER_FEE),
        "closedSize": number(execution.closed),
        "execType": EXECUTION_TYPES[execution.kind],
        "orderId": execution.order_id,
        "orderLinkId": execution.client_order_id or "",
        "orderType": "Market",
        "stopOrderType": STOP_LOSS if own_stop else "UNKNOWN",
        "createType": CREATED_BY_STOP_LOSS if own_stop else CREATED_BY[execution.kind],
    }


def funding_row(funding: Funding, market_id: str) -> Json:
    """A funding payment among the executions: it names a side and a quantity, and moves none of it."""
    return {
        **_shared(market_id, funding.funding_id, funding.order_side, funding.at_us),
        **_sums(funding.quantity, funding.price, funding.rate),
        "execType": FUNDING,
        "orderId": funding.funding_id,
        "orderLinkId": "",
        "orderType": "UNKNOWN",
        "stopOrderType": "UNKNOWN",
        "createType": "",
    }


def _shared(market_id: str, execution_id: str, side: OrderSide, at_us: int) -> Json:
    return {
        "symbol": market_id,
        "execId": execution_id,
        "side": SIDES[side],
        "execTime": milliseconds(at_us),
        "feeCurrency": "",
        "leavesQty": "0",
        "isMaker": False,
    }


def _sums(quantity: Decimal, price: Decimal, rate: Decimal) -> Json:
    return {
        "execPrice": number(price),
        "execQty": number(quantity),
        "execValue": number(quantity * price),
        "execFee": number(quantity * price * rate),
        "feeRate": number(rate),
        "orderPrice": number(price),
        "orderQty": number(quantity),
    }
