"""What the demo opens: every weather on a symbol of its own, both sides, sizes from the smallest up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ...models import PositionSide
from ...sim.markets import perpetual
from ...sim.weathers import WEATHERS, Weather


@dataclass(frozen=True, slots=True)
class Scenario:
    """One open under one weather; quantity in the base asset, the stop in percent of the average fill."""

    weather: Weather
    market_id: str
    side: PositionSide
    quantity: str
    stop_percent: str
    leverage: str | None = None

    @property
    def symbol(self) -> str:
        """The unified symbol."""
        return perpetual(self.market_id).symbol

    def signed(self, quantity: Decimal) -> Decimal:
        """A quantity of this side as the venue writes it: negative for a short."""
        return quantity if self.side is PositionSide.LONG else -quantity


_LONG, _SHORT = PositionSide.LONG, PositionSide.SHORT

_OPENS = {
    "calm": ("BTCUSDT", _LONG, "0.001", "1.5", "5"),
    "positions_lag_3s": ("ETHUSDT", _SHORT, "0.25", "2", None),
    "reads_lag_8s": ("SOLUSDT", _LONG, "3.4", "2", None),
    "reply_lost": ("XRPUSDT", _SHORT, "120.5", "3", None),
    "http_502_executed": ("DOGEUSDT", _LONG, "777", "2.5", None),
    "original_incident": ("AVLUSDT", _LONG, "10", "2", None),
    "refused": ("TAOUSDT", _SHORT, "0.13", "2", None),
    "never_filled": ("AIOZUSDT", _LONG, "42", "4", None),
    "liquidated": ("SHIBUSDT", _SHORT, "1250000", "2", None),
    "partial_fill": ("HNTUSDT", _LONG, "25.5", "2", None),
    "stop_would_trigger": ("MNTUSDT", _SHORT, "12", "2", None),
    "stop_refused_then_ok": ("XDCUSDT", _LONG, "2400", "3", None),
    "html_200_executed": ("LINKUSDT", _LONG, "1.3", "2", None),
    "late_reply": ("WIFUSDT", _SHORT, "64", "2.5", None),
    "foreign_position": ("TURBOUSDT", _LONG, "9000", "2", None),
}

SCENARIOS: tuple[Scenario, ...] = tuple(Scenario(weather, *_OPENS[weather.name]) for weather in WEATHERS)
"""In the order in which they are shown."""

_TOLD_BY_OTHERS = frozenset({"positions_lag_3s", "http_502_executed", "late_reply"})
"""Those that differ least from another: ``original_incident``, ``html_200_executed`` and ``reply_lost``."""

_LEFT_OUT: Mapping[str, frozenset[str]] = {
    "binanceusdm": _TOLD_BY_OTHERS | {"refused", "liquidated", "stop_would_trigger", "foreign_position"},
    "okx": _TOLD_BY_OTHERS,
}
"""What does not fit into a minute. So that the published request budgets hold, two opens may begin in six seconds on
Binance and in two on OKX; and that a position of Binance's is gone takes more than half a minute to prove."""


def chosen(exchange: str, only: Sequence[str]) -> tuple[Scenario, ...]:
    """Those named; without a name, as many as one minute holds there. Raises ValueError for a name that is none."""
    if unknown := [name for name in only if name not in _OPENS]:
        raise ValueError(f"there is no weather {unknown[0]!r}; the weathers are {', '.join(_OPENS)}")
    left_out = _LEFT_OUT.get(exchange, frozenset()) if not only else frozenset(_OPENS) - set(only)
    return tuple(scenario for scenario in SCENARIOS if scenario.weather.name not in left_out)
