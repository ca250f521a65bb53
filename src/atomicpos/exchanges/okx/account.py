"""What belongs to the whole account on OKX, and the margin modes that its positions were seen in.

OKX has no margin mode that is set: ``tdMode`` is a part of each order, and a position is of the mode of the order that
opened it (documented). So an entry is sent in the mode that was asked for, else in the account's default; an exit in
the mode that the position was last seen in, or that its entry was sent in, else in that of an entry.
"""

from __future__ import annotations

from atomicpos.models import Leg, MarginMode, PositionMode, PositionSide
from atomicpos.ports import PlaceOrder, ReadFailed

from .. import frames
from ..fields import Row, text
from ..transport import Exchanged, Transport
from . import parse, queries, replies

SPOT, FUTURES, MULTI_CURRENCY, PORTFOLIO = "1", "2", "3", "4"
"""``acctLv``: isolated margin exists in futures mode only (code 50072), and ``reduceOnly`` does not apply in portfolio
margin (both documented)."""


class OkxAccount:
    """The account's configuration as last read, and the margin mode of each symbol as last seen or sent."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._seen: dict[tuple[str, PositionSide | None], MarginMode] = {}
        self.level: str | None = None
        self.position_mode: PositionMode | None = None

    async def look(self, *, urgent: bool = True) -> Row:
        """Read the configuration and keep it. Raises ReadFailed."""
        return self.keep(await self._transport.read(queries.account(), urgent=urgent))

    def keep(self, exchanged: Exchanged) -> Row:
        """Keep the configuration that a reply shows; its row. Raises ReadFailed."""
        listed = replies.rows(exchanged, "account", {})
        if len(listed) != 1:
            raise ReadFailed(f"account: {len(listed)} rows", exchanged.raw)
        self.position_mode = frames.parsed(parse.position_mode, listed[0], exchanged.raw)
        self.level = text(listed[0], "acctLv")
        return listed[0]

    @property
    def default_mode(self) -> MarginMode:
        """The mode of an order that names none: isolated where the account has it, for a loss then has a bound."""
        return MarginMode.ISOLATED if self.level in (None, FUTURES) else MarginMode.CROSS

    def takes(self, mode: MarginMode) -> bool:
        """Whether orders may come in that mode, as far as the account's level is known."""
        return mode is MarginMode.CROSS or self.default_mode is MarginMode.ISOLATED

    def saw(self, symbol: str, through: PositionSide | None, mode: MarginMode | None) -> None:
        """A position was seen in that mode, or is about to be opened in it; ``through`` is its side of hedge mode."""
        if mode is not None:
            self._seen[symbol, through] = mode

    def mode_for(self, request: PlaceOrder, through: PositionSide | None) -> MarginMode:
        """The mode to send that order in."""
        asked = request.margin_mode or self.default_mode
        return asked if request.leg is Leg.ENTRY else self._seen.get((request.symbol, through), asked)
