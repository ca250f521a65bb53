"""What a failed write means: a pure function of what was tried, what was raised and what the exchange said.

A refusal is definite only when the exchange's own code was read and either ccxt raised a *named* class from a list or
the code is on a list of the exchange's own. All else that may have left is unknown: timeouts, resets, HTML, bare
errors, errors of our own (F06, F10, F18). The same code means different things for different operations (F36).
"""

from __future__ import annotations

from dataclasses import dataclass

from atomicpos.models import Refusal
from atomicpos.ports import OutcomeKind

from .refusals import Code, Operation, RefusalTable


@dataclass(frozen=True, slots=True)
class Failure:
    """The kind of outcome, and the refusal as far as the next step depends on it."""

    kind: OutcomeKind
    refusal: Refusal | None = None


DEFINITE = frozenset({
    "ArgumentsRequired", "AuthenticationError", "BadRequest", "BadSymbol", "InsufficientFunds", "InvalidNonce",
    "InvalidOrder", "NotSupported", "OperationRejected", "PermissionDenied", "RateLimitExceeded",
})  # fmt: skip
"""ccxt classes that, with a code of the exchange, say that the request was not carried out.

Compared by name, since importing ccxt's errors imports every exchange it knows.
"""


def classify(
    error: Exception | None, code: Code | None, text: str, operation: Operation, left: bool, table: RefusalTable
) -> Failure:
    """What a write that raised means. ``left`` False: the transport wrote no byte of it."""
    if not left:
        return Failure(OutcomeKind.NOT_SENT)
    names = {cls.__name__ for cls in type(error).__mro__} if error is not None else set()
    if not code or code in table.undecided:
        return Failure(OutcomeKind.UNKNOWN)
    if code in table.duplicates or "DuplicateOrderId" in names:
        return Failure(OutcomeKind.UNKNOWN, Refusal.DUPLICATE_ID)
    if code in table.definite or names & DEFINITE or (_bare(error) and code in table.definite_though_bare):
        return Failure(OutcomeKind.REFUSED, _refusal(code, names, text, operation, table))
    return Failure(OutcomeKind.UNKNOWN)


def _bare(error: Exception | None) -> bool:
    """The exchange answered with an error and ccxt had no class for its code; nothing of the network or of our own."""
    return type(error).__name__ == "ExchangeError"


def _refusal(code: Code, names: set[str], text: str, operation: Operation, table: RefusalTable) -> Refusal:
    if code in table.elsewhere:
        return Refusal.OTHER
    for meaning in table.meanings:
        if code in meaning.codes and operation in meaning.operations:
            return meaning.refusal
    return _by_sentence(text, operation, table) if code in table.generic else _by_class(names, operation)


def _by_sentence(text: str, operation: Operation, table: RefusalTable) -> Refusal:
    for sentence in table.sentences:
        if operation in sentence.operations and sentence.pattern.search(text):
            return sentence.refusal
    return Refusal.OTHER


def _by_class(names: set[str], operation: Operation) -> Refusal:
    """For codes that no table of ours knows, what ccxt makes of them."""
    if "RateLimitExceeded" in names:
        return Refusal.RATE_LIMITED
    if "InsufficientFunds" in names:
        return Refusal.FUNDS
    if operation is Operation.CANCEL and "OrderNotFound" in names:
        return Refusal.UNKNOWN_ORDER
    return Refusal.OTHER
