"""What belongs to the whole account on Bybit: its margin mode."""

from __future__ import annotations

from atomicpos.models import MarginMode
from atomicpos.ports import ReadFailed

from ..fields import text
from ..transport import Transport
from . import queries
from .replies import result

_MODES = {
    "ISOLATED_MARGIN": MarginMode.ISOLATED,
    "REGULAR_MARGIN": MarginMode.CROSS,
    "PORTFOLIO_MARGIN": MarginMode.CROSS,
}


class BybitAccount:
    """Keeps the margin mode last read; None as long as it could not be read.

    Position rows of a unified account do not say it: their ``tradeMode`` is always 0 (documented).
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.margin_mode: MarginMode | None = None

    async def look(self) -> None:
        """Read the margin mode and keep it. Raises ReadFailed, and keeps None then."""
        self.margin_mode = None
        exchanged = await self._transport.read(queries.account(), urgent=True)
        word = text(result(exchanged, "account"), "marginMode")
        mode = _MODES.get(word or "")
        if mode is None:
            raise ReadFailed(f"account: the margin mode is {word!r}", exchanged.raw)
        self.margin_mode = mode
