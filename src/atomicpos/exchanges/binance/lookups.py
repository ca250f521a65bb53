"""One order of ours looked up by its id, wherever it may be: among plain orders, or with the algo service.

Absent only when both said that there is no such order; an error is never that (I1).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from atomicpos.evidence import OrderView
from atomicpos.models import OrderStatus
from atomicpos.ports import ReadFailed, WrongPositionMode

from .. import frames
from ..fields import Row
from ..lookups import Look
from ..transport import Ask, Exchanged, Transport
from . import parse, queries, replies
from .known import Known


class Lookups:
    """Looks orders up over one transport, as seen through one ``positionSide``."""

    def __init__(self, transport: Transport, known: Known, position_side: str, *, urgent: bool) -> None:
        self._transport = transport
        self._known = known
        self._position_side = position_side
        self._urgent = urgent

    async def look(self, market: str, client_order_id: str) -> Look:
        """Where it is likelier to be first; a failed lookup does not keep the other from answering."""
        ways: list[Callable[[str, str], Awaitable[tuple[OrderView | None, str]]]] = [self._plain, self._conditional]
        if self._known.is_conditional(client_order_id):
            ways.reverse()
        whys, raws = [], []
        for way in ways:
            try:
                view, raw = await way(market, client_order_id)
            except ReadFailed as failed:
                whys.append(str(failed))
                raws.append(failed.raw)
                continue
            raws.append(raw)
            if view is not None:
                return Look(view, "", raw)
        return Look(None, "; ".join(whys), "\n".join(raws))

    async def _plain(self, market: str, client_order_id: str) -> tuple[OrderView | None, str]:
        exchanged = await self._read(queries.order(market, client_order_id))
        asked: dict[str, object] = {"symbol": market, "clientOrderId": client_order_id}
        row = replies.found(exchanged, f"order {client_order_id}", asked)
        if row is None:
            return None, exchanged.raw
        view = self._view(parse.order_view, row, exchanged)
        self._known.learn(market, view.exchange_order_id, client_order_id)
        return view, exchanged.raw

    async def _conditional(self, market: str, client_order_id: str) -> tuple[OrderView | None, str]:
        """What waits is told by the algo service; what has fired, by the plain order that it sent."""
        exchanged = await self._read(queries.conditional_order(client_order_id))
        asked: dict[str, object] = {"symbol": market, "clientAlgoId": client_order_id}
        row = replies.found(exchanged, f"conditional order {client_order_id}", asked)
        if row is None:
            return None, exchanged.raw
        self._known.conditional(client_order_id)
        view = self._view(parse.conditional_view, row, exchanged)
        sent = parse.actual_order_id(row)
        if sent is None:
            return view, exchanged.raw
        self._known.learn(market, sent, client_order_id)
        return await self._sent(market, view, sent, exchanged.raw)

    async def _sent(self, market: str, stop: OrderView, order_id: str, raw: str) -> tuple[OrderView, str]:
        """The stop with what became of its order in the matching engine; not shown there yet, it has just fired."""
        exchanged = await self._read(queries.order_by_number(market, order_id))
        row = replies.found(exchanged, f"order {order_id}", {"symbol": market, "orderId": order_id})
        raws = f"{raw}\n{exchanged.raw}"
        if row is None:
            return replace(stop, status=OrderStatus.TRIGGERED, filled=None), raws
        view = self._view(parse.order_view, row, exchanged)
        return replace(
            stop,
            status=view.status,
            quantity=view.quantity,
            filled=view.filled,
            average=view.average,
            updated_at_us=view.updated_at_us,
        ), raws

    def _view(self, read: Callable[[Row], OrderView], row: Row, exchanged: Exchanged) -> OrderView:
        """The row as an order of this side. Raises WrongPositionMode for one of another side or mode."""
        shown = frames.parsed(parse.side_word, row, exchanged.raw)
        if shown != self._position_side:
            why = f"an order of ours shows positionSide {shown}; it was looked for under {self._position_side}"
            raise WrongPositionMode(why, exchanged.raw)
        return frames.parsed(read, row, exchanged.raw)

    async def _read(self, ask: Ask) -> Exchanged:
        return await self._transport.read(ask, urgent=self._urgent)
