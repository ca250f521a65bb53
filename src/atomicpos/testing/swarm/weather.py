"""The faults of a mix, drawn call by call, in the place where the venue asks which fault strikes."""

from __future__ import annotations

import random
from collections import Counter
from itertools import accumulate

from ...models import MICROSECONDS
from ...sim.fault_words import Call, FaultKind
from ...sim.faults import Fault, Faults
from .befalling import Lag, Strike
from .mix import CODES, Mix, seconds_of

_UNNAMED = frozenset({Call.PLACE_ENTRY, Call.SET_LEVERAGE, Call.SET_MARGIN_MODE, Call.CANCEL})
"""Calls that are refused for no reason but the usual one."""


class Weather(Faults):
    """Strikes by chance, at the rates of its mix, until it clears up."""

    def __init__(self, mix: Mix, rng: random.Random) -> None:
        super().__init__()
        self.struck: Counter[str] = Counter()
        """How often each kind of fault struck, by name."""
        self._rng = rng
        self._strikes = {call.value: _odds([s for s in mix.strikes if s.call is call]) for call in Call}
        self._lags = {call.value: [lag for lag in mix.lags if lag.call is call] for call in Call}
        self._over = False
        self._entered: dict[str, int] = {}

    def clear(self) -> None:
        """From now on nothing goes wrong."""
        super().clear()
        self._over = True

    def strike(self, call: str, symbol: str) -> Fault | None:
        """Draw what strikes this call, if anything."""
        odds = self._strikes[call]
        if self._over or not odds:
            return None
        drawn = self._rng.random()
        found = next((strike for limit, strike in odds if drawn < limit), None)
        return self._fault(found) if found is not None else None

    def _fault(self, strike: Strike) -> Fault:
        self.struck[strike.kind.value] += 1
        code = None
        if strike.kind is FaultKind.REFUSE and strike.call not in _UNNAMED:
            code = self._rng.choice(CODES)
        return Fault(strike.call, None, strike.kind, None, seconds_of(strike.kind, self._rng), code)

    def lag_us(self, call: str, symbol: str) -> int:
        """How far back this read looks: as far as its endpoint lags, and now and then to where it once was."""
        lags = self._lags[call]
        return 0 if self._over or not lags else max([self._back_us(lag) for lag in lags])

    def _back_us(self, lag: Lag) -> int:
        if lag.kind is FaultKind.EMPTY or (lag.kind is FaultKind.BACKWARDS and self._rng.random() < 0.5):
            return 0
        self.struck[lag.kind.value] += 1
        return round(lag.seconds * MICROSECONDS)

    def entered(self, symbol: str, at_us: int) -> None:
        """The engine says: an entry was accepted on a symbol that was flat."""
        super().entered(symbol, at_us)
        self._entered[symbol] = at_us

    def blind(self, call: str, symbol: str, now_us: int) -> bool:
        """True while the mix lets that endpoint show nothing of a position so young."""
        since_us = self._entered.get(symbol)
        if self._over or since_us is None:
            return False
        for lag in self._lags[call]:
            if lag.kind is FaultKind.EMPTY and now_us < since_us + lag.seconds * MICROSECONDS:
                self.struck[FaultKind.EMPTY.value] += 1
                return True
        return False


def _odds(strikes: list[Strike]) -> list[tuple[float, Strike]]:
    """Each with the upper end of its part of the unit interval; together never more than the half of it."""
    most = max(1.0, 2 * sum(strike.rate for strike in strikes))
    return list(zip(accumulate(strike.rate / most for strike in strikes), strikes, strict=True))
