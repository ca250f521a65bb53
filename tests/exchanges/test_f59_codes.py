"""F59: what each of Bybit's codes means for each operation, through ccxt's own mapping of codes to classes."""

from __future__ import annotations

import json

import ccxt
import pytest

from atomicpos.exchanges.bybit.refusal_codes import BYBIT_REFUSALS, DEFINITE_THOUGH_BARE, MEANINGS
from atomicpos.exchanges.failures import Failure, classify
from atomicpos.exchanges.refusals import Operation
from atomicpos.models import Refusal
from atomicpos.ports import OutcomeKind

ENTRY, STOP, CLOSE, CANCEL = Operation.ENTRY, Operation.STOP, Operation.CLOSE, Operation.CANCEL
POSITION_STOP, LEVERAGE, MODE = Operation.POSITION_STOP, Operation.LEVERAGE, Operation.MARGIN_MODE
CLIENT = ccxt.bybit()


def graded(code: int, operation: Operation, text: str = "a sentence") -> Failure:
    """The code as text in a reply, the class that ccxt raises for it, and our grade of both."""
    reply = {"retCode": str(code), "retMsg": text, "result": {}}
    try:
        CLIENT.handle_errors(200, "OK", "https://x/v5/order/create", "POST", {}, json.dumps(reply), reply, {}, "")
    except ccxt.BaseError as error:
        return classify(error, code, text, operation, True, BYBIT_REFUSALS)
    raise AssertionError(f"ccxt raises nothing for {code}")


@pytest.mark.parametrize(("code", "operation", "refusal"), [
    (10003, ENTRY, Refusal.OTHER), (10010, ENTRY, Refusal.OTHER), (33004, STOP, Refusal.OTHER),
    (10002, ENTRY, Refusal.OTHER), (10005, ENTRY, Refusal.OTHER), (10027, ENTRY, Refusal.OTHER),
    (10006, ENTRY, Refusal.RATE_LIMITED), (10018, POSITION_STOP, Refusal.RATE_LIMITED),
    (110094, ENTRY, Refusal.OTHER),
    (110007, ENTRY, Refusal.FUNDS), (110006, ENTRY, Refusal.FUNDS), (110053, ENTRY, Refusal.FUNDS),
    (110017, CLOSE, Refusal.NO_POSITION), (110017, STOP, Refusal.NO_POSITION), (110017, ENTRY, Refusal.OTHER),
    (110034, CLOSE, Refusal.NO_POSITION), (30024, POSITION_STOP, Refusal.NO_POSITION),
    (110092, STOP, Refusal.WOULD_TRIGGER), (110093, STOP, Refusal.WOULD_TRIGGER), (110093, CLOSE, Refusal.OTHER),
    (110009, STOP, Refusal.TOO_MANY_STOPS), (110061, POSITION_STOP, Refusal.TOO_MANY_STOPS),
    (110020, STOP, Refusal.TOO_MANY_STOPS), (110020, ENTRY, Refusal.OTHER),
    (30208, ENTRY, Refusal.PRICE_BAND), (30209, CLOSE, Refusal.PRICE_BAND), (110003, CLOSE, Refusal.PRICE_BAND),
    (110118, CLOSE, Refusal.PRICE_BAND), (110121, ENTRY, Refusal.PRICE_BAND),
    (30228, ENTRY, Refusal.OTHER), (110074, ENTRY, Refusal.OTHER), (110126, ENTRY, Refusal.OTHER),
    (110063, ENTRY, Refusal.OTHER), (110066, CLOSE, Refusal.OTHER), (110079, CANCEL, Refusal.OTHER),
    (110001, CANCEL, Refusal.UNKNOWN_ORDER), (110008, CANCEL, Refusal.UNKNOWN_ORDER), (110001, STOP, Refusal.OTHER),
    (110013, LEVERAGE, Refusal.OTHER), (110024, MODE, Refusal.OTHER), (3400045, MODE, Refusal.OTHER),
    (181001, ENTRY, Refusal.OTHER), (170131, ENTRY, Refusal.OTHER), (170193, ENTRY, Refusal.OTHER),
    (170209, ENTRY, Refusal.OTHER), (170213, CANCEL, Refusal.OTHER),
])  # fmt: skip
def test_f59_definite_codes_are_refusals_of_their_kind(code: int, operation: Operation, refusal: Refusal) -> None:
    """Each code with the class that ccxt gives it, bare ones included, is the refusal that the next step needs."""
    assert graded(code, operation) == Failure(OutcomeKind.REFUSED, refusal)


@pytest.mark.parametrize("operation", list(Operation))
@pytest.mark.parametrize("code", [10000, 10016, 429, 110137, 999999, 170001, 170007, 170032, 170035, 170146])
def test_f59_codes_that_leave_it_open_are_unknown(code: int, operation: Operation) -> None:
    """A server's timeout, its error and a code of the future say nothing about whether it was carried out."""
    assert graded(code, operation) == Failure(OutcomeKind.UNKNOWN)
    assert graded(code, operation, "Request timeout, please try again later") == Failure(OutcomeKind.UNKNOWN)


def test_f59_a_duplicate_id_means_that_the_first_send_succeeded() -> None:
    """Look it up: it is no refusal, though ccxt calls it an invalid order."""
    assert graded(110072, ENTRY) == Failure(OutcomeKind.UNKNOWN, Refusal.DUPLICATE_ID)


@pytest.mark.parametrize("cls", [ccxt.RequestTimeout, ccxt.ExchangeNotAvailable, ccxt.InvalidProxySettings, OSError])
def test_f59_a_listed_code_counts_only_as_the_exchanges_own_answer(cls: type[Exception]) -> None:
    """The same code beside an error of the network or of the client decides nothing."""
    for code in DEFINITE_THOUGH_BARE:
        assert classify(cls(), code, "", ENTRY, True, BYBIT_REFUSALS) == Failure(OutcomeKind.UNKNOWN)
        assert classify(ccxt.ExchangeError(), code, "", ENTRY, True, BYBIT_REFUSALS).kind is OutcomeKind.REFUSED


def test_the_list_of_bare_codes_holds_only_codes_that_ccxt_has_no_class_for() -> None:
    """A code for which ccxt has a named class needs no place on the list: the list is not a second mapping."""
    classes = {code: CLIENT.exceptions["exact"].get(str(code)) for code in DEFINITE_THOUGH_BARE}
    assert {code: cls for code, cls in classes.items() if cls not in (None, ccxt.ExchangeError)} == {}


def test_no_code_means_two_things_to_one_operation() -> None:
    """The order of the rows never decides."""
    pairs = [(code, op) for meaning in MEANINGS for code in meaning.codes for op in meaning.operations]
    assert len(pairs) == len(set(pairs))
