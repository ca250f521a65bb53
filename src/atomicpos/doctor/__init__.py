"""The doctor: whether an account can be traded on, found before the first order. Over ports only."""

from .account_checks import check_account
from .canary import CanaryBounds, StopCanary
from .examining import examine
from .facts import AccountFacts, ClockReading, Reading, SymbolFacts, Wanted
from .findings import Finding, Verdict, refusals, warnings
from .first_entry import FirstEntry
from .looking import look_at_account, look_at_symbol
from .symbol_checks import check_symbol

__all__ = [
    "AccountFacts",
    "CanaryBounds",
    "ClockReading",
    "Finding",
    "FirstEntry",
    "Reading",
    "StopCanary",
    "SymbolFacts",
    "Verdict",
    "Wanted",
    "check_account",
    "check_symbol",
    "examine",
    "look_at_account",
    "look_at_symbol",
    "refusals",
    "warnings",
]
