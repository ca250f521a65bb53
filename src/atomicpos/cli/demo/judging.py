"""Whether a row agrees with the venue's truth. Pure: what was claimed, what is so, and the differences in words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ...models import State
from ...sim.weathers import Weather

EXPOSURE_SLACK_S = 0.05
"""By how much our exposure may be below the venue's: its wire rounds times to the millisecond, twice."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What the row says in the end; ``state`` is None when there is no row. ``filled`` is negative for a short."""

    id: str
    state: State | None
    filled: Decimal
    exposure_s: float
    error: str | None = None
    """The error that the caller got, by name."""


@dataclass(frozen=True, slots=True)
class VenueTruth:
    """What the venue's engine holds on one symbol, never lagged nor faulted; ``quantity`` is negative for a short."""

    quantity: Decimal
    stop_quantity: Decimal
    live_orders: int
    entries: int
    exposure_s: float

    @classmethod
    def read(cls, row: dict[str, object]) -> VenueTruth:
        """From the control plane's answer for one symbol."""
        stops, orders = row["stops"], row["orders"]
        assert isinstance(stops, list)
        assert isinstance(orders, list)
        return cls(
            quantity=Decimal(str(row["quantity"])),
            stop_quantity=Decimal(str(row["stop_quantity"])),
            live_orders=len(stops) + len(orders),
            entries=int(str(row["entries"])),
            exposure_s=float(str(row["exposure_s"])),
        )


def differences(claim: Claim, weather: Weather, truth: VenueTruth) -> tuple[str, ...]:
    """Every way in which the row is wrong, as short sentences; none when it agrees."""
    found = []
    if claim.state not in weather.ends:
        right = " or ".join(_named(end) for end in weather.ends)
        found.append(f"the row says {_named(claim.state)}; {right} is right")
    if weather.end is None and claim.error != weather.error:
        found.append(f"the caller got {claim.error or 'no error'}; {weather.error} is right")
    if truth.entries != weather.entries:
        found.append(f"the venue took {truth.entries} entries; {weather.entries} is right")
    if claim.state is State.PROTECTED:
        found += _unprotected(claim, truth)
    elif weather.foreign_share:
        found += [] if truth.quantity else ["somebody else's position is gone"]
    elif claim.state is None or claim.state.settled:
        found += _left_over(truth)
    if not weather.foreign_share and claim.exposure_s < truth.exposure_s - EXPOSURE_SLACK_S:
        found.append(f"the row says {claim.exposure_s:.3f} s exposed; the venue counted {truth.exposure_s:.3f} s")
    return tuple(found)


def _named(state: State | None) -> str:
    return "nothing" if state is None else state.value


def _unprotected(claim: Claim, truth: VenueTruth) -> list[str]:
    found = []
    if truth.quantity != claim.filled:
        found.append(f"the row says {claim.filled} filled; the venue holds {truth.quantity}")
    if truth.stop_quantity < abs(truth.quantity):
        found.append(f"the venue holds {truth.quantity} with stops for {truth.stop_quantity}")
    return found


def _left_over(truth: VenueTruth) -> list[str]:
    found = []
    if truth.quantity:
        found.append(f"the venue holds {truth.quantity}, with stops for {truth.stop_quantity}")
    if truth.live_orders:
        found.append(f"{truth.live_orders} orders are still alive at the venue")
    return found
