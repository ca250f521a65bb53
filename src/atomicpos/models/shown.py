"""What the exchange, the journal and the caller are shown of a position: fills, proofs, lines and the snapshot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from .order import Order
from .words import FillKind, Goal, OrderSide, PositionSide, ProofKind, State


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution on the account, ours or not."""

    fill_id: str
    order_side: OrderSide
    quantity: Decimal
    price: Decimal
    time_us: int
    """The exchange's clock."""
    kind: FillKind = FillKind.TRADE
    client_order_id: str | None = None
    exchange_order_id: str | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """Why a row stands where it stands: what was shown, and when the decisive evidence was asked for (our clock)."""

    kind: ProofKind
    at_us: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of a position's append-only journal."""

    at_us: int
    kind: str
    """``transition``, ``intent``, ``outcome``, ``goal``, ``alert`` or ``act``."""
    text: str
    """One sentence a person can read."""
    cause: str = ""
    data: dict[str, str] = field(default_factory=dict)

    @property
    def by(self) -> str | None:
        """The person whose act it is; None for what the library or the bot itself did."""
        return self.data.get("by")


@dataclass(frozen=True, slots=True)
class Position:
    """A frozen snapshot of one position, as the caller sees it. Quantities are in the base asset."""

    id: str
    state: State
    symbol: str
    side: PositionSide
    quantity: Decimal
    goal: Goal
    filled_quantity: Decimal
    entry_price: Decimal | None
    stop_price: Decimal | None
    exposure_s: float
    """Seconds between fills and a live stop or flatness, added (I10)."""
    proof: Proof | None
    reason: str | None
    exchange: str
    account: str
    leverage: Decimal | None
    idempotency_key: str | None
    created_at_us: int
    updated_at_us: int
    orders: tuple[Order, ...] = ()
    journal: tuple[JournalEntry, ...] = ()
    evidence: tuple[object, ...] = ()
    target_price: Decimal | None = None
    """The trigger of the target that waits beside the stop; None while none does."""


def total(quantities: Iterable[Decimal]) -> Decimal:
    """The sum of them: a Decimal, of nothing too."""
    return sum(quantities, Decimal(0))
