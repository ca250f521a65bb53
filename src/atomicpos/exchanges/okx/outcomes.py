"""What OKX's replies to writes come to. Pure."""

from __future__ import annotations

from atomicpos.ports import Outcome, OutcomeKind

from .. import outcomes
from ..fields import Row, text
from ..refusals import Operation
from ..transport import Exchanged
from .refusal_codes import OKX_REFUSALS

PLAIN_IDS, ALGO_IDS = ("clOrdId", "ordId"), ("algoClOrdId", "algoId")
"""The names of our id and of the exchange's, for orders and for algo orders."""


def of_order(exchanged: Exchanged, operation: Operation, client_order_id: str, names: tuple[str, str]) -> Outcome:
    """An acknowledgement names our order; HTML, an empty or a cut body raises nothing in ccxt, and is unknown.

    OKX's replies carry ids and nothing else, so ``Outcome.order`` stays None.
    """
    if exchanged.error is not None:
        return outcomes.failed(exchanged, operation, OKX_REFUSALS)
    row = _only_row(exchanged)
    own, order_id = text(row, names[0]), text(row, names[1])
    if exchanged.code != 0 or order_id is None or own not in (None, client_order_id):
        return outcomes.outcome(exchanged, OutcomeKind.UNKNOWN, "the reply names no order of ours")
    return outcomes.outcome(exchanged, OutcomeKind.ACKNOWLEDGED, order_id=order_id)


def _only_row(exchanged: Exchanged) -> Row:
    listed = exchanged.reply.get("data") if isinstance(exchanged.reply, dict) else None
    return listed[0] if isinstance(listed, list) and len(listed) == 1 and isinstance(listed[0], dict) else {}
