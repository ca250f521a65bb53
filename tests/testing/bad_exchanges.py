"""Exchanges with one defect each, the kind that adapters have, and the claim of the contract that finds it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from atomicpos.evidence import PositionView
from atomicpos.models import Refusal, TriggerBy
from atomicpos.ports import (
    FillsReading,
    KeyFacts,
    OrdersReading,
    Outcome,
    OutcomeKind,
    Permit,
    PlaceOrder,
    PositionReading,
    ReadFailed,
    Write,
    WrongPositionMode,
    always,
)
from atomicpos.sim import SimExchange
from atomicpos.sim.listings import SimListings
from atomicpos.sim.reads import SimReads

NOTHING = PositionReading(PositionView(Decimal(0)))


class Passing:
    """What is not its own it has from another."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


# --- writes --------------------------------------------------------------------------------------------------------


class TakesSilenceForRefusal(SimExchange):
    """What it hears nothing of, it calls refused."""

    async def write(self, request: Write, permit: Permit = always) -> Outcome:
        outcome = await super().write(request, permit)
        return replace(outcome, kind=OutcomeKind.REFUSED) if outcome.kind is OutcomeKind.UNKNOWN else outcome


class TakesSilenceForSuccess(SimExchange):
    """What it hears nothing of, it calls done."""

    async def write(self, request: Write, permit: Permit = always) -> Outcome:
        outcome = await super().write(request, permit)
        return replace(outcome, kind=OutcomeKind.ACKNOWLEDGED) if outcome.kind is OutcomeKind.UNKNOWN else outcome


class SendsAgain(SimExchange):
    """What it hears nothing of, it sends once more, as HTTP clients like to."""

    async def write(self, request: Write, permit: Permit = always) -> Outcome:
        outcome = await super().write(request, permit)
        return await super().write(request, permit) if outcome.kind is OutcomeKind.UNKNOWN else outcome


class TakesADuplicateForRefusal(SimExchange):
    """An id that exists already counts as refused."""

    async def write(self, request: Write, permit: Permit = always) -> Outcome:
        outcome = await super().write(request, permit)
        duplicate = outcome.refusal is Refusal.DUPLICATE_ID
        return replace(outcome, kind=OutcomeKind.REFUSED) if duplicate else outcome


class NeverSaysWhy(SimExchange):
    """Every refusal is like every other."""

    async def write(self, request: Write, permit: Permit = always) -> Outcome:
        outcome = await super().write(request, permit)
        return replace(outcome, refusal=Refusal.OTHER) if outcome.refusal else outcome


class AsksNobody(SimExchange):
    """It sends, whatever the permit says."""

    async def write(self, request: Write, permit: Permit = always) -> Outcome:
        return await super().write(request)


class AsksAfterwards(SimExchange):
    """It sends, and asks then."""

    async def write(self, request: Write, permit: Permit = always) -> Outcome:
        outcome = await super().write(request)
        permit(outcome.asked_at_us)
        return outcome


class RaisesWhatThePermitRaises(SimExchange):
    """An error in the permit comes out of the write."""

    async def write(self, request: Write, permit: Permit = always) -> Outcome:
        permit(self._clock.now_us())
        return await super().write(request, permit)


class TakesItBack(SimExchange):
    """A caller that gives up before the answer takes its request along."""

    async def write(self, request: Write, permit: Permit = always) -> Outcome:
        try:
            return await super().write(request, permit)
        except asyncio.CancelledError:
            for task in self.underway:
                task.cancel()
            raise


class StopsByTheLastPrice(SimExchange):
    """The trigger type that was asked for is not the one it sends."""

    async def write(self, request: Write, permit: Permit = always) -> Outcome:
        if isinstance(request, PlaceOrder) and request.trigger_by is not None:
            request = replace(request, trigger_by=TriggerBy.LAST)
        return await super().write(request, permit)


class ForgetsTheAttachedStop(SimExchange):
    """The stop that should travel with the entry stays behind."""

    async def write(self, request: Write, permit: Permit = always) -> Outcome:
        if isinstance(request, PlaceOrder):
            request = replace(request, attached_stop=None)
        return await super().write(request, permit)


# --- reads ---------------------------------------------------------------------------------------------------------


class WithReads(SimExchange):
    """One whose reads are another's."""

    reading: type[SimReads] = SimReads

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reads = self.urgent_reads = self.reading(self.venue, self._clock, self._half_s * 2, self.requests)


class TakesAnErrorForFlat(WithReads):
    """A position that cannot be read is none."""

    class reading(SimReads):
        async def position(self, symbol: str) -> PositionReading:
            try:
                return await super().position(symbol)
            except ReadFailed:
                return NOTHING


class TakesAnErrorForAbsent(WithReads):
    """An order that cannot be looked up does not exist."""

    class reading(SimReads):
        async def orders(self, symbol: str, client_order_ids: Sequence[str]) -> OrdersReading:
            try:
                return await super().orders(symbol, client_order_ids)
            except ReadFailed:
                return OrdersReading((), tuple(client_order_ids))


class TakesHedgeModeForFlat(WithReads):
    """A position in a mode that it does not know is none."""

    class reading(SimReads):
        async def position(self, symbol: str) -> PositionReading:
            try:
                return await super().position(symbol)
            except WrongPositionMode:
                return NOTHING


class Remembers(WithReads):
    """A position that was shown once is shown for ever."""

    class reading(SimReads):
        latest = NOTHING

        async def position(self, symbol: str) -> PositionReading:
            found = await super().position(symbol)
            self.latest = found if found.position.quantity else self.latest
            return self.latest


class ReadsByTheFirstSymbol(WithReads):
    """Whatever symbol is asked for, it looks at one."""

    class reading(SimReads):
        async def position(self, symbol: str) -> PositionReading:
            return await super().position("AVL/USDT:USDT")


class RoundsThroughFloat(WithReads):
    """Prices pass through a binary fraction."""

    class reading(SimReads):
        async def mark_price(self, symbol: str) -> Decimal:
            return Decimal(float(await super().mark_price(symbol)))


class ShowsAllKindsAlways(WithReads):
    """Fills of liquidations are among the trades."""

    class reading(SimReads):
        async def fills(self, symbol: str, since_us: int, *, all_kinds: bool = False) -> FillsReading:
            return await super().fills(symbol, since_us, all_kinds=True)


class ShowsAllTimes(WithReads):
    """Fills since whenever are all fills."""

    class reading(SimReads):
        async def fills(self, symbol: str, since_us: int, *, all_kinds: bool = False) -> FillsReading:
            return await super().fills(symbol, 0, all_kinds=all_kinds)


class ListsNothingOnError(SimExchange):
    """A listing that fails is an empty account."""

    class Listing(Passing):
        async def positions(self) -> tuple[object, ...]:
            try:
                return tuple(await self._inner.positions())
            except ReadFailed:
                return ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account: SimListings = self.Listing(self.account)  # type: ignore[assignment]


class TellsMilliseconds(SimExchange):
    """Its clock is told as the exchange writes it."""

    async def server_time_us(self) -> int:
        return await super().server_time_us() // 1000


class DoubtsItsKey(SimExchange):
    """What it has not understood of the key, it takes for a prohibition."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key = KeyFacts(may_trade=False)


class OverlooksRestrictions(SimExchange):
    """Every symbol is open for entries, whatever its slot says."""

    class Reads(Passing):
        async def position(self, symbol: str) -> PositionReading:
            return replace(await self._inner.position(symbol), only_closable=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reads: SimReads = self.Reads(self.reads)  # type: ignore[assignment]


LOST = "test_f10_a_lost_answer_is_unknown"
FOUND_BY: dict[type[SimExchange], tuple[str, dict[str, str]]] = {
    TakesSilenceForRefusal: (LOST, {"call": "place_entry", "kind": "lose_reply"}),
    TakesSilenceForSuccess: (LOST, {"call": "set_stop", "kind": "http_502_not_executed"}),
    SendsAgain: (LOST, {"call": "place_entry", "kind": "http_502_not_executed"}),
    TakesADuplicateForRefusal: ("test_f06_a_second_order_with_our_id_is_no_refusal", {}),
    NeverSaysWhy: ("test_f23_a_stop_that_would_fire_at_once_is_refused_as_such", {}),
    AsksNobody: ("test_what_the_permit_forbids_never_leaves", {"call": "place_entry"}),
    AsksAfterwards: ("test_it_is_asked_before_anything_has_left", {"call": "cancel"}),
    RaisesWhatThePermitRaises: ("test_a_permit_that_breaks_lets_nothing_leave", {}),
    TakesItBack: ("test_cancelling_the_caller_takes_nothing_back", {}),
    StopsByTheLastPrice: ("test_a_stop_waits_as_it_was_asked_for", {}),
    ForgetsTheAttachedStop: ("test_an_attached_stop_is_read_back_as_the_positions_own", {}),
    TakesAnErrorForFlat: ("test_i1_an_error_is_never_an_empty_answer", {"call": "position"}),
    TakesAnErrorForAbsent: ("test_i1_an_error_is_never_an_empty_answer", {"call": "orders"}),
    TakesHedgeModeForFlat: ("test_hedge_mode_is_no_position_but_an_error", {}),
    Remembers: ("test_a_close_leaves_nothing", {}),
    ReadsByTheFirstSymbol: ("test_a_symbol_that_is_none_fails_the_read", {"call": "position"}),
    RoundsThroughFloat: ("test_the_mark_price_is_exact_and_the_perpetuals", {}),
    ShowsAllKindsAlways: ("test_a_liquidation_shows_when_it_is_asked_for_by_name", {}),
    ShowsAllTimes: ("test_fills_before_the_time_asked_for_are_left_out", {}),
    TellsMilliseconds: ("test_f59_the_exchange_s_clock_is_told_in_microseconds", {}),
    DoubtsItsKey: ("test_f59_the_key_that_trades_is_not_said_to_be_forbidden", {}),
    OverlooksRestrictions: ("test_f59_a_symbol_that_may_only_be_closed_says_so_or_nothing", {}),
    ListsNothingOnError: ("test_f51_a_listing_that_fails_is_never_empty", {"call": "account_positions"}),
}
"""Each defect with the claim that finds it, and the case of it."""
