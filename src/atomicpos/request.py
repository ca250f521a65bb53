"""What a caller asks for, checked and turned into Decimals: bad input ends here, with a sentence, before any send."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from .errors import InvalidRequest
from .models import Instrument, PositionSide, StopRule, TriggerBy
from .stop_price import HUNDRED, beyond, trigger_price

StopFunction = Callable[[Decimal, PositionSide], object]

SIDES = {
    "buy": PositionSide.LONG,
    "long": PositionSide.LONG,
    "sell": PositionSide.SHORT,
    "short": PositionSide.SHORT,
}


@dataclass(frozen=True, slots=True)
class Request:
    """One checked request; what depends on the instrument or the mark price is checked by ``fits``."""

    symbol: str
    side: PositionSide
    quantity: Decimal
    stop_rule: StopRule
    stop_function: StopFunction | None = None
    leverage: Decimal | None = None
    idempotency_key: str | None = None

    @property
    def hash(self) -> str:
        """The same for the same request: a key may not be used again for another one."""
        rule = self.stop_rule
        stop = "callable" if self.stop_function is not None else f"{_plain(rule.percent)}/{_plain(rule.price)}"
        asked = (self.symbol, self.side.value, _plain(self.quantity), _plain(self.leverage))
        parts = (*asked, stop, rule.trigger_by.value)
        return hashlib.sha256("|".join(parts).encode()).hexdigest()


def read_request(
    symbol: object,
    side: object,
    quantity: object,
    *,
    stop_loss_percent: object = None,
    stop_loss_price: object = None,
    stop_loss: object = None,
    leverage: object = None,
    idempotency_key: object = None,
    trigger_by: TriggerBy = TriggerBy.MARK,
) -> Request:
    """Check what can be checked without the exchange. Raises InvalidRequest naming the value and the limit."""
    rule, function = _stop(stop_loss_percent, stop_loss_price, stop_loss, trigger_by)
    return Request(
        symbol=_text("symbol", symbol),
        side=read_side(side),
        quantity=_positive("quantity", quantity),
        stop_rule=rule,
        stop_function=function,
        leverage=None if leverage is None else _positive("leverage", leverage),
        idempotency_key=None if idempotency_key is None else _text("idempotency_key", idempotency_key),
    )


def read_side(side: object) -> PositionSide:
    """buy, sell, long or short in any case; anything else is refused, there is no default side (F05, F22)."""
    found = SIDES.get(side.strip().lower()) if isinstance(side, str) else None
    if found is None:
        raise InvalidRequest(f"side is {side!r}; it must be one of buy, sell, long, short")
    return found


def number(name: str, value: object) -> Decimal:
    """A finite number; a float counts by its repr, so that 0.1 is 0.1."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise InvalidRequest(f"{name} is {value!r}; it must be a str, int, float or Decimal")
    try:
        found = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    except InvalidOperation:
        raise InvalidRequest(f"{name} is {value!r}; it must be a number") from None
    if not found.is_finite():
        raise InvalidRequest(f"{name} is {value!r}; it must be a finite number")
    return found


def fits(request: Request, instrument: Instrument, mark: Decimal) -> None:
    """Check the request against the instrument's limits and the mark price. Raises InvalidRequest."""
    _fits_quantity(request.quantity, instrument)
    if instrument.min_notional is not None and request.quantity * mark < instrument.min_notional:
        raise InvalidRequest(
            f"quantity {request.quantity} {instrument.symbol} is worth {_plain(request.quantity * mark)} at the mark "
            f"price {mark}; the least is {instrument.min_notional}"
        )
    if instrument.max_leverage is not None and (request.leverage or 0) > instrument.max_leverage:
        most = instrument.max_leverage
        raise InvalidRequest(f"leverage is {request.leverage}; {instrument.symbol} allows up to {most}")
    _fits_stop(request, instrument, mark)


def with_distance(request: Request, answer: object, mark: Decimal) -> Request:
    """The request with a callable's answer for the mark price stored as a distance in percent."""
    price = _positive("the price that stop_loss returned", answer)
    rule = StopRule(percent=abs(mark - price) / mark * HUNDRED, trigger_by=request.stop_rule.trigger_by)
    wrong = beyond(price, request.side, mark)
    if wrong or not 0 < (rule.percent or 0) < HUNDRED:
        raise InvalidRequest(_wrong_side("the price that stop_loss returned", price, request.side, mark))
    return replace(request, stop_rule=rule)


# --- parts --------------------------------------------------------------------------------------------------------


def _stop(percent: object, price: object, function: object, by: TriggerBy) -> tuple[StopRule, StopFunction | None]:
    given = [name for name, value in (
        ("stop_loss_percent", percent), ("stop_loss_price", price), ("stop_loss", function)) if value is not None]
    if len(given) != 1:
        what = "none" if not given else " and ".join(given)
        raise InvalidRequest(
            f"a position needs exactly one stop rule: stop_loss_percent, stop_loss_price or stop_loss; {what} was given"
        )
    if function is not None:
        if not callable(function):
            how = "it must be callable: stop_loss(entry_price, side) -> price"
            raise InvalidRequest(f"stop_loss is {function!r}; {how}")
        return StopRule(trigger_by=by), function
    if price is not None:
        return StopRule(price=_positive("stop_loss_price", price), trigger_by=by), None
    found = number("stop_loss_percent", percent)
    if not 0 < found < HUNDRED:
        raise InvalidRequest(f"stop_loss_percent is {percent!r}; it must lie above 0 and below 100")
    return StopRule(percent=found, trigger_by=by), None


def _fits_quantity(quantity: Decimal, instrument: Instrument) -> None:
    low, high, step = instrument.min_quantity, instrument.max_quantity, instrument.step
    if quantity < low:
        raise InvalidRequest(f"quantity is {quantity}; the least for {instrument.symbol} is {low}")
    if high is not None and quantity > high:
        raise InvalidRequest(f"quantity is {quantity}; the most for one market order of {instrument.symbol} is {high}")
    if quantity % step != 0:
        nearest = (quantity / step).to_integral_value(rounding=ROUND_HALF_EVEN) * step
        raise InvalidRequest(
            f"quantity is {quantity}; {instrument.symbol} trades in steps of {step}, the nearest is {_plain(nearest)}"
        )


def _fits_stop(request: Request, instrument: Instrument, mark: Decimal) -> None:
    rule, side = request.stop_rule, request.side
    trigger = trigger_price(rule, side, mark, instrument.tick)
    if not beyond(trigger, side, mark):
        return
    if rule.price is not None:
        raise InvalidRequest(_wrong_side("stop_loss_price", rule.price, side, mark))
    raise InvalidRequest(
        f"stop_loss_percent is {rule.percent}; at the mark price {mark} of {instrument.symbol} that is less than one "
        f"tick ({instrument.tick})"
    )


def _wrong_side(name: str, price: Decimal, side: PositionSide, mark: Decimal) -> str:
    where = "below" if side is PositionSide.LONG else "above"
    return f"{name} is {price}; for a {side.value} position it must lie {where} the mark price {mark}"


def _positive(name: str, value: object) -> Decimal:
    found = number(name, value)
    if found <= 0:
        raise InvalidRequest(f"{name} is {value!r}; it must be above 0")
    return found


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidRequest(f"{name} is {value!r}; it must be a text of at least one character")
    return value.strip()


def _plain(value: Decimal | None) -> str:
    """One text for one value: 10, 10.0 and 1E+1 are the same request."""
    return "" if value is None else format(value.normalize(), "f")
