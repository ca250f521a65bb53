"""Whatever is sent, its numbers are exact decimal text on the market's raster, and no stop is looser than asked.

An exchange joins by a line in ``SPEAKERS``: its instrument from its own row, and the words of its writes. Quantities
are in the base asset at our face and compared there: a speaker of contracts names their size.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atomicpos.exchanges.binance import writes as binance
from atomicpos.exchanges.binance.instruments import Bracket
from atomicpos.exchanges.binance.instruments import instrument as binance_instrument
from atomicpos.exchanges.binance.words import BOTH
from atomicpos.exchanges.bybit import writes as bybit
from atomicpos.exchanges.bybit.instruments import instrument as bybit_instrument
from atomicpos.exchanges.okx import writes as okx
from atomicpos.exchanges.okx.contracts import to_contracts
from atomicpos.exchanges.okx.instruments import instrument as okx_instrument
from atomicpos.models import Instrument, Leg, MarginMode, PositionSide, StopRule, TriggerBy
from atomicpos.ports import AttachedStop, PlaceOrder, SetPositionStop
from atomicpos.sim.markets import MARKETS, Market
from atomicpos.sim.wire.binance.markets import _symbol as binance_symbol
from atomicpos.sim.wire.bybit.markets import _linear_instrument
from atomicpos.sim.wire.okx.contracts import of
from atomicpos.sim.wire.okx.markets import _swap
from atomicpos.stop_price import trigger_price
from atomicpos.worst_price import worst_price

PLAIN = re.compile(r"\d+(\.\d*[1-9])?")
"""Digits, and a fraction that does not end in zeros: no exponent, no sign, no separators."""
ALL = st.sampled_from(MARKETS)


@dataclass(frozen=True)
class Speaker:
    """How one exchange lists a market and says a write."""

    instrument: Callable[[Market], Instrument]
    place: Callable[[PlaceOrder, Instrument], Mapping[str, Any]]
    set_stop: Callable[[SetPositionStop, Instrument], Mapping[str, Any]] | None
    """None where the exchange keeps no stop on the position itself."""
    prices: tuple[str, ...]
    quantities: tuple[str, ...]
    contract: Callable[[Instrument], Decimal] = lambda instrument: Decimal(1)
    """What one unit of the quantity on the wire is, in the base asset."""


def _on_binance(market: Market) -> Instrument:
    listed = {"symbol": market.symbol, "id": market.market_id, "info": binance_symbol(market)}
    return binance_instrument(listed, {market.market_id: Bracket(market.max_leverage)})


def _said_to_binance(request: PlaceOrder, instrument: Instrument) -> Mapping[str, Any]:
    """An entry takes no stop along there: its stop is a write of its own, with the same trigger."""
    return binance.place(replace(request, attached_stop=None), instrument.market_id, BOTH).params


def _on_okx(market: Market) -> Instrument:
    contract = of(market.symbol)
    listed = {
        "symbol": market.symbol, "id": contract.inst_id, "base": market.base, "baseId": market.base,
        "info": _swap(contract),
    }
    return okx_instrument(listed)


def _said_to_okx(request: PlaceOrder, instrument: Instrument) -> Mapping[str, Any]:
    """With the words of a stop that travels along among them: it has no quantity of its own."""
    contract = of(instrument.symbol)
    contracts = to_contracts(request.quantity, contract.value, contract.lot)
    assert contracts is not None, f"{request.quantity} is no whole number of lots"
    params = okx.place(request, instrument.market_id, contracts, MarginMode.ISOLATED, None).params
    assert isinstance(params, dict)
    (attached,) = params.get("attachAlgoOrds", [{}])
    assert not set(attached) & set(params)
    return {**params, **attached}


SPEAKERS = {
    "binanceusdm": Speaker(
        instrument=_on_binance, place=_said_to_binance, set_stop=None, prices=("price", "triggerPrice"),
        quantities=("quantity",),
    ),
    "bybit": Speaker(
        instrument=lambda market: bybit_instrument(
            {"symbol": market.symbol, "id": market.market_id, "info": _linear_instrument(market)}
        ),
        place=lambda request, instrument: bybit.place(request, instrument.market_id).params,
        set_stop=lambda request, instrument: bybit.set_position_stop(request, instrument.market_id).params,
        prices=("price", "triggerPrice", "stopLoss"),
        quantities=("qty",),
    ),
    "okx": Speaker(
        instrument=_on_okx, place=_said_to_okx, set_stop=None, prices=("px", "slTriggerPx"), quantities=("sz",),
        contract=lambda instrument: of(instrument.symbol).value,
    ),
}

each_speaker = pytest.mark.parametrize("speaker", SPEAKERS.values(), ids=list(SPEAKERS))


@st.composite
def asked(draw: st.DrawFn) -> tuple[Market, Decimal, Decimal, PositionSide, StopRule]:
    """A market, its price and a quantity on the raster, a side, and a distance of the stop in percent."""
    market = draw(ALL)
    ticks = int(market.price / market.tick)
    mark = draw(st.integers(max(ticks // 5, 1), ticks * 5)) * market.tick
    quantity = draw(st.integers(1, int(market.max_quantity / market.step))) * market.step
    percent = draw(st.decimals("0.01", "60", places=4))
    return market, mark, quantity, draw(st.sampled_from(PositionSide)), StopRule(percent=percent)


def exact(speaker: Speaker, said: Mapping[str, Any], instrument: Instrument) -> dict[str, Decimal]:
    """The numbers that were said, quantities in the base asset; each is plain text on its raster."""
    found: dict[str, Decimal] = {}
    for names, raster, unit in (
        (speaker.prices, instrument.tick, Decimal(1)),
        (speaker.quantities, instrument.step, speaker.contract(instrument)),
    ):
        for name in (name for name in names if name in said):
            assert isinstance(said[name], str), f"{name} is {said[name]!r}"
            assert PLAIN.fullmatch(said[name]), f"{name} is {said[name]}"
            found[name] = Decimal(said[name]) * unit
            assert found[name] % raster == 0, f"{name} is {said[name]}, the raster {raster}"
    return found


def loosest(mark: Decimal, side: PositionSide, rule: StopRule) -> Decimal:
    """The price at which the stop is exactly as far away as it was asked for."""
    share = (rule.percent or Decimal(0)) / 100
    return mark * (1 - share) if side is PositionSide.LONG else mark * (1 + share)


@each_speaker
@given(case=asked())
def test_an_entry_with_its_stop(
    speaker: Speaker, case: tuple[Market, Decimal, Decimal, PositionSide, StopRule]
) -> None:
    """Quantity, worst price and guard stop, as they are computed and as they are said: the same numbers."""
    market, mark, quantity, side, rule = case
    instrument = speaker.instrument(market)
    trigger = trigger_price(rule, side, mark, instrument.tick)
    limit = worst_price(side.opening, mark, Decimal("0.005"), instrument.tick)
    request = PlaceOrder(
        instrument.symbol, Leg.ENTRY, "apxxxxentry", side.opening, quantity, reduce_only=False, limit_price=limit,
        attached_stop=AttachedStop(trigger, TriggerBy.MARK, "apxxxxstop"),
    )
    said = exact(speaker, speaker.place(request, instrument), instrument)
    assert {said[name] for name in speaker.quantities if name in said} == {quantity}
    assert {said[name] for name in speaker.prices if name in said} <= {limit, trigger}
    no_looser(trigger, mark, side, rule)


@each_speaker
@given(case=asked())
def test_a_stop_of_its_own_and_one_on_the_position(
    speaker: Speaker, case: tuple[Market, Decimal, Decimal, PositionSide, StopRule]
) -> None:
    """The trigger that is said is the one that was computed, and lies no further away than asked."""
    market, mark, quantity, side, rule = case
    instrument = speaker.instrument(market)
    trigger = trigger_price(rule, side, mark, instrument.tick)
    request = PlaceOrder(
        instrument.symbol, Leg.STOP, "apxxxxstop", side.closing, quantity, reduce_only=True, trigger_price=trigger,
        trigger_by=TriggerBy.MARK,
    )
    said = exact(speaker, speaker.place(request, instrument), instrument)
    assert trigger in {said[name] for name in speaker.prices if name in said}
    assert {said[name] for name in speaker.quantities if name in said} == {quantity}
    if speaker.set_stop is not None:
        wanted = SetPositionStop(instrument.symbol, trigger, TriggerBy.MARK)
        said = exact(speaker, speaker.set_stop(wanted, instrument), instrument)
        assert trigger in said.values()
    no_looser(trigger, mark, side, rule)


def no_looser(trigger: Decimal, mark: Decimal, side: PositionSide, rule: StopRule) -> None:
    """Never further from the price than asked, and less than a tick nearer is the business of the rounding."""
    edge = loosest(mark, side, rule)
    assert trigger >= edge if side is PositionSide.LONG else trigger <= edge


@each_speaker
@pytest.mark.parametrize("market", MARKETS, ids=lambda market: market.market_id)
def test_the_instrument_has_the_exchange_s_exact_steps(speaker: Speaker, market: Market) -> None:
    """No float came in between: 0.00000001 is that, and not 1e-08 of something."""
    instrument = speaker.instrument(market)
    assert (instrument.tick, instrument.step) == (market.tick, market.step)
    assert (instrument.min_quantity, instrument.max_quantity) == (market.min_quantity, market.max_quantity)
    assert instrument.max_leverage == market.max_leverage


@each_speaker
def test_a_price_of_many_zeros_is_said_in_full(speaker: Speaker) -> None:
    """0.00002480 of SHIB, whose str() in Python would be 0.00002480 or 2.48E-5."""
    instrument = speaker.instrument(next(m for m in MARKETS if m.base == "SHIB"))
    request = PlaceOrder(
        instrument.symbol, Leg.STOP, "apxxxxstop", PositionSide.LONG.closing, Decimal("1E+3"), reduce_only=True,
        trigger_price=Decimal("2.480E-5"), trigger_by=TriggerBy.MARK,
    )
    texts = {str(value) for value in speaker.place(request, instrument).values()}
    assert "0.0000248" in texts
    assert not any("E" in text or "e-" in text for text in texts if text[:1].isdigit())
