"""One exchange under test, the venue behind it, and the requests that the contract makes of both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal
from typing import Any

from atomicpos.models import Leg, MarginMode, OrderSide, PositionMode, PositionSide, TriggerBy
from atomicpos.ports import (
    AttachedStop,
    CancelOrder,
    Clock,
    Exchange,
    Outcome,
    OutcomeKind,
    PlaceOrder,
    Reads,
    SetLeverage,
    SetMarginMode,
    SetPositionStop,
    Write,
)
from atomicpos.profile import Protection
from atomicpos.sim.orders import Truth
from atomicpos.sim.venue import Venue

from ...fixtures.words import VenueWords

LEVERAGE = Decimal(5)
TEN = Decimal(10)
HOUR_US = 3_600_000_000
_BRING_A_STOP = (Protection.ATTACHED, Protection.ATTACHED_ORDER, Protection.ATTACHED_UNNAMED)


@dataclass(frozen=True, slots=True)
class ExchangeWorld:
    """What an author provides: an exchange that is open, on a flat account, and the venue that it trades on.

    ``lag_s`` is how late the contract lets things be: seconds in virtual time, tenths of one in real time. For
    hedge mode the account is in it, the exchange is ``hedged`` to the long side, and ``side`` says so.
    """

    exchange: Exchange
    venue: VenueWords
    clock: Clock
    lag_s: float = 0.25
    symbol: str = "AVL/USDT:USDT"
    market_id: str = "AVLUSDT"
    spot_symbol: str = "AVL/USDT"
    other_symbol: str = "XRP/USDT:USDT"
    tick: Decimal = Decimal("0.0001")
    flat_is_shown: bool = True
    """A flat slot has a row of its own, which also tells the position mode."""
    mode_with_each_order: bool = False
    """The margin mode is a part of each order, and setting it by itself sends nothing."""
    leverage_is_shared: bool = False
    """Both sides of a symbol have one leverage in hedge mode."""
    side: PositionSide | None = None
    """The side of hedge mode that the exchange is bound to; None in one-way mode."""

    @property
    def reads(self) -> Reads:
        """The reads that stand in line."""
        return self.exchange.reads

    @property
    def truth(self) -> Truth:
        """What the venue really holds on the symbol."""
        return self.venue.truth(self.symbol, self.side)

    @property
    def mode(self) -> PositionMode:
        """The position mode that the exchange is asked in."""
        return PositionMode.ONE_WAY if self.side is None else PositionMode.HEDGE

    def facing(self, side: PositionSide) -> ExchangeWorld:
        """The same account as positions of that side see it: another slot in hedge mode, the same in one-way mode."""
        return self if self.side is None else replace(self, exchange=self.exchange.hedged(side), side=side)

    @property
    def since_us(self) -> int:
        """A moment before anything of this test happened."""
        return self.clock.now_us() - HOUR_US

    @property
    def keeps_own_stop(self) -> bool:
        """The exchange keeps a stop on the position itself, which an entry may bring along."""
        return self.exchange.profile.protection is Protection.ATTACHED

    @property
    def takes_a_stop(self) -> bool:
        """A stop may travel with an entry: on the position, under an id of its own, or without one."""
        return self.exchange.profile.protection in _BRING_A_STOP

    @property
    def stops_come_first(self) -> bool:
        """A separate stop is taken before there is a position."""
        return self.exchange.profile.protection is Protection.ON_ACKNOWLEDGEMENT

    @property
    def bare(self) -> bool:
        """True when the venue holds no position and nothing lives in its books."""
        truth = self.truth
        return not (truth.quantity or truth.stops or truth.orders)

    def away(self, percent: int | str) -> Decimal:
        """A price on the tick, so many percent above the mark, or below it where that is negative."""
        exact = self.venue.price(self.symbol) * (1 + Decimal(percent) / 100)
        return (exact / self.tick).to_integral_value(ROUND_DOWN) * self.tick

    async def done(self, *requests: Write) -> Outcome:
        """Carry these out, one after the other; the last one's outcome. Each must be acknowledged."""
        for request in requests:
            outcome = await self.exchange.write(request)
            assert outcome.kind is OutcomeKind.ACKNOWLEDGED, f"{request}: {outcome.why}"
        return outcome

    async def stays_here(self, *requests: Write) -> None:
        """What the exchange has no words for: certainly not sent, with a reason, and no byte of it has left.

        A margin mode that comes with each order is as good as set, and nothing leaves for it either.
        """
        for request in requests:
            left = self.venue.writes()
            outcome = await self.exchange.write(request)
            needless = isinstance(request, SetMarginMode)
            kind = OutcomeKind.ACKNOWLEDGED if needless else OutcomeKind.NOT_SENT
            assert (outcome.kind, self.venue.writes()) == (kind, left)
            assert outcome.why

    # --- the requests -------------------------------------------------------------------------------------------

    def entry(self, **changes: Any) -> PlaceOrder:
        """A market entry, long ten."""
        return replace(PlaceOrder(self.symbol, Leg.ENTRY, "apentry", OrderSide.BUY, TEN, False), **changes)

    def short(self) -> PlaceOrder:
        """A market entry, short ten."""
        return self.entry(order_side=OrderSide.SELL)

    def with_stop(self, trigger: Decimal) -> PlaceOrder:
        """The entry with a stop that travels with it: on the position, or as an order under an id of its own."""
        rides = self.exchange.profile.protection is Protection.ATTACHED_ORDER
        return self.entry(attached_stop=AttachedStop(trigger, TriggerBy.MARK, "apguard" if rides else None))

    def guarded(self) -> tuple[Write, ...]:
        """The entry with a stop two percent away, as the exchange can have it: on the position, or as an order."""
        return (self.with_stop(self.away(-2)),) if self.takes_a_stop else (self.entry(), self.stop())

    def stop(self, **changes: Any) -> PlaceOrder:
        """A separate stop for the long, two percent away."""
        order = PlaceOrder(self.symbol, Leg.STOP, "apstop", OrderSide.SELL, TEN, True, self.away(-2), TriggerBy.MARK)
        return replace(order, **changes)

    def close(self) -> PlaceOrder:
        """A market order that closes the long."""
        return PlaceOrder(self.symbol, Leg.CLOSE, "apclose", OrderSide.SELL, TEN, True)

    def cancel(self) -> CancelOrder:
        """Cancel the separate stop."""
        return CancelOrder(self.symbol, "apstop", None, True)

    def own_stop(self, trigger: Decimal | None) -> SetPositionStop:
        """Set, amend or take away the position's own stop."""
        return SetPositionStop(self.symbol, trigger, TriggerBy.MARK)

    def leverage(self, leverage: Decimal = LEVERAGE) -> SetLeverage:
        """Set the leverage."""
        return SetLeverage(self.symbol, leverage)

    def margin(self) -> SetMarginMode:
        """Put the account into cross margin."""
        return SetMarginMode(self.symbol, MarginMode.CROSS)

    # --- every kind of write --------------------------------------------------------------------------------------

    async def prepare(self, call: str) -> None:
        """Carry out what must have happened before that write makes sense."""
        needs = {"place_stop": 1, "place_close": 1, "set_stop": 1, "cancel": 2}.get(call, 0)
        if needs:
            await self.done(*(self.entry(), self.stop())[:needs])

    def write(self, call: str) -> Write:
        """The request of that kind."""
        made: dict[str, Write] = {
            "place_entry": self.entry(), "place_stop": self.stop(), "place_close": self.close(),
            "set_stop": self.own_stop(self.away(-2)), "cancel": self.cancel(),
            "set_leverage": self.leverage(), "set_margin_mode": self.margin(),
        }  # fmt: skip
        return made[call]

    def can(self, call: str) -> bool:
        """Whether the exchange has that kind of write, or that read."""
        if call == "set_margin_mode":
            return not self.mode_with_each_order
        return self.keeps_own_stop or call not in ("set_stop", "position_stop")

    def is_done(self, call: str) -> bool:
        """Whether the venue has carried that write out."""
        truth = self.truth
        match call:
            case "set_leverage":
                return self.venue.at(self._leverage) == LEVERAGE
            case "set_margin_mode":
                return self.venue.at(lambda engine: engine.margin_mode()) is MarginMode.CROSS
            case "place_entry" | "place_close":
                return truth.quantity == (TEN if call == "place_entry" else 0)
        return len(truth.stops) == (0 if call == "cancel" else 1)

    def _leverage(self, engine: Venue) -> Decimal:
        return engine.position_as_of(self.symbol, engine.now_us(), self.side).leverage


WRITES = ("place_entry", "place_stop", "place_close", "set_stop", "cancel", "set_leverage", "set_margin_mode")
"""Each kind of write, in the words of the venue's faults."""
