"""What a failed write means, as a pure function."""

from __future__ import annotations

import ccxt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atomicpos.exchanges.bybit.refusal_codes import BYBIT_REFUSALS, DEFINITE_THOUGH_BARE, DUPLICATES
from atomicpos.exchanges.failures import DEFINITE, Failure, classify
from atomicpos.exchanges.refusals import Operation
from atomicpos.models import Refusal
from atomicpos.ports import OutcomeKind

REFUSED, UNKNOWN, NOT_SENT = OutcomeKind.REFUSED, OutcomeKind.UNKNOWN, OutcomeKind.NOT_SENT
CLASSES = sorted(
    (c for c in vars(ccxt).values() if isinstance(c, type) and issubclass(c, ccxt.BaseError)),
    key=lambda cls: cls.__name__,
)


@pytest.mark.parametrize(
    ("operation", "error", "code", "text", "refusal"),
    [
        (Operation.ENTRY, ccxt.InsufficientFunds(), 110007, "ab not enough", Refusal.FUNDS),
        (Operation.ENTRY, ccxt.BadRequest(), 10001, "position idx not match position mode", Refusal.OTHER),
        (Operation.ENTRY, ccxt.RateLimitExceeded(), 10006, "too many visits", Refusal.RATE_LIMITED),
        (Operation.ENTRY, ccxt.InvalidNonce(), 10002, "timestamp outside of the window", Refusal.OTHER),
        (Operation.ENTRY, ccxt.InvalidOrder(), 110094, "below the minimum", Refusal.OTHER),
        (Operation.CLOSE, ccxt.InvalidOrder(), 110017, "reduce-only rule", Refusal.NO_POSITION),
        (Operation.STOP, ccxt.InvalidOrder(), 110017, "reduce-only rule", Refusal.NO_POSITION),
        (Operation.STOP, ccxt.InvalidOrder(), 110092, "expect Rising", Refusal.WOULD_TRIGGER),
        (Operation.STOP, ccxt.InvalidOrder(), 110093, "expect Falling", Refusal.WOULD_TRIGGER),
        (Operation.CLOSE, ccxt.InvalidOrder(), 110092, "expect Rising", Refusal.OTHER),
        (Operation.CANCEL, ccxt.OrderNotFound(), 110001, "order not exists", Refusal.UNKNOWN_ORDER),
        (Operation.CANCEL, ccxt.InvalidOrder(), 110010, "already cancelled", Refusal.UNKNOWN_ORDER),
    ],
)
def test_definite_refusals_say_what_the_next_step_needs(
    operation: Operation, error: Exception, code: int, text: str, refusal: Refusal
) -> None:
    """A named class with a code of the exchange is a refusal, graded by what was tried."""
    assert classify(error, code, text, operation, True, BYBIT_REFUSALS) == Failure(REFUSED, refusal)


@pytest.mark.parametrize(
    ("operation", "text", "refusal"),
    [
        (Operation.ENTRY, "can not set tp/sl/ts for zero position", Refusal.OTHER),
        (Operation.STOP, "can not set tp/sl/ts for zero position", Refusal.NO_POSITION),
        (Operation.CLOSE, "current position is zero, cannot fix reduce-only order qty", Refusal.NO_POSITION),
        (Operation.STOP, "StopLoss for Buy position should lower than base_price", Refusal.WOULD_TRIGGER),
        (Operation.STOP, "expect Falling, but trigger_price[1] >= current[1]", Refusal.WOULD_TRIGGER),
        (Operation.STOP, "Qty invalid", Refusal.PRECISION),
        (Operation.CANCEL, "params error", Refusal.OTHER),
    ],
)
def test_f36_the_generic_parameter_error_is_read_by_operation_and_text(
    operation: Operation, text: str, refusal: Refusal
) -> None:
    """Code 10001 alone says nothing: the same code means other things for an entry, a stop and a close."""
    assert classify(ccxt.BadRequest(), 10001, text, operation, True, BYBIT_REFUSALS) == Failure(REFUSED, refusal)


@pytest.mark.parametrize("operation", list(Operation))
def test_f10_a_duplicate_id_means_look_it_up(operation: Operation) -> None:
    """An order with our id exists already: never a definite refusal."""
    for code in DUPLICATES:
        assert classify(ccxt.InvalidOrder(), code, "duplicate", operation, True, BYBIT_REFUSALS) == Failure(
            UNKNOWN, Refusal.DUPLICATE_ID
        )


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ccxt.ExchangeError(), 10016), (ccxt.ExchangeError(), 10000), (ccxt.RequestTimeout(), 10016),
        (ccxt.ExchangeError(), 999999), (ccxt.InsufficientFunds(), None), (ccxt.ExchangeNotAvailable(), None),
        (ccxt.RateLimitExceeded(), None), (KeyError("x"), 0), (TypeError(), None), (None, None),
    ],
)  # fmt: skip
def test_all_else_that_may_have_left_is_unknown(error: Exception | None, code: int | None) -> None:
    """Bare errors, timeouts, errors of our own and named classes without a code prove nothing."""
    assert classify(error, code, "", Operation.ENTRY, True, BYBIT_REFUSALS) == Failure(UNKNOWN)


@given(
    st.sampled_from(CLASSES), st.none() | st.integers(-10, 200_000), st.text(max_size=40),
    st.sampled_from(list(Operation)), st.booleans(),
)  # fmt: skip
def test_refused_needs_class_code_and_a_byte_on_the_wire(
    cls: type[Exception], code: int | None, text: str, operation: Operation, left: bool
) -> None:
    """Over every class of ccxt and any code: not sent exactly without a byte, refused only by the rule."""
    failure = classify(cls(text), code, text, operation, left, BYBIT_REFUSALS)
    assert (failure.kind is NOT_SENT) is (not left)
    if failure.kind is REFUSED:
        assert code
        assert code not in DUPLICATES
        bare = cls is ccxt.ExchangeError and code in DEFINITE_THOUGH_BARE
        assert bare or {c.__name__ for c in cls.__mro__} & DEFINITE
        assert not issubclass(cls, ccxt.RequestTimeout)
