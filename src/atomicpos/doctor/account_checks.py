"""The checks that hold for the whole account. Pure: from what was read to a finding."""

from __future__ import annotations

from collections.abc import Callable

from ..models import MICROSECONDS
from .facts import AccountFacts, Wanted
from .findings import Finding, Verdict

KEY, CLOCK = "key", "clock"

DAY_US = 24 * 3600 * MICROSECONDS
KEY_ENDS_SOON_US = 7 * DAY_US
"""A key that ends within these is worth a warning: whoever renews it may be away for some days."""


def key(facts: AccountFacts, wanted: Wanted) -> Finding:
    """The key may trade, and does not end soon."""
    said = facts.key
    if said.may_trade is False:
        return Finding(
            KEY, Verdict.REFUSE,
            "the API key may not trade contracts; allow it to place their orders and change their positions",
        )
    if said.expires_at_us is not None and said.expires_at_us - facts.now_us <= KEY_ENDS_SOON_US:
        return _ends(said.expires_at_us - facts.now_us)
    may = "the API key may trade contracts" if said.may_trade else "the exchange does not say what the API key may do"
    bound = {True: ", from listed addresses only", False: ", from any address", None: ""}[said.ip_bound]
    return Finding(KEY, Verdict.OK, may + bound)


def _ends(left_us: int) -> Finding:
    if left_us <= 0:
        return Finding(KEY, Verdict.REFUSE, "the API key has ended; renew it, or use another")
    return Finding(KEY, Verdict.WARNING, f"the API key ends in {left_us / DAY_US:.1f} days; renew it, or use another")


def clock(facts: AccountFacts, wanted: Wanted) -> Finding:
    """Our clock and the exchange's are no further apart than ``clock_skew_s_max``.

    The exchange told its time somewhere between our asking and the answer. What is refused is too far apart wherever
    in between it was; a slow answer alone refuses nothing.
    """
    read, limit_s = facts.clock.value, wanted.clock_skew_us / MICROSECONDS
    if read is None:
        return _clock(facts, Verdict.WARNING, f"the exchange's clock could not be read: {facts.clock.failure}")
    apart_s, way = abs(read.ahead_us) / MICROSECONDS, "behind" if read.ahead_us > 0 else "ahead of"
    here = f"this machine's clock is {apart_s:.3f} s {way} the exchange's"
    if read.least_apart_us > wanted.clock_skew_us:
        return _clock(
            facts, Verdict.REFUSE,
            f"{here}, and clock_skew_s_max is {limit_s:g} s; set this machine's clock by a time server",
        )
    if abs(read.ahead_us) > wanted.clock_skew_us:
        unsure_s = (read.answered_at_us - read.asked_at_us) / 2 / MICROSECONDS
        return _clock(
            facts, Verdict.WARNING,
            f"{here}, give or take {unsure_s:.3f} s, and clock_skew_s_max is {limit_s:g} s; the answer took too long "
            "to tell more exactly",
        )
    return _clock(facts, Verdict.OK, f"{here}, within clock_skew_s_max, {limit_s:g} s")


def _clock(facts: AccountFacts, verdict: Verdict, text: str) -> Finding:
    return Finding(CLOCK, verdict, text, seconds=facts.clock.seconds)


ACCOUNT_CHECKS: tuple[Callable[[AccountFacts, Wanted], Finding], ...] = (key, clock)
"""In the order in which they are told."""


def check_account(facts: AccountFacts, wanted: Wanted) -> tuple[Finding, ...]:
    """Every check of the account."""
    return tuple(check(facts, wanted) for check in ACCOUNT_CHECKS)
