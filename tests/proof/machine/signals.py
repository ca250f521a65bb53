"""The bot's signals: opens on free and on taken slots, again and again, under keys of their own and under used ones."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from atomicpos.models import Position

from . import choices
from .acting import Acting, act
from .calls import ANY_OF_OURS, MISUSED, REFUSED, Asked, Judge, never, opened

LONG_S = 60.0


class Signals(Acting):
    """Rules that ask for positions."""

    @act(when=lambda self: len(self.asked) < choices.OPENS_MAX, given=choices.opens)
    def opens(self, given: dict[str, Any]) -> None:
        """Open one, on a slot that may be free, taken, or was taken before."""
        self.opens_one(**given)

    def opens_one(
        self, symbol: str, side: str, quote: int, percent: Decimal, leverage: int | None, patience_s: float
    ) -> None:
        """Open one, and wait for the answer as long as the bot has patience."""
        stop = ("stop_loss_percent", percent)
        self._asks(self._asked(symbol, side, quote, stop, leverage), patience_s)

    @act(
        when=lambda self: len(self.asked) < choices.OPENS_MAX,
        symbol=choices.symbols, side=choices.sides, quote=choices.quotes, percent=choices.percents,
        patience_s=choices.patience,
    )
    def opens_with_a_stop_price(
        self, symbol: str, side: str, quote: int, percent: Decimal, patience_s: float
    ) -> None:
        """Open one whose stop is a price, on the tick or not."""
        away = percent / 100 if side == "sell" else -percent / 100
        price = self.ground.venue.market(symbol).price * (1 + away)
        self._asks(self._asked(symbol, side, quote, ("stop_loss_price", price), None), patience_s)

    @act(when=lambda self: self.asked, which=choices.which, patience_s=choices.patience)
    def repeats(self, which: int, patience_s: float) -> None:
        """The same signal again: the same row, and nothing is sent (each key has one row, each entry is sent once)."""
        asked = self.asked[which % len(self.asked)]
        self.call("repeat", asked.of, patience_s, self._same(asked))

    @act(when=lambda self: self._stored(), which=choices.which)
    def misuses_a_key(self, which: int) -> None:
        """The same key with another request is refused, where anything is stored under it."""
        stored = self._stored()
        other = stored[which % len(stored)].doubled()
        self.call("misuse", other.of, LONG_S, never, MISUSED)

    @act(when=lambda self: self.ground.held, which=choices.which)
    def collides(self, which: int) -> None:
        """Another position on a slot is refused for as long as a row holds it, and is never sent beside it."""
        row = self.row(which, self.ground.held)
        number = len(self.asked)
        market = self.ground.venue.market(row.intent.symbol)
        quantity = self.ground.worth(market.symbol, 10)
        asked = Asked(market.market_id, "buy", quantity, ("stop_loss_percent", Decimal(2)), None, f"rival-{number}")
        self.asked.append(asked)
        self.call("collide", asked.of, LONG_S, self._refused_beside(row.id), ANY_OF_OURS)

    # --- inside -----------------------------------------------------------------------------------------------

    def _asked(
        self, symbol: str, side: str, quote: int, stop: tuple[str, Decimal], leverage: int | None
    ) -> Asked:
        return Asked(symbol, side, self.ground.worth(symbol, quote), stop, leverage, f"signal-{len(self.asked)}")

    def _asks(self, asked: Asked, patience_s: float) -> None:
        self.asked.append(asked)
        self.call("open", asked.of, patience_s, opened)

    def _stored(self) -> list[Asked]:
        return [asked for asked in self.asked if self.ground.row_under(asked.key) is not None]

    def _same(self, asked: Asked) -> Judge:
        before = self.ground.row_under(asked.key)

        def judged(answer: Any) -> None:
            opened(answer)
            position = answer if isinstance(answer, Position) else answer.position
            if before is not None and position is not None:
                assert position.id == before.id, f"I5: one key, and {position.id} beside {before.id}"

        return judged

    def _refused_beside(self, holder: str) -> Judge:
        def judged(answer: Any) -> None:
            if self.ground.rows[holder].holds_slot:
                assert isinstance(answer, REFUSED), f"I7: {answer!r} on the slot of {holder}"

        return judged
