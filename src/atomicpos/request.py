"""What a caller asks for, checked and turned into Decimals: bad input ends here, with a sentence, before any send."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from .errors import InvalidRequest
from .models import Intent, PositionSide, StopRule, TargetRule, TriggerBy
from .stop_price import HUNDRED, beyond, trigger_price

StopFunction = Callable[[Decimal, PositionSide], object]

NAME_LENGTH = 100
"""How many characters the name of a person may have at the most."""
SIDES = {
    "buy": PositionSide.LONG,
    "long": PositionSide.LONG,
    "sell": PositionSide.SHORT,
    "short": PositionSide.SHORT,
}


@dataclass(frozen=True, slots=True)
class Request:
    """One checked request; what depends on the instrument or the mark price is checked in ``limits``."""

    symbol: str
    side: PositionSide
    quantity: Decimal
    stop_rule: StopRule
    stop_function: StopFunction | None = None
    leverage: Decimal | None = None
    idempotency_key: str | None = None
    target_rule: TargetRule | None = None

    @property
    def hash(self) -> str:
        """The same for the same request: a key may not be used again for another one."""
        rule = self.stop_rule
        stop = "callable" if self.stop_function is not None else f"{plain(rule.percent)}/{plain(rule.price)}"
        asked = (self.symbol, self.side.value, plain(self.quantity), plain(self.leverage))
        target = self.target_rule  # a part only where one was asked for: the hashes of before stay as they are
        taken = () if target is None else (f"target {plain(target.percent)}/{plain(target.price)}",)
        parts = (*asked, stop, rule.trigger_by.value, *taken)
        return hashlib.sha256("|".join(parts).encode()).hexdigest()


def read_request(
    symbol: object,
    side: object,
    quantity: object,
    *,
    stop_loss_percent: object = None,
    stop_loss_price: object = None,
    stop_loss: object = None,
    take_profit_percent: object = None,
    take_profit_price: object = None,
    leverage: object = None,
    idempotency_key: object = None,
    trigger_by: TriggerBy = TriggerBy.MARK,
) -> Request:
    """Check what can be checked without the exchange. Raises InvalidRequest naming the value and the limit."""
    rule, function = _stop(stop_loss_percent, stop_loss_price, stop_loss, trigger_by)
    found = read_side(side)
    return Request(
        symbol=_text("symbol", symbol),
        side=found,
        quantity=positive("quantity", quantity),
        stop_rule=rule,
        stop_function=function,
        leverage=None if leverage is None else positive("leverage", leverage),
        idempotency_key=None if idempotency_key is None else _text("idempotency_key", idempotency_key),
        target_rule=_target(take_profit_percent, take_profit_price, found),
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


def with_distance(request: Request, answer: object, mark: Decimal) -> Request:
    """The request with a callable's answer for the mark price stored as a distance in percent."""
    price = positive("the price that stop_loss returned", answer)
    rule = StopRule(percent=abs(mark - price) / mark * HUNDRED, trigger_by=request.stop_rule.trigger_by)
    wrong = beyond(price, request.side, mark)
    if wrong or not 0 < (rule.percent or 0) < HUNDRED:
        raise InvalidRequest(wrong_side("the price that stop_loss returned", price, request.side, mark))
    return replace(request, stop_rule=rule)


def rule_of(answer: object, intent: Intent, average: Decimal) -> StopRule:
    """The rule that a callable's answer for the average fill makes. Raises InvalidRequest for the wrong side."""
    price = positive("the price that stop_loss returned", answer)
    trigger = trigger_price(StopRule(price=price), intent.side, average, intent.tick)
    if beyond(trigger, intent.side, average):
        raise InvalidRequest(f"{price} is on the wrong side of the average fill {average} of a {intent.side} position")
    return StopRule(price=price, trigger_by=intent.stop_rule.trigger_by)


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
        return StopRule(price=positive("stop_loss_price", price), trigger_by=by), None
    found = number("stop_loss_percent", percent)
    if not 0 < found < HUNDRED:
        raise InvalidRequest(f"stop_loss_percent is {percent!r}; it must lie above 0 and below 100")
    return StopRule(percent=found, trigger_by=by), None


def _target(percent: object, price: object, side: PositionSide) -> TargetRule | None:
    """A short gains less than a hundred percent at the most: there its price would be zero."""
    if percent is not None and price is not None:
        raise InvalidRequest(
            "a position takes at most one target: take_profit_percent or take_profit_price; both were given"
        )
    if price is not None:
        return TargetRule(price=positive("take_profit_price", price))
    if percent is None:
        return None
    found = positive("take_profit_percent", percent)
    if side is PositionSide.SHORT and found >= HUNDRED:
        raise InvalidRequest(
            f"take_profit_percent is {percent!r}; for a short position it must lie above 0 and below 100"
        )
    return TargetRule(percent=found)


def wrong_side(name: str, price: Decimal, side: PositionSide, mark: Decimal) -> str:
    """The sentence for a stop on the wrong side of the mark price."""
    return _belongs(name, price, side, mark, "below" if side is PositionSide.LONG else "above")


def wrong_target(price: Decimal, side: PositionSide, mark: Decimal) -> str:
    """The sentence for a target that the mark price has reached."""
    return _belongs("take_profit_price", price, side, mark, "above" if side is PositionSide.LONG else "below")


def _belongs(name: str, price: Decimal, side: PositionSide, mark: Decimal, where: str) -> str:
    return f"{name} is {price}; for a {side.value} position it must lie {where} the mark price {mark}"


def positive(name: str, value: object) -> Decimal:
    """A number above zero. Raises InvalidRequest."""
    found = number(name, value)
    if found <= 0:
        raise InvalidRequest(f"{name} is {value!r}; it must be above 0")
    return found


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidRequest(f"{name} is {value!r}; it must be a text of at least one character")
    return value.strip()


def read_name(by: object) -> str | None:
    """Whose act it is, for the journal; None for nobody's. Raises InvalidRequest."""
    if by is None:
        return None
    name = by.strip() if isinstance(by, str) else ""
    if not 0 < len(name) <= NAME_LENGTH or not name.isprintable():
        raise InvalidRequest(f"by is {by!r}; it must be a name of 1 to {NAME_LENGTH} printable characters")
    return name


def plain(value: Decimal | None) -> str:
    """One text for one value: 10, 10.0 and 1E+1 are the same request."""
    return "" if value is None else format(value.normalize(), "f")
