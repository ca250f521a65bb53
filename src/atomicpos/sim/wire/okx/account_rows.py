"""How OKX lists an execution and a position: contracts, and a position's sign says its side in net mode."""

from __future__ import annotations

from atomicpos.models import FillKind, MarginMode, PositionSide
from atomicpos.sim.orders import Execution, VenuePosition

from ..spelling import Json, milliseconds, number
from .contracts import of
from .ids import child_id, order_id, trade_id
from .words import SIDES, SWAP, pos_side, sub_type

_OWN = frozenset({FillKind.LIQUIDATION, FillKind.ADL, FillKind.SETTLEMENT})


def fill_row(execution: Execution, *, of_a_stop: bool) -> Json:
    """One row of ``trade/fills``: what a stop executed bears the id of the plain order that it became."""
    contract, own_number = of(execution.symbol), trade_id(execution.execution_id)
    exchanges = execution.kind in _OWN
    return {
        "instType": SWAP,
        "instId": contract.inst_id,
        "tradeId": f"-{own_number}" if exchanges else own_number,
        "billId": own_number,
        "ordId": (child_id if of_a_stop else order_id)(execution.order_id),
        "clOrdId": "" if of_a_stop else execution.client_order_id or "",
        "side": SIDES[execution.order_side],
        "posSide": pos_side(execution.position_side),
        "fillPx": number(execution.price),
        "fillSz": number(contract.contracts(execution.quantity)),
        "fillTime": milliseconds(execution.at_us),
        "ts": milliseconds(execution.at_us),
        "subType": sub_type(execution.kind, execution.order_side, execution.position_side),
        "execType": "" if exchanges else "T",
        "tag": "",
    }


def position_row(position: VenuePosition, mode: MarginMode, side: PositionSide | None) -> Json:
    """One row of ``account/positions``; one that was closed shows 0 and when that was.

    In net mode the sign is the side; in long/short mode each side has a row of its own, and the quantity no sign.
    """
    contract, held = of(position.symbol), bool(position.quantity)
    return {
        "instType": SWAP,
        "instId": contract.inst_id,
        "mgnMode": mode.value,
        "posId": str(int.from_bytes(contract.inst_id.encode()[:6])),
        "posSide": pos_side(side),
        "pos": number(contract.contracts(position.signed if side is None else position.quantity)),
        "avgPx": number(position.average),
        "markPx": number(position.mark),
        "liqPx": number(position.liquidation_price) if held else "",
        "lever": number(position.leverage),
        "ccy": "USDT",
        "closeOrderAlgo": [],
        "cTime": milliseconds(position.updated_at_us),
        "uTime": milliseconds(position.updated_at_us),
    }
