"""Whether a request fits: the instrument's limits, the price, the stop and the liquidation. Pure; all before any send.

Each check raises InvalidRequest with one sentence that names the value and the limit.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from .errors import InvalidRequest
from .evidence import PositionView
from .models import Instrument, MarginMode, PositionSide
from .profile import Profile
from .request import Request, plain, wrong_side, wrong_target
from .stop_price import HUNDRED, beyond, trigger_price
from .target_price import reached, target_trigger
from .worst_price import worst_price


def fits(request: Request, instrument: Instrument, mark: Decimal) -> None:
    """Quantity, notional, leverage, stop and target fit the instrument at that mark price. Raises InvalidRequest."""
    check_quantity(request.quantity, instrument)
    worth, least = request.quantity * mark, instrument.min_notional
    if least is not None and worth < least:
        raise InvalidRequest(
            f"quantity {request.quantity} {instrument.symbol} is worth {plain(worth)} at the mark price {mark}; the "
            f"least is {least}"
        )
    if instrument.max_leverage is not None and (request.leverage or 0) > instrument.max_leverage:
        most = instrument.max_leverage
        raise InvalidRequest(f"leverage is {request.leverage}; {instrument.symbol} allows up to {most}")
    _check_stop(request, instrument, mark)
    _check_target(request, instrument, mark)


def check_profile(request: Request, profile: Profile) -> None:
    """The exchange has what was asked for. Raises InvalidRequest."""
    if request.target_rule is not None and not profile.targets:
        raise InvalidRequest(f"take_profit_percent and take_profit_price are not supported on {profile.name}")


def check_quantity(quantity: Decimal, instrument: Instrument) -> None:
    """One order may have that quantity, and one order may close it again (F57). Raises InvalidRequest."""
    low, high, step = instrument.min_quantity, instrument.max_quantity, instrument.step
    if quantity < low:
        raise InvalidRequest(f"quantity is {quantity}; the least for {instrument.symbol} is {low}")
    if high is not None and quantity > high:
        raise InvalidRequest(f"quantity is {quantity}; the most for one market order of {instrument.symbol} is {high}")
    if quantity % step != 0:
        nearest = (quantity / step).to_integral_value(rounding=ROUND_HALF_EVEN) * step
        raise InvalidRequest(
            f"quantity is {quantity}; {instrument.symbol} trades in steps of {step}, the nearest is {plain(nearest)}"
        )


def _check_stop(request: Request, instrument: Instrument, mark: Decimal) -> None:
    rule, side = request.stop_rule, request.side
    trigger = trigger_price(rule, side, mark, instrument.tick)
    if not beyond(trigger, side, mark):
        return
    if rule.price is not None:
        raise InvalidRequest(wrong_side("stop_loss_price", rule.price, side, mark))
    raise InvalidRequest(
        f"stop_loss_percent is {rule.percent}; at the mark price {mark} of {instrument.symbol} that is less than one "
        f"tick ({instrument.tick})"
    )


def _check_target(request: Request, instrument: Instrument, mark: Decimal) -> None:
    rule, side = request.target_rule, request.side
    if rule is None or not reached(target_trigger(rule, side, mark, instrument.tick), side, mark):
        return
    if rule.price is not None:
        raise InvalidRequest(wrong_target(rule.price, side, mark))
    raise InvalidRequest(
        f"take_profit_percent is {rule.percent}; at the mark price {mark} of {instrument.symbol} that leaves no tick "
        f"({instrument.tick}) above 0"
    )


def check_liquidation(
    request: Request, instrument: Instrument, mark: Decimal, slot: PositionView, margin_mode: MarginMode | None
) -> None:
    """The stop lies before the estimated liquidation price of an isolated position. Raises InvalidRequest.

    Entry price times (1 - 1/leverage + maintenance rate) for a long, mirrored for a short: the textbook formula of a
    linear isolated position, without fees. With cross margin the account's balance decides, which is not known here;
    the exchange's own liquidation price is compared after the fill.
    """
    leverage, rate = request.leverage or slot.leverage, instrument.maintenance_rate
    if leverage is None or rate is None or margin_mode is not MarginMode.ISOLATED:
        return
    room = 1 / leverage - rate
    liquidated = mark * (1 - room) if request.side is PositionSide.LONG else mark * (1 + room)
    trigger = trigger_price(request.stop_rule, request.side, mark, instrument.tick)
    if beyond(liquidated, request.side, trigger):
        raise InvalidRequest(
            f"the stop at {plain(trigger)} lies beyond the estimated liquidation price {plain(_rounded(liquidated))} "
            f"of an isolated {request.side.value} position at leverage {plain(leverage)}; take a nearer stop or a "
            "lower leverage"
        )


def _rounded(price: Decimal) -> Decimal:
    return price.quantize(Decimal(1).scaleb(price.adjusted() - 5)) if price > 0 else Decimal(0)


def entry_limit(side: PositionSide, mark: Decimal, slippage_percent: Decimal, instrument: Instrument) -> Decimal:
    """The worst price an entry may pay, inside the exchange's own band. Raises InvalidRequest."""
    reach, band = slippage_percent / HUNDRED, instrument.price_band
    if band is not None and reach > band:
        raise InvalidRequest(
            f"max_slippage_percent is {slippage_percent}; {instrument.symbol} takes limit prices up to "
            f"{plain(band * HUNDRED)} % beyond the mark price"
        )
    return worst_price(side.opening, mark, reach, instrument.tick)
