"""The four ports: Exchange, Journal, Clock and Listener. All that touches the world stands behind one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, runtime_checkable

from .events import Event
from .evidence import Evidence, OrderView, PositionView
from .models import Fill, Instrument, JournalEntry, Leg, MarginMode, OrderSide, Refusal, Scope, State, TriggerBy
from .profile import Profile
from .record import Record


class Clock(Protocol):
    """Wall-clock time and sleeping, both replaceable."""

    def now_us(self) -> int:
        """Microseconds since the epoch, UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Sleep that long by this clock."""
        ...


class Listener(Protocol):
    """Hears facts after they were committed. A listener that raises is logged and never asked to explain."""

    def __call__(self, event: Event, /) -> object: ...


# --- the exchange -----------------------------------------------------------------------------------------------


class ReadFailed(Exception):
    """A read gave no usable answer: an error, a timeout, or a reply that could not be understood. Never "empty"."""

    def __init__(self, why: str, raw: str = "") -> None:
        super().__init__(why)
        self.raw = raw


class WrongPositionMode(ReadFailed):
    """The account holds this symbol in a position mode that is not supported: hedge mode, so far."""


@dataclass(frozen=True, slots=True)
class OrdersReading:
    """The answer to a lookup by client order id. An id in neither tuple could not be looked up this time."""

    orders: tuple[OrderView, ...]
    absent_ids: tuple[str, ...]
    raw: str = ""
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FillsReading:
    """Fills on the symbol, ours and others', oldest first."""

    fills: tuple[Fill, ...]
    raw: str = ""


@dataclass(frozen=True, slots=True)
class PositionReading:
    """The slot as it was shown."""

    position: PositionView
    raw: str = ""


@dataclass(frozen=True, slots=True)
class PositionStopReading:
    """The position's own stop as an order (without an id of ours); None when there is none."""

    stop: OrderView | None
    raw: str = ""


@runtime_checkable
class Reads(Protocol):
    """The exchange's read-only calls; every one raises ReadFailed instead of guessing."""

    async def orders(self, symbol: str, client_order_ids: Sequence[str]) -> OrdersReading: ...

    async def fills(self, symbol: str, since_us: int, *, all_kinds: bool = False) -> FillsReading:
        """Fills since then; ``all_kinds`` also asks for liquidation, ADL and settlement by name."""
        ...

    async def position(self, symbol: str) -> PositionReading: ...

    async def mark_price(self, symbol: str) -> Decimal: ...

    async def position_stop(self, symbol: str) -> PositionStopReading:
        """The stop that the exchange keeps on the position itself, as the order that it is."""
        ...


@dataclass(frozen=True, slots=True)
class AttachedStop:
    """A guard stop that travels with an entry."""

    trigger_price: Decimal
    trigger_by: TriggerBy


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """A market order; an immediate-or-cancel limit order with a limit price; a stop-market order with a trigger."""

    symbol: str
    leg: Leg
    client_order_id: str
    order_side: OrderSide
    quantity: Decimal
    reduce_only: bool
    trigger_price: Decimal | None = None
    trigger_by: TriggerBy | None = None
    limit_price: Decimal | None = None
    attached_stop: AttachedStop | None = None
    """Of entries only."""


@dataclass(frozen=True, slots=True)
class SetPositionStop:
    """Set the stop that the exchange keeps on the position itself, over the whole position; None takes it away.

    Setting it to what it already is counts as acknowledged.
    """

    symbol: str
    trigger_price: Decimal | None
    trigger_by: TriggerBy


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Cancel one order of ours, by our id."""

    symbol: str
    client_order_id: str
    exchange_order_id: str | None
    conditional: bool


@dataclass(frozen=True, slots=True)
class SetLeverage:
    """Set the symbol's leverage and read it back; acknowledged only when both agree."""

    symbol: str
    leverage: Decimal


@dataclass(frozen=True, slots=True)
class SetMarginMode:
    """Set the margin mode and read it back; acknowledged only when both agree."""

    symbol: str
    margin_mode: MarginMode


Write = PlaceOrder | SetPositionStop | CancelOrder | SetLeverage | SetMarginMode
"""Whatever changes something at the exchange."""


class OutcomeKind(StrEnum):
    """The outcomes of a write; everything that is not certain is UNKNOWN."""

    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one write. It proves no fill."""

    kind: OutcomeKind
    why: str = ""
    refusal: Refusal | None = None
    code: str | None = None
    exchange_order_id: str | None = None
    order: OrderView | None = None
    """The order as the reply itself showed it, where the exchange's replies do."""
    raw: str = ""
    asked_at_us: int = 0
    answered_at_us: int = 0


class Exchange(Protocol):
    """One account at one exchange. Writes never raise (cancellation apart): what is not certain is UNKNOWN."""

    @property
    def name(self) -> str:
        """The ccxt id."""
        ...

    @property
    def environment(self) -> str:
        """``live``, ``sandbox`` or the like: part of the slot."""
        ...

    @property
    def profile(self) -> Profile: ...

    @property
    def reads(self) -> Reads:
        """Reads that stand in line with the bot's own calls: for watching what is protected."""
        ...

    @property
    def urgent_reads(self) -> Reads:
        """The same for a position being opened or at risk: they overtake the line, within bounds."""
        ...

    async def open(self) -> None:
        """Load what must be known before the first order. Raises NotReady or ExchangeUnsupported."""
        ...

    async def instrument(self, symbol: str) -> Instrument:
        """Resolve a raw id or a unified symbol to one active linear perpetual. Raises InvalidRequest."""
        ...

    async def write(self, request: Write) -> Outcome: ...

    async def close(self) -> None:
        """Release what ``open`` took; the caller's client stays open."""
        ...


# --- the journal ------------------------------------------------------------------------------------------------


class SlotTaken(Exception):
    """Another row holds the slot; its id is the argument."""

    def __init__(self, position_id: str) -> None:
        super().__init__(position_id)
        self.position_id = position_id


class KeyTaken(Exception):
    """Another row has the idempotency key; its id is the argument."""

    def __init__(self, position_id: str) -> None:
        super().__init__(position_id)
        self.position_id = position_id


class Conflict(Exception):
    """The row is not at the expected version: somebody else has moved it."""


@dataclass(frozen=True, slots=True)
class Change:
    """One transaction: the row with its orders, and what is appended with it."""

    record: Record
    """As it shall be; its version is one more than the stored one."""
    entries: tuple[JournalEntry, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Repeats:
    """How often a source said the same again, and when last (our clock)."""

    count: int
    last_answered_at_us: int


@dataclass(frozen=True, slots=True)
class History:
    """All that was appended about one position, oldest first; an identical finding is kept once and counted."""

    entries: tuple[JournalEntry, ...] = field(default=())
    evidence: tuple[Evidence, ...] = field(default=())
    repeats: tuple[Repeats, ...] = field(default=())
    """One for each finding of ``evidence``."""


class Journal(Protocol):
    """Where rows live. Every method raises StoreUnavailable when the database cannot be used."""

    @property
    def installation(self) -> str:
        """Four characters drawn once per database: part of every client order id."""
        ...

    @property
    def place(self) -> str:
        """Where the rows are, for messages; two journals of one place have the same rows."""
        ...

    async def admit(self, change: Change) -> None:
        """Insert a new row (version 1) and take its slot. Raises SlotTaken or KeyTaken; durable on return."""
        ...

    async def commit(self, change: Change) -> None:
        """Update the row from version - 1 to version, upsert its orders, append the rest. Raises Conflict."""
        ...

    async def load(self, position_id: str) -> Record | None: ...

    async def find_key(self, scope: Scope, key: str) -> Record | None: ...

    async def holding(self, scope: Scope) -> tuple[Record, ...]:
        """All rows of the scope that hold their slot, oldest first."""
        ...

    async def list(self, state: State | None = None, symbol: str | None = None) -> tuple[Record, ...]:
        """Rows newest first."""
        ...

    async def history(self, position_id: str) -> History: ...

    async def close(self) -> None: ...
