"""What happens around the bot: time, faults and lags that come and go, the market, and other hands."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from atomicpos.sim import Fault

from . import choices
from .acting import Acting, act


class Surroundings(Acting):
    """Rules that are not the bot's."""

    @act(seconds=choices.passes)
    def time_passes(self, seconds: float) -> None:
        """Nothing else happens."""
        self.ground.run(self.ground.clock.sleep(seconds))

    @act(when=lambda self: self.looks_back_s, call=st.sampled_from(choices.READS), share=st.sampled_from((0.25, 1.0)))
    def lags_change(self, call: str, share: float) -> None:
        """A read shows what was, from now on."""
        self.ground.goes_wrong(Fault(call, None, "lag", None, self.looks_back_s * share))

    @act(data=st.data())
    def fails(self, data: st.DataObject) -> None:
        """Something goes wrong from now on."""
        self.ground.goes_wrong(data.draw(choices.faults(self.hands, self.looks_back_s), label="fails"))

    @act(faults=st.sampled_from(choices.BREAKDOWNS), seconds=choices.passes)
    def breaks_down(self, faults: tuple[Fault, ...], seconds: float) -> None:
        """A whole part of the exchange fails, and for a while at least nobody repairs it."""
        self.ground.goes_wrong(*faults)
        self.ground.run(self.ground.clock.sleep(seconds))

    @act(when=lambda self: self.ground.troubled)
    def recovers(self) -> None:
        """Everything works again."""
        self.ground.clears_up()

    @act(symbol=choices.symbols, thousandths=choices.drifts)
    def the_market_moves(self, symbol: str, thousandths: int) -> None:
        """The mark moves, and reaches no stop."""
        market, venue = self.ground.venue.market(symbol), self.ground.venue
        price = market.price * (1000 + thousandths) / 1000
        venue.set_mark(symbol, (price // market.tick) * market.tick)

    @act(
        when=lambda self: self.hands and self.ground.open_symbols, which=choices.which,
        hand=st.sampled_from(choices.HANDS),
    )
    def others_act(self, which: int, hand: Callable[..., None]) -> None:
        """The market or somebody else takes, adds, turns over, moves or clears."""
        there = self.ground.open_symbols
        hand(self.ground.venue, there[which % len(there)])
