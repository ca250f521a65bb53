"""Faults as data: which call on which symbol goes wrong, how, and when."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from atomicpos.models import MICROSECONDS

from .fault_kinds import APPLIES_TO, KINDS, STANDING, Call, FaultKind, named
from .markets import perpetual

__all__ = ["KINDS", "Call", "Fault", "FaultKind", "Faults"]


def _member(name: str, value: object, allowed: type[StrEnum]) -> None:
    if value not in [member.value for member in allowed]:
        raise ValueError(f"{name} is {value!r}; it must be one of {', '.join(allowed)}")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. Raises ValueError naming the value and what is allowed."""

    call: str
    symbol: str | None
    """Unified symbol or raw id; None for every symbol."""
    kind: str
    nth: int | None = None
    """Strike only the nth such call on a symbol since the fault was set, counted from 1; None for every one."""
    seconds: float | None = None
    """What it means depends on the kind; None for the face's own default."""
    code: str | None = None
    """Why a ``refuse`` refuses: a reason of the engine's (``RefusalReason``), or a code of the exchange's own."""

    def __post_init__(self) -> None:
        _member("call", self.call, Call)
        _member("kind", self.kind, FaultKind)
        self._check_applies()
        self._check_numbers()
        self._check_code()
        if self.symbol is not None:
            self._check_symbol(self.symbol)

    def _check_applies(self) -> None:
        allowed = APPLIES_TO[FaultKind(self.kind)]
        if self.call not in allowed:
            call, kind = str(self.call), str(self.kind)
            raise ValueError(f"call is {call!r}; a fault of kind {kind!r} applies to {named(allowed)}")

    def _check_numbers(self) -> None:
        standing = self.kind in STANDING
        if self.nth is not None and (standing or isinstance(self.nth, bool) or not _counts(self.nth)):
            allowed = "null for this kind" if standing else "null or a whole number from 1"
            raise ValueError(f"nth is {self.nth!r}; it must be {allowed}")
        if self.seconds is None and not standing:
            return
        if not _duration(self.seconds):
            raise ValueError(f"seconds is {self.seconds!r}; it must be a number of seconds from 0 to 1000000")

    def _check_code(self) -> None:
        if self.code is None:
            return
        if self.kind != FaultKind.REFUSE:
            raise ValueError(f"code is {self.code!r}; only a fault of kind 'refuse' takes one")
        if not isinstance(self.code, str) or not self.code:
            raise ValueError(f"code is {self.code!r}; it must be null or a word")

    @staticmethod
    def _check_symbol(symbol: object) -> None:
        try:
            perpetual(str(symbol))
        except LookupError as error:
            raise ValueError(f"symbol is {symbol!r}; {error.args[0]}") from None

    @property
    def duration_us(self) -> int:
        """``seconds`` in microseconds, 0 when none were given."""
        return round((self.seconds or 0) * MICROSECONDS)

    def concerns(self, call: str, symbol: str) -> bool:
        """True when it is set for that call on that symbol."""
        return self.call == call and (self.symbol in (None, symbol) or _unified(self.symbol) == _unified(symbol))


def _unified(symbol: str) -> str:
    """The perpetual's unified symbol; what is none is left as it is, for the engine to refuse."""
    try:
        return perpetual(symbol).symbol
    except LookupError:
        return symbol


def _counts(nth: object) -> bool:
    return isinstance(nth, int) and nth >= 1


def _duration(seconds: object) -> bool:
    return isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 <= seconds <= 1_000_000


class _Armed:
    """A fault that was set, with the calls it has counted since."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self._calls: Counter[str] = Counter()

    def due(self, call: str, symbol: str) -> bool:
        if not self.fault.concerns(call, symbol):
            return False
        name = _unified(symbol)
        self._calls[name] += 1
        return self.fault.nth is None or self.fault.nth == self._calls[name]

    def dates_back(self, call: str, symbol: str) -> bool:
        """True when it makes the newest of its calls on that symbol look back."""
        if not self.fault.concerns(call, symbol):
            return False
        return self.fault.kind == FaultKind.LAG or (self.fault.kind == FaultKind.BACKWARDS and self._second(symbol))

    def _second(self, symbol: str) -> bool:
        """True when the newest of its calls on that symbol was a second one: the 2nd, 4th, 6th..."""
        count = self._calls[_unified(symbol)]
        return count > 0 and count % 2 == 0


class Faults:
    """The faults that are set. When several strike the same call, the one set first does."""

    def __init__(self) -> None:
        self._armed: list[_Armed] = []
        self._entered_us: dict[str, int] = {}

    def add(self, *faults: Fault) -> None:
        """Set faults; each counts its calls from now on."""
        self._armed.extend(_Armed(fault) for fault in faults)

    def clear(self) -> None:
        """Lift all faults."""
        self._armed.clear()

    def entered(self, symbol: str, at_us: int) -> None:
        """The engine says: an entry was accepted on a symbol that was flat."""
        self._entered_us[_unified(symbol)] = at_us

    def lag_us(self, call: str, symbol: str) -> int:
        """How far back the read that was counted last looks: the longest lag set."""
        return max([armed.fault.duration_us for armed in self._armed if armed.dates_back(call, symbol)], default=0)

    def blind(self, call: str, symbol: str, now_us: int) -> bool:
        """True while an ``empty`` fault makes a read of that kind answer with nothing."""
        entered_us = self._entered_us.get(_unified(symbol))
        if entered_us is None:
            return False
        spans = (armed.fault for armed in self._armed if armed.fault.kind == FaultKind.EMPTY)
        return any(now_us < entered_us + fault.duration_us for fault in spans if fault.concerns(call, symbol))

    def strike(self, call: str, symbol: str) -> Fault | None:
        """Count the call, and say which fault strikes it now. Standing kinds are conditions, not strikes."""
        due = [armed.fault for armed in self._armed if armed.due(call, symbol)]
        return next((fault for fault in due if fault.kind not in STANDING), None)
