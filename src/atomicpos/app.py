"""``AtomicPositions``: what a bot holds in its hands. The one public class, over ports that it opens."""

from __future__ import annotations

import getpass
import random
import secrets
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import Any

from .announcer import log
from .bounds import bounds
from .clock import SystemClock
from .errors import AtomicPositionError, InvalidRequest, NotReady, StoreUnavailable
from .events import Event
from .exchanges import connect
from .health import Health
from .models import Position, Scope, State
from .observers import installed, sinks_of
from .owner import Alone, ThisProcess
from .ports import Clock, Exchange, Journal, Owners
from .record import Record
from .request import read_name, read_request
from .running import Running, wired
from .settings import Settings
from .snapshot import failure, snapshot
from .store import open_journal
from .verifiers import assemble

DEFAULT_DATABASE = "sqlite:///atomicpos.db"


class AtomicPositions:
    """Opens positions atomically with their stop-loss on one account, and watches them while the block lasts.

    ``exchange`` is the caller's own async ccxt client; it is neither altered nor closed. ``database`` is a
    SQLAlchemy URL. The knobs are those of ``Settings``. Every method raises NotReady outside the block.
    """

    def __init__(self, exchange: Any, database: str = DEFAULT_DATABASE, **knobs: Any) -> None:
        self._settings = Settings.read(knobs)
        self._rng = random.Random(secrets.randbits(128))
        self._clock: Clock = SystemClock()
        self._exchange: Exchange = connect(exchange, self._clock, recv_window_s=self._settings.recv_window_s)
        self._open_journal: Callable[[], Any] = lambda: open_journal(database, self._clock, rng=self._rng)
        self._owner: Callable[[], Owners] = lambda: ThisProcess(self._rng)
        self._fit_out()

    @classmethod
    def over(
        cls, exchange: Exchange, journal: Journal, clock: Clock, rng: random.Random, owners: Owners | None = None,
        **knobs: Any,
    ) -> AtomicPositions:
        """The same over ports of one's own: another exchange, journal or clock, as the simulations do.

        Without ``owners`` it takes itself to be the only one that drives these rows.
        """
        self = cls.__new__(cls)
        self._settings = Settings.read(knobs)
        self._rng, self._clock, self._exchange = rng, clock, exchange
        self._open_journal = lambda: _given(journal)
        self._owner = lambda: owners or Alone()
        self._fit_out()
        return self

    def _fit_out(self) -> None:
        """What follows from the settings, whoever gave the ports."""
        self._bounds = bounds(self._settings, self._exchange.profile)
        self._verifiers = assemble(self._settings.verifiers)
        self._sinks = sinks_of(self._settings.alerts)
        installed(self._settings.metrics)
        self._started: Running | None = None

    # --- the block --------------------------------------------------------------------------------------------

    async def __aenter__(self) -> AtomicPositions:
        """Open the database and the exchange, take every unfinished row up again, and start watching."""
        if self._started is not None:
            raise NotReady("this AtomicPositions is already inside its block")
        running = wired(
            self._exchange, await self._open_journal(), self._clock, self._rng, self._owner(), self._settings,
            self._bounds, self._verifiers, self._sinks,
        )
        await running.start()
        self._started = running
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take no new opens, let the drives rest within ``exposure_deadline_s``, and name what is left."""
        running, self._started = self._started, None
        if running is not None:
            await running.end(self._settings.exposure_deadline_s)

    # --- opening ----------------------------------------------------------------------------------------------

    async def open_position_atomic(
        self,
        symbol: object,
        side: object,
        quantity: object,
        *,
        stop_loss_percent: object = None,
        stop_loss_price: object = None,
        stop_loss: object = None,
        take_profit_percent: object = None,
        take_profit_price: object = None,
        leverage: object = None,
        idempotency_key: object = None,
    ) -> Position:
        """Open a position and put its stop up; returns only when it is protected.

        ``symbol`` is the exchange's id or ccxt's unified symbol; ``side`` buy, sell, long or short; ``quantity`` in
        the base asset. Exactly one of ``stop_loss_percent`` (of the average fill), ``stop_loss_price`` and
        ``stop_loss`` (a callable of entry price and side) is given; at most one of ``take_profit_percent`` (of the
        average fill) and ``take_profit_price``: the target is put up once the position is protected, and the call does
        not wait for it.

        Raises InvalidRequest, ExchangeUnsupported, NotReady, StoreUnavailable or AlreadyOpen before anything was
        sent; EntryRefused, EntryNeverFilled, RolledBack or ClosedImmediately with the proof in ``.position``;
        OrphanSuspected when neither could be shown in time: the position is then still being driven.
        """
        with self._running.answering(symbol) as answer:
            request = read_request(
                symbol, side, quantity,
                stop_loss_percent=stop_loss_percent, stop_loss_price=stop_loss_price, stop_loss=stop_loss,
                take_profit_percent=take_profit_percent, take_profit_price=take_profit_price, leverage=leverage,
                idempotency_key=idempotency_key, trigger_by=self._settings.trigger_by,
            )
            record = await self._running.opener.open(request)
            position = await self._snapshot(record)
            answer.position = position
            error: AtomicPositionError | None = failure(record, position)
            if error is not None:
                raise error
        return position

    async def close_position(self, position_id: str, quantity: object = None, *, by: str | None = None) -> Position:
        """Close our share, or ``quantity`` of it in the base asset, with reduce-only orders, and prove it.

        A whole position returns once it is settled; a part once that much is closed, the rest protected as before.
        ``by`` names the person whose act it is, for the journal; the bot's own acts need none.
        Raises UnknownPosition, InvalidRequest, CloseRefused for a part that the exchange would not close, and
        OrphanSuspected when flatness could not be shown in time.
        """
        operations, by = self._running.operations, read_name(by)
        if quantity is not None:
            return await self._answer(await operations.close_part(position_id, quantity, by))
        return await self._answer(await operations.close(position_id, by=by))

    async def flatten_all(self, *, by: str | None = None) -> tuple[Position, ...]:
        """Close every position of this account; each as it ended, newest first. ``by``: as in ``close_position``.

        Does not raise for one that could not be shown flat in time: its state is ``orphan_suspected``, and it is
        still being driven. Exchange positions that no row claims are not touched.
        """
        ended = await self._running.operations.flatten_all(read_name(by))
        return tuple([await self._snapshot(record) for record in ended])

    async def move_stop(
        self, position_id: str, *, price: object = None, percent: object = None, by: str | None = None
    ) -> Position:
        """Move the stop to a price, or to a distance in percent of the average fill; returns once it was read back.

        The old stop stands until the new one does. ``by``: as in ``close_position``. Raises UnknownPosition,
        InvalidRequest, or StopRefused: then the old one was kept.
        """
        operations, by = self._running.operations, read_name(by)
        return await self._snapshot(await operations.move_stop(position_id, price=price, percent=percent, by=by))

    async def look(self, position_id: str, *, by: str | None = None) -> Position:
        """Ask every source about the position now, settled or not, and drive it on by what they say.

        Returns when all were asked, or could not say, and that is stored. ``by``: as in ``close_position``. Raises
        UnknownPosition, and NotReady when another process is at work on it and does not give it up.
        """
        return await self._snapshot(await self._running.operations.look(position_id, read_name(by)))

    async def resolve(self, position_id: str, as_: object, reason: str, *, by: str | None = None) -> Position:
        """Settle a suspected orphan by an operator's word: ``as_`` is the end, ``by`` the operator (else the user).

        Every source is looked at once more first. Raises UnknownPosition, InvalidRequest, or ResolutionRefused when
        one shows a position or a living order of ours.
        """
        record = await self._running.operations.resolve(position_id, as_, reason, by or getpass.getuser())
        return await self._snapshot(record)

    # --- asking -----------------------------------------------------------------------------------------------

    async def get(self, position_id: str) -> Position:
        """The position with its journal and evidence. Raises UnknownPosition."""
        return await self._snapshot(await self._running.operations.load(position_id))

    async def list(self, state: object = None, symbol: str | None = None) -> tuple[Position, ...]:
        """Positions newest first, without journal and evidence. Raises InvalidRequest for an unknown state."""
        unified = symbol
        if symbol is not None:
            unified = (await self._exchange.instrument(symbol)).symbol
        rows = await self._running.journal.list(_state(state), unified)
        return tuple(snapshot(row) for row in rows)

    async def wait(self, position_id: str) -> Position:
        """Wait until the position is protected or settled, however long that takes. Raises UnknownPosition."""
        return await self._snapshot(await self._running.operations.wait(position_id))

    async def recover(self) -> int:
        """Take up every row that nobody drives; done at start and in every turn of the watchdog anyway."""
        return await self._running.watchdog.turn()

    def events(self) -> AsyncIterator[Event]:
        """Every fact from now on, as an async iterator that ends with the block; a slow reader loses the oldest."""
        return self._running.feed.events()

    async def health(self) -> Health:
        """Whether this instance lives, what waits, and what needs a person."""
        return await self._running.health()

    @property
    def scope(self) -> Scope:
        """The account that it works on: the exchange, its environment, and the account's name in the database."""
        return Scope(self._exchange.name, self._exchange.environment, self._settings.account)

    # --- inside -----------------------------------------------------------------------------------------------

    @property
    def _running(self) -> Running:
        if self._started is None:
            raise NotReady("AtomicPositions is used inside its block: async with AtomicPositions(...) as positions")
        return self._started

    async def _answer(self, record: Record) -> Position:
        """The position, unless it is an orphan suspected: that is raised."""
        position = await self._snapshot(record)
        if record.state is State.ORPHAN_SUSPECTED and (error := failure(record, position)) is not None:
            raise error
        return position

    async def _snapshot(self, record: Record) -> Position:
        """With journal and evidence where they can be read: what is known of the row is never lost with them."""
        try:
            return snapshot(record, await self._running.journal.history(record.id))
        except StoreUnavailable as error:
            log.warning("the history of position %s cannot be read: %s", record.id, error,
                        extra={"position_id": record.id})
            return snapshot(record)


async def _given(journal: Journal) -> Journal:
    return journal


def _state(state: object) -> State | None:
    if state is None:
        return None
    try:
        return State(str(state))
    except ValueError:
        raise InvalidRequest(f"state is {state!r}; it must be one of {', '.join(s.value for s in State)}") from None


