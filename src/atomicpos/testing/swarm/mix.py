"""What a seed draws before its world begins: which faults there are at all, how often, and how bad each is.

A kind of fault that is left out lets the others reach states which it would cut short: so each is in about one mix of
three, and no two mixes are alike.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ...sim.fault_kinds import APPLIES_TO, ASKED, FOREIGN, STANDING
from ...sim.fault_words import Call, FaultKind
from ...sim.refusals import RefusalReason
from ..interleavings.kinds import Kind
from .befalling import PLAIN, Beside, Lag, Strike, Troubles

PRESENT = 0.35
"""The share of mixes in which any one kind of fault is."""
CALM = 0.04
"""The share of mixes without any fault: what must hold in fair weather must be seen in fair weather."""
LATEST_S = 25.0
"""How late a read is at the most: inside the profile's ``visibility_s_max`` of 30 s, its round trip added."""
SKEW_S = 0.9
"""How far a clock is wrong at the most: inside ``clock_skew_s_max`` of 1 s."""

HANDS = FOREIGN | {FaultKind.GAP, FaultKind.STOP_OUT, FaultKind.LIQUIDATE, FaultKind.ADL}
"""Kinds by which the position or its stop changes without a request of ours."""
STOP_TAKING = frozenset({FaultKind.CLEAR_STOP, FaultKind.ALTER_STOP})

CODES = tuple(reason.value for reason in (
    RefusalReason.WOULD_TRIGGER, RefusalReason.NO_POSITION, RefusalReason.PRICE, RefusalReason.QUANTITY,
    RefusalReason.PRICE_BAND, RefusalReason.TOO_MANY_STOPS, RefusalReason.RATE_LIMITED,
))
"""Why stops and closes are refused; entries are for funds, which is what an injected refusal says without a code."""

_LISTINGS = frozenset({Call.ACCOUNT_POSITIONS, Call.ACCOUNT_ORDERS, Call.ACCOUNT_FILLS})
_SECONDS = {
    FaultKind.LOSE_REPLY: (0.2, 10.0), FaultKind.LATE_REQUEST: (0.2, 4.5), FaultKind.LATE_REPLY: (0.2, 12.0),
    FaultKind.PARTIAL_THEN_MORE: (0.2, 8.0), FaultKind.GAP: (0.0, 6.0), FaultKind.STOP_OUT: (0.0, 6.0),
    FaultKind.LIQUIDATE: (0.0, 6.0), FaultKind.ADL: (0.0, 6.0), FaultKind.FOREIGN_SCALE_IN: (0.0, 6.0),
    FaultKind.FOREIGN_CLOSE: (0.0, 6.0), FaultKind.FOREIGN_REVERSE: (0.0, 6.0), FaultKind.ALTER_STOP: (0.0, 6.0),
    FaultKind.CLEAR_STOP: (0.0, 6.0), FaultKind.LAG: (0.3, LATEST_S), FaultKind.BACKWARDS: (0.3, LATEST_S),
    FaultKind.EMPTY: (0.5, LATEST_S),
}  # fmt: skip
"""Between which bounds each kind's seconds are drawn, in seconds."""


AS_FOUND = frozenset({2, 4, 14, 21, 27, 28, 32, 44, 55, 65, 90, 113, 342, 508, 1291})
"""Seeds that broke something once, or show it: their worlds stay as they were then, with nothing beside."""


@dataclass(frozen=True, slots=True)
class Mix:
    """Everything a seed decides before the first request."""

    seed: int
    kind: Kind
    strikes: tuple[Strike, ...]
    lags: tuple[Lag, ...]
    troubles: Troubles
    moves: float
    """How many times a second the mark of some symbol moves."""
    hosts: int
    """How many processes are up from the beginning on."""
    bots: int
    """How many bots each process has."""
    skews_s: tuple[float, ...]
    """Of the database's clock and of the hosts', in turn."""
    jitter: float
    """By how much a round trip is longer than its 0.15 s at the most, as a factor."""
    beside: Beside = PLAIN
    """What there is besides stops and reads."""

    @property
    def hands(self) -> bool:
        """True when something but our requests changes positions or stops."""
        return self.moves > 0 or any(strike.kind in HANDS for strike in self.strikes)

    @property
    def stop_taken(self) -> bool:
        """True when somebody else takes or moves stops of ours."""
        return any(strike.kind in STOP_TAKING for strike in self.strikes)

    @property
    def looks_back_s(self) -> float:
        """How old what a look shows may be, in seconds."""
        return max((lag.seconds for lag in self.lags if lag.call is not Call.STREAM), default=0.0)

    def rarer(self, times: int) -> Mix:
        """The same troubles, in a crowd: what strikes by chance is so many times as rare, and the ends of processes ten
        times as rare as that, lest all of them come at the beginning; marks move so many times as often, for there are
        more of them. Lags, outages and skews stay as they are.
        """
        if times == 1:
            return self
        troubles, ends = self.troubles, 10 * times
        return replace(
            self,
            strikes=tuple(replace(strike, rate=strike.rate / times) for strike in self.strikes),
            troubles=replace(
                troubles, kill=troubles.kill / ends, pause=troubles.pause / ends, leave=troubles.leave / ends,
                unanswered=troubles.unanswered / times, slow=troubles.slow / times,
            ),
            moves=self.moves * times,
        )

    def clearer(self, share: float) -> Mix:
        """The same troubles, and of the lags only that share, drawn."""
        rng = random.Random(f"lags {self.seed}")
        return replace(self, lags=tuple(lag for lag in self.lags if rng.random() < share))


_RIDING = (Kind.ATTACHED_ORDER, Kind.ATTACHED_UNNAMED)
_KINDS = tuple(kind for kind in Kind if kind not in _RIDING)
"""Those that the mix itself is drawn of; the others are drawn beside it."""


def draw(seed: int) -> Mix:
    """The mix of that seed: always the same one."""
    mix = _drawn(seed)
    return mix if seed in AS_FOUND else _with_more(mix, random.Random(f"beside {seed}"))


def _with_more(mix: Mix, rng: random.Random) -> Mix:
    """The same mix, in one of three on an exchange where a guard stop rides as an order, in one of three with targets,
    in one of three with a stream and, unless it is calm, with faults of that.
    """
    kind = rng.choice(_RIDING) if rng.random() < PRESENT else mix.kind
    targets = rng.choice((0.3, 1.0)) if rng.random() < PRESENT else 0
    stream = rng.random() < PRESENT
    strikes, lags = mix.strikes, mix.lags
    if stream and (strikes or lags):
        strikes += tuple(
            Strike(Call.STREAM, fault, _rate(rng, 0.02, 0.4))
            for fault in (FaultKind.OMIT, FaultKind.ERROR, FaultKind.DUPLICATE) if rng.random() < PRESENT
        )
        lags += tuple(
            Lag(Call.STREAM, fault, round(_rate(rng, *_SECONDS[fault]), 3))
            for fault in (FaultKind.LAG, FaultKind.BACKWARDS) if rng.random() < PRESENT
        )
    return replace(mix, kind=kind, strikes=strikes, lags=lags, beside=Beside(targets, stream))


def _drawn(seed: int) -> Mix:
    rng = random.Random(f"mix {seed}")
    calm = rng.random() < CALM
    return Mix(
        seed=seed,
        kind=rng.choice(_KINDS),
        strikes=() if calm else tuple(_strikes(rng)),
        lags=() if calm else tuple(_lags(rng)),
        troubles=Troubles() if calm else _troubles(rng),
        moves=0 if calm else _maybe(rng, 0.05, 1.0),
        hosts=rng.choice((1, 1, 2)),
        bots=rng.choice((1, 2, 3)),
        skews_s=tuple(0.0 if calm else rng.choice((0.0, rng.uniform(-SKEW_S, SKEW_S))) for _ in range(4)),
        jitter=rng.choice((0.0, 0.5, 4.0)),
    )


def seconds_of(kind: FaultKind, rng: random.Random) -> float | None:
    """How long one strike of that kind takes, or how late it comes; None where the kind has no such time."""
    bounds = _SECONDS.get(kind)
    if bounds is None:
        return None
    return rng.choice((0.0, round(rng.uniform(*bounds), 3))) if bounds[0] == 0 else round(rng.uniform(*bounds), 3)


def _strikes(rng: random.Random) -> Iterable[Strike]:
    for kind in FaultKind:
        if kind in STANDING or rng.random() > PRESENT:
            continue
        rate = _rate(rng, 0.02, 0.4)
        for call in _some(rng, [call for call in ASKED if call in APPLIES_TO[kind]]):
            yield Strike(call, kind, rate / 10 if call in _LISTINGS else rate)


def _lags(rng: random.Random) -> Iterable[Lag]:
    for kind in STANDING:
        if rng.random() > PRESENT:
            continue
        for call in _some(rng, [call for call in ASKED if call in APPLIES_TO[kind]]):
            yield Lag(call, kind, round(_rate(rng, *_SECONDS[kind]), 3))


def _troubles(rng: random.Random) -> Troubles:
    return Troubles(
        kill=_maybe(rng, 0.005, 0.05),
        pause=_maybe(rng, 0.005, 0.05),
        leave=_maybe(rng, 0.005, 0.02),
        unanswered=_maybe(rng, 0.01, 0.2),
        outages=rng.choice((0, 0, 1, 2)),
        slow=_maybe(rng, 0.01, 0.2),
        known_dead=rng.random() < 0.5,
    )


def _some(rng: random.Random, calls: list[Call]) -> list[Call]:
    """One of them, or some, or all, in their order."""
    wanted = set(rng.sample(calls, rng.randint(1, len(calls))))
    return [call for call in calls if call in wanted]


def _maybe(rng: random.Random, low: float, high: float) -> float:
    return _rate(rng, low, high) if rng.random() < PRESENT else 0


def _rate(rng: random.Random, low: float, high: float) -> float:
    """Between the two, each order of magnitude as likely as the others."""
    return float(low * (high / low) ** rng.random())
