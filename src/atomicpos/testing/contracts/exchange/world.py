"""One exchange under test, the venue behind it, and the requests that the contract makes of both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal
from typing import Any

from atomicpos.models import Leg, MarginMode, OrderSide, TriggerBy
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


@dataclass(frozen=True, slots=True)
class ExchangeWorld:
    """What an author provides: an exchange that is open, on a flat account, and the venue that it trades on.

    ``lag_s`` is how late the contract lets things be: seconds in virtual time, tenths of one in real time.
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
    mode_with_each_order: bool = False
    """The margin mode is a part of each order, and setting it by itself sends nothing."""
    ids_come_free: bool = False
    """The venue takes the client order id of an order that has filled a second time."""
    shows_flat: bool = True
    """A symbol that never held a position is shown all the same, with its leverage and its margin mode."""

    @property
    def reads(self) -> Reads:
        """The reads that stand in line."""
        return self.exchange.reads

    @property
    def truth(self) -> Truth:
        """What the venue really holds on the symbol."""
        return self.venue.truth(self.symbol)

    @property
    def since_us(self) -> int:
        """A moment before anything of this test happened."""
        return self.clock.now_us() - HOUR_US

    @property
    def bare(self) -> bool:
        """True when the venue holds no position and nothing lives in its books."""
        truth = self.truth
        return not (truth.quantity or truth.stops or truth.orders)

    @property
    def keeps_a_stop(self) -> bool:
        """True when the exchange keeps a stop on the position itself."""
        return self.exchange.profile.protection is Protection.ATTACHED

    @property
    def stops_come_first(self) -> bool:
        """True when a separate stop is taken before there is a position."""
        return self.exchange.profile.protection is Protection.ON_ACKNOWLEDGEMENT

    @property
    def takes_a_stop(self) -> bool:
        """True when a stop may travel with an entry, whatever becomes of it."""
        return self.exchange.profile.protection in (Protection.ATTACHED, Protection.ATTACHED_ORDER)

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

    # --- the requests -------------------------------------------------------------------------------------------

    def entry(self, **changes: Any) -> PlaceOrder:
        """A market entry, long ten."""
        return replace(PlaceOrder(self.symbol, Leg.ENTRY, "apentry", OrderSide.BUY, TEN, False), **changes)

    def short(self) -> PlaceOrder:
        """A market entry, short ten."""
        return self.entry(order_side=OrderSide.SELL)

    def with_stop(self, trigger: Decimal) -> PlaceOrder:
        """The entry with a stop that travels with it: on the position, or under an id; bare where none may."""
        if not self.takes_a_stop:
            return self.entry()
        own_id = None if self.keeps_a_stop else "apguard"
        return self.entry(attached_stop=AttachedStop(trigger, TriggerBy.MARK, own_id))

    def guarded(self) -> tuple[Write, ...]:
        """The entry with a stop two percent away, as the exchange can have it: along with it, or behind it."""
        entry = self.with_stop(self.away(-2))
        return (entry,) if self.takes_a_stop else (entry, self.stop())

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

    async def answers_itself(self, call: str) -> bool:
        """True for a write that this exchange has no request for; it was then seen to answer so, and to send nothing.

        Without a stop on the position it is not sent, with a sentence; a margin mode that comes with each order is as
        good as set.
        """
        lacks_stop = call == "set_stop" and not self.keeps_a_stop
        if not lacks_stop and not (call == "set_margin_mode" and self.mode_with_each_order):
            return False
        left = self.venue.writes()
        outcome = await self.exchange.write(self.write(call))
        assert outcome.kind is (OutcomeKind.NOT_SENT if lacks_stop else OutcomeKind.ACKNOWLEDGED)
        assert outcome.why
        assert self.venue.writes() == left
        return True

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
        return engine.position_as_of(self.symbol, engine.now_us()).leverage


WRITES = ("place_entry", "place_stop", "place_close", "set_stop", "cancel", "set_leverage", "set_margin_mode")
"""Each kind of write, in the words of the venue's faults."""
