"""What was asked: the instrument, the account, the rules of stop and target, and the intent that holds them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .words import MarginMode, PositionMode, PositionSide, TriggerBy


@dataclass(frozen=True, slots=True)
class StopRule:
    """Where the stop belongs: exactly one of a distance in percent of the average fill, or an absolute price."""

    percent: Decimal | None = None
    price: Decimal | None = None
    trigger_by: TriggerBy = TriggerBy.MARK


@dataclass(frozen=True, slots=True)
class TargetRule:
    """Where the profit is taken: exactly one of a distance in percent of the average fill, or an absolute price.

    Its trigger is compared with the same price as the stop's.
    """

    percent: Decimal | None = None
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Instrument:
    """One active linear perpetual swap. Quantities are in the base asset, prices in the quote asset."""

    symbol: str
    """Unified, e.g. ``AVL/USDT:USDT``."""
    market_id: str
    """The exchange's own, e.g. ``AVLUSDT``."""
    tick: Decimal
    step: Decimal
    min_quantity: Decimal
    max_quantity: Decimal | None = None
    """The largest quantity of one market order."""
    min_notional: Decimal | None = None
    max_leverage: Decimal | None = None
    price_band: Decimal | None = None
    """How far a limit price may lie beyond the mark price, as a share of it (0.05 is five percent)."""
    maintenance_rate: Decimal | None = None
    """The maintenance margin as a share of the notional, at the smallest risk limit."""
    ends_at_us: int | None = None
    """When the exchange takes it off its list and settles what is open (its clock); None: nothing is announced."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One account on one exchange: rows of other scopes are never touched."""

    exchange: str
    environment: str
    account: str

    @property
    def named(self) -> str:
        """The account in words."""
        return f"{self.exchange} {self.environment}, account {self.account}"


@dataclass(frozen=True, slots=True)
class Intent:
    """What was asked, immutable from the first commit on."""

    scope: Scope
    symbol: str
    market_id: str
    side: PositionSide
    quantity: Decimal
    stop_rule: StopRule
    mark_price: Decimal
    """The mark price when it was asked: the guard stop is computed from it until the fill is known (F21)."""
    tick: Decimal
    step: Decimal
    created_at_us: int
    leverage: Decimal | None = None
    margin_mode: MarginMode | None = None
    idempotency_key: str | None = None
    request_hash: str | None = None
    position_mode: PositionMode = PositionMode.ONE_WAY
    """The mode that the account was read in before the entry; it is opened in that, and never moves to the other."""
    target_rule: TargetRule | None = None
    """Where the profit is to be taken; None: nowhere."""

    @property
    def sides(self) -> tuple[PositionSide, ...]:
        """The sides of its symbol that its slot is: its own in hedge mode, both in one-way mode."""
        return (self.side,) if self.position_mode is PositionMode.HEDGE else tuple(PositionSide)
