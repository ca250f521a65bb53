"""OKX v5's signed reads: orders by id and in lists, fills, positions and the account."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from atomicpos.sim.faults import Call
from atomicpos.sim.orders import VenueOrder
from atomicpos.sim.venue import PositionMode, Venue

from ..circumstances import Circumstances
from ..spelling import Json, number
from ..views import View
from .account_rows import fill_row, position_row
from .contracts import CONTRACTS, Contract, by_id
from .fields import refused
from .modes import Modes
from .order_rows import algo_row, has_fired, order_row
from .orders import margin_mode
from .pages import Asked, Row, contracts_asked, page, within
from .replies import Rejection
from .words import pos_side

_STATES = ("effective", "canceled", "order_failed")
_PLAIN, _STOP = "ordId", "algoId"


class Reads:
    """What may be asked of one account."""

    def __init__(self, venue: Venue, modes: Modes, circumstances: Circumstances) -> None:
        self._venue = venue
        self._modes = modes
        self._circumstances = circumstances

    def paths(self) -> dict[str, Callable[[Asked], list[Json]]]:
        """What is answered where."""
        return {
            "/api/v5/trade/order": self._order,
            "/api/v5/trade/order-algo": self._algo,
            "/api/v5/trade/orders-pending": lambda asked: self._plain(asked, final=False),
            "/api/v5/trade/orders-history": lambda asked: self._plain(asked, final=True),
            "/api/v5/trade/orders-algo-pending": self._algos_pending,
            "/api/v5/trade/orders-algo-history": self._algos_past,
            "/api/v5/trade/fills": self._fills,
            "/api/v5/trade/fills-history": self._fills,
            "/api/v5/account/positions": self._positions,
            "/api/v5/account/config": self._config,
            "/api/v5/account/leverage-info": self._leverage,
        }

    # --- by id ----------------------------------------------------------------------------------------------------

    def _order(self, asked: Asked) -> list[Json]:
        """A plain order of any state, the one that a stop became among them; 51603 where there is none."""
        contract = by_id(asked.get("instId", ""))
        wanted = _named(asked, "ordId", "clOrdId")
        view = View(self._venue, Call.ORDERS)
        found = [row for row in self._plain_rows(view, contract, lambda order: True) if wanted(row[2])]
        return _only(found)

    def _algo(self, asked: Asked) -> list[Json]:
        """A stop of any state; 51603 where there is none. It names no instrument: only the stop's own is looked at."""
        wanted = _named(asked, "algoId", "algoClOrdId")
        view = View(self._venue, Call.ORDERS)
        holders = [contract for contract in CONTRACTS if self._has(contract, wanted)]
        return _only([row for contract in holders for row in self._algo_rows(view, contract) if wanted(row[2])])

    def _has(self, contract: Contract, wanted: Callable[[Json], bool]) -> bool:
        """Whether the engine itself holds such a stop there, seen or not."""
        orders = self._venue.orders_as_of(contract.market.symbol, self._venue.now_us())
        return any(wanted(row) for _, _, row in self._algos_among(contract, orders))

    # --- lists ----------------------------------------------------------------------------------------------------

    def _plain(self, asked: Asked, *, final: bool) -> list[Json]:
        view = View(self._venue, _call(asked, Call.ORDERS, Call.ACCOUNT_ORDERS))
        rows = [
            row
            for contract in contracts_asked(asked)
            for row in self._plain_rows(view, contract, lambda order: order.status.final is final)
        ]
        return page(asked, rows)

    def _algos_pending(self, asked: Asked) -> list[Json]:
        return self._algos(asked, "live")

    def _algos_past(self, asked: Asked) -> list[Json]:
        """Of one state, or one by its id: one of the two must be given (documented)."""
        state = asked.get("state")
        if state not in _STATES and not asked.get(_STOP):
            raise refused("state")
        return self._algos(asked, state)

    def _algos(self, asked: Asked, state: str | None) -> list[Json]:
        """Only stops of one trigger exist here; asked for any other kind, there is none."""
        view = View(self._venue, _call(asked, Call.ORDERS, Call.ACCOUNT_ORDERS))
        kinds = asked.get("ordType", "").split(",")
        if kinds == [""]:
            raise refused("ordType")
        rows = [
            row
            for contract in contracts_asked(asked)
            for row in self._algo_rows(view, contract)
            if "conditional" in kinds
            and state in (None, row[2]["state"])
            and asked.get(_STOP) in (None, row[2][_STOP])
        ]
        return page(asked, rows)

    def _fills(self, asked: Asked) -> list[Json]:
        view = View(self._venue, _call(asked, Call.FILLS, Call.ACCOUNT_FILLS))
        return page(asked, [row for contract in contracts_asked(asked) for row in self._fill_rows(view, contract)
                            if within(row[0], asked)])  # fmt: skip

    # --- the account ------------------------------------------------------------------------------------------------

    def _positions(self, asked: Asked) -> list[Json]:
        """Asked by instrument, one that is closed shows 0, and one that never was shows nothing (documented)."""
        view = View(self._venue, _call(asked, Call.POSITION, Call.ACCOUNT_POSITIONS))
        slots = [(found.market.symbol, side) for found in contracts_asked(asked) for side in self._venue.sides]
        shown = [(view.position(symbol, side), symbol, side) for symbol, side in slots]
        return [
            position_row(position, self._modes.of(symbol, side), side)
            for position, symbol, side in shown
            if position is not None and (position.quantity or ("instId" in asked and position.updated_at_us))
        ]

    def _config(self, asked: Asked) -> list[Json]:
        hedge = self._venue.position_mode is PositionMode.HEDGE
        return [{
            "uid": "44705892343619584",
            "mainUid": "44705892343619584",
            "acctLv": "2",
            "posMode": "long_short_mode" if hedge else "net_mode",
            "perm": "read_only,trade" if self._circumstances.may_trade else "read_only",
            "ip": "",
            "label": "venue",
            "level": "Lv1",
            "ctIsoMode": "automatic",
        }]  # fmt: skip

    def _leverage(self, asked: Asked) -> list[Json]:
        contract, mode = by_id(asked.get("instId", "")), margin_mode(asked, "mgnMode")
        shared = {"instId": contract.inst_id, "mgnMode": mode.value, "ccy": ""}
        levers = [(side, self._modes.leverage(contract.market.symbol, side, mode)) for side in self._venue.sides]
        return [{**shared, "posSide": pos_side(side), "lever": number(lever)} for side, lever in levers]

    # --- rows -------------------------------------------------------------------------------------------------------

    def _plain_rows(self, view: View, contract: Contract, wanted: Callable[[VenueOrder], bool]) -> Iterator[Row]:
        symbol = contract.market.symbol
        kinds = view.kinds(symbol)
        for order in view.orders(symbol):
            if not order.position_stop and (has_fired(order) or not order.conditional) and wanted(order):
                row = order_row(order, self._modes.of(symbol, order.position_side), kinds[order.order_id])
                yield order.created_at_us, str(row[_PLAIN]), row

    def _algo_rows(self, view: View, contract: Contract) -> Iterator[Row]:
        return self._algos_among(contract, view.orders(contract.market.symbol))

    def _algos_among(self, contract: Contract, orders: Iterable[VenueOrder]) -> Iterator[Row]:
        for order in orders:
            if order.conditional and not order.position_stop:
                row = algo_row(order, self._modes.of(contract.market.symbol, order.position_side))
                yield order.created_at_us, str(row[_STOP]), row

    def _fill_rows(self, view: View, contract: Contract) -> Iterator[Row]:
        symbol = contract.market.symbol
        orders = self._venue.orders_as_of(symbol, self._venue.now_us())
        stops = {order.order_id for order in orders if order.conditional}
        for execution in view.executions(symbol):
            row = fill_row(execution, of_a_stop=execution.order_id in stops)
            yield execution.at_us, str(row["billId"]), row


def _call(asked: Asked, one: Call, every: Call) -> Call:
    return one if "instId" in asked else every


def _named(asked: Asked, own: str, client: str) -> Callable[[Json], bool]:
    """By the exchange's id where it is given, else by the client's (documented); one of them must be."""
    name = own if asked.get(own) else client
    wanted = asked.get(name)
    if not wanted:
        raise refused(own)
    return lambda row: row[name] == wanted


def _only(found: list[Row]) -> list[Json]:
    """The latest of them: several orders may have had one client id (documented)."""
    if not found:
        raise Rejection(51603)
    return [max(found, key=lambda row: row[:2])[2]]
