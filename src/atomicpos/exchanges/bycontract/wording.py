"""How one exchange words its requests and replies: data, and the little code that data cannot say."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Protocol

from atomicpos.evidence import OrderView, PositionView
from atomicpos.models import Fill, Instrument, MarginMode, PositionMode, TriggerBy
from atomicpos.ports import CancelOrder, PlaceOrder, ReadFailed

from ..fields import Row
from ..paging import Listing
from ..refusals import Code, RefusalTable
from ..transport import Ask, Exchanged, Value
from .contract import Contract, Unspeakable


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a symbol is traded, as far as its orders have to say or depend on it. None: not said."""

    position_mode: PositionMode | None = None
    margin_mode: MarginMode | None = None
    leverage: Decimal | None = None
    mark_price: Decimal | None = None
    """Where an order at the market has to name a worst price: the mark price when the terms were read."""


class Rows(Protocol):
    """What an exchange's rows mean: the functions of its ``parse``. Each raises ReadFailed for what it cannot read."""

    def contract(self, market: Row) -> Contract: ...

    def instrument(self, market: Row) -> Instrument: ...

    def order_view(self, row: Row, of: Contract) -> OrderView: ...

    def position(self, row: Row, of: Contract) -> PositionView: ...


class Wording(ABC):
    """What is asked is an ``Ask`` or a ``Listing`` of raw rows; what is understood of a row is ours.

    Whatever reads a reply raises ReadFailed instead of guessing; whatever words a request raises Unspeakable for what
    the exchange would take for something else.
    """

    credentials: ClassVar[tuple[str, ...]] = ("apiKey", "secret")
    """What the client must hold, by ccxt's names."""
    rows: ClassVar[Rows]
    refusals: ClassVar[RefusalTable]
    triggers: ClassVar[Mapping[TriggerBy, Value]]
    """The prices that a stop can be compared with, and how each is called."""
    leverage_unchanged: ClassVar[frozenset[Code]] = frozenset()
    """Codes that say that the leverage already is as asked."""
    margin_mode_unchanged: ClassVar[frozenset[Code]] = frozenset()
    window_us: ClassVar[int]
    """The longest stretch of time that one request for fills may span."""
    windows_max: ClassVar[int] = 60
    """How many of them are read back; beyond them the answer is incomplete, and said to be."""
    priced: ClassVar[bool] = False
    """An order at the market names a worst price, so the mark price is read right before it."""
    cancels_by_row: ClassVar[bool] = False
    """A cancel has to say what kind of stop it is about, so one without an id of ours is looked at before."""
    resolution_us: ClassVar[int] = 1000
    """The unit of the times that fills are stamped with and asked for."""

    def trigger(self, by: TriggerBy | None) -> Value:
        """The word for that price. Raises Unspeakable where the exchange has none."""
        word = self.triggers.get(by or TriggerBy.MARK)
        if word is None:
            known = ", ".join(sorted(each.value for each in self.triggers))
            raise Unspeakable(f"stops are compared with the {known} price here, not with the {by} price")
        return word

    def trigger_by(self, word: object) -> TriggerBy | None:
        """The price of that word; None when it is not said or not known."""
        return next((by for by, said in self.triggers.items() if said == word), None)

    @abstractmethod
    def read_code(self, said: Row) -> tuple[Code | None, str]:
        """The return code of a reply, 0 for success, and the sentence beside it."""

    # --- markets and account

    def contract(self, market: Row) -> Contract:
        """The contract of a market as ccxt loaded it. Raises ReadFailed."""
        return self.rows.contract(market)

    def instrument(self, market: Row) -> Instrument:
        """Steps and limits, in the base asset. Raises ReadFailed."""
        return self.rows.instrument(market)

    @abstractmethod
    def key_ask(self, view: Any) -> Ask:
        """The signed read that shows whether the key is taken. Raises NotReady for a client set up otherwise."""

    def account_id(self, exchanged: Exchanged, view: Any) -> str | None:
        """The exchange's own id of the account in the reply to it; None where it does not say."""
        return None

    @abstractmethod
    def terms_asks(self, contract: Contract) -> tuple[Ask, ...]:
        """The reads that show on what terms the symbol is traded."""

    @abstractmethod
    def terms(self, exchanged: tuple[Exchanged, ...], contract: Contract) -> Terms:
        """What they show. Raises ReadFailed."""

    # --- writes

    @abstractmethod
    def place(self, request: PlaceOrder, contract: Contract, terms: Terms) -> Ask: ...

    @abstractmethod
    def cancel(self, request: CancelOrder, contract: Contract) -> Ask: ...

    def cancel_listed(self, request: CancelOrder, row: Row | None, contract: Contract) -> Ask:
        """The cancel of a stop that has no id of ours, where ``cancels_by_row``: by its row, None where none is
        listed."""
        return self.cancel(request, contract)

    @abstractmethod
    def placed(self, exchanged: Exchanged) -> str | None:
        """The order id that an acknowledgement names; None for a reply that names none."""

    @abstractmethod
    def cancelled(self, exchanged: Exchanged) -> bool:
        """Whether the reply names what was cancelled."""

    @abstractmethod
    def set_leverage(self, contract: Contract, leverage: Decimal, terms: Terms) -> Ask | None:
        """None where the leverage goes with each order."""

    @abstractmethod
    def set_margin_mode(self, contract: Contract, mode: MarginMode, terms: Terms) -> Ask: ...

    # --- reads

    @abstractmethod
    def lookups(self, contract: Contract, client_order_id: str, now_us: int) -> tuple[Listing[Row], ...]:
        """The lookups that together say whether an order of that id exists, the likeliest first."""

    def made_by(self, row: Row, contract: Contract) -> Listing[Row] | None:
        """For a conditional order that was triggered: the lookup of the order that it became, under another id."""
        return None

    def waiting_stops(self, contract: Contract) -> Listing[Row]:
        """The stops that wait on the symbol, whoever put them up. Raises ReadFailed where nobody asks for them."""
        raise ReadFailed("waiting stops: on this exchange stops are looked up by their ids")

    def past_stop(self, contract: Contract, exchange_order_id: str) -> Listing[Row]:
        """The lookup of the stop of that exchange id that does not wait any more; other rows may be among them."""
        raise ReadFailed("past stop: on this exchange stops are looked up by their ids")

    def order(self, row: Row, contract: Contract) -> OrderView:
        """An order, of whatever kind the row is about. Raises ReadFailed."""
        return self.rows.order_view(row, contract)

    @abstractmethod
    def position_rows(self, contract: Contract) -> Listing[Row]: ...

    def position(self, row: Row, contract: Contract) -> PositionView:
        """Raises WrongPositionMode for a row of hedge mode."""
        return self.rows.position(row, contract)

    @abstractmethod
    def fill_rows(self, contract: Contract, start_us: int, end_us: int) -> tuple[Listing[Row], ...]: ...

    @abstractmethod
    def fill(self, row: Row, contract: Contract) -> Fill | None:
        """None for a row that changes no position."""

    @abstractmethod
    def mark_rows(self, contract: Contract) -> Listing[Row]: ...

    @abstractmethod
    def mark(self, row: Row, contract: Contract) -> Decimal: ...

    # --- the whole account

    @abstractmethod
    def all_positions(self, settle: str) -> Listing[Row]: ...

    @abstractmethod
    def all_orders(self, settle: str) -> tuple[Listing[Row], ...]:
        """Living orders of every kind."""

    @abstractmethod
    def all_fills(self, settle: str, start_us: int, end_us: int) -> tuple[Listing[Row], ...]: ...

    @abstractmethod
    def market_id(self, row: Row) -> str:
        """The exchange's id of the market that the row is about. Raises ReadFailed."""
