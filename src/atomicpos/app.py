"""``AtomicPositions``: what a bot holds in its hands. It wires the ports together and owns the background tasks."""

from __future__ import annotations

import asyncio
import getpass
import random
import secrets
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import Any

from .announcer import Announcer, log
from .clock import SystemClock
from .drivers import Drivers
from .engine import Means
from .errors import AtomicPositionError, InvalidRequest, NotReady, StoreUnavailable
from .events import Event
from .exchanges import connect
from .feed import Feed
from .health import Health, Vitals, judge
from .leases import HeldLeases
from .models import Position, Scope, State
from .observers import AlertSink, log_alerts
from .opener import Opener
from .operations import Operations
from .owner import Alone, ThisProcess
from .ports import Clock, Exchange, Heard, Journal, Owners
from .record import Record
from .renewal import Renewal
from .request import read_request
from .settings import Settings, bounds
from .shared_reads import SharedReads
from .snapshot import failure, snapshot
from .store import open_journal
from .troubles import Troubles
from .verifiers import assemble
from .waiting import AT_REST
from .watchdog import Watchdog

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
        self._bounds = bounds(self._settings, self._exchange.profile)
        self._verifiers = assemble(self._settings.verifiers)
        self._owner: Callable[[], Owners] = lambda: ThisProcess(self._rng)
        self._started: _Started | None = None

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
        self._bounds = bounds(self._settings, exchange.profile)
        self._verifiers = assemble(self._settings.verifiers)
        self._owner = lambda: owners or Alone()
        self._started = None
        return self

    # --- the block --------------------------------------------------------------------------------------------

    async def __aenter__(self) -> AtomicPositions:
        """Open the database and the exchange, take every unfinished row up again, and start watching."""
        if self._started is not None:
            raise NotReady("this AtomicPositions is already inside its block")
        journal = await self._open_journal()
        owner = self._owner()
        started = _Started(self._means(journal, owner), owner)
        try:
            await self._exchange.open()
            await self._check_account(started.means)
            started.renewing = asyncio.ensure_future(started.renewal.run())
            await started.watchdog.turn()
            started.watching = asyncio.ensure_future(started.watchdog.run())
        except BaseException:
            await self._leave(started, 0)
            raise
        self._started = started
        return self

    async def _check_account(self, means: Means) -> None:
        """One account's rows are never weighed by another's answers. Raises NotReady."""
        found, scope = self._exchange.account_id, means.scope
        if found is None:
            return
        known = await means.journal.bind_account(scope, found)
        if known != found:
            raise NotReady(
                f"account {scope.account!r} in the database {means.journal.place} is the {scope.exchange} account "
                f"{known}, and these keys belong to {found}: give account= another name, or use the other keys"
            )

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take no new opens, let the drives rest within ``exposure_deadline_s``, and name what is left."""
        started, self._started = self._started, None
        if started is not None:
            await self._leave(started, self._settings.exposure_deadline_s)

    async def _leave(self, started: _Started, seconds: float) -> None:
        try:
            await started.stop_watching()
            started.feed.close()
            # the leases are renewed until the last drive has ended: what it may still have to close needs them
            for record in await started.drivers.finish(seconds, min(seconds, self._settings.write_patience_s)):
                if record.state not in AT_REST:
                    log.warning("position %s is left %s; the next start drives it on", record.id, record.state.value)
            await started.means.announcer.close()
        finally:
            await started.stop_renewing()
            await started.give_back()
            await started.means.shared.close()
            await self._exchange.close()
            await started.journal.close()
            started.owner.leave()

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
        leverage: object = None,
        idempotency_key: object = None,
    ) -> Position:
        """Open a position and put its stop up; returns only when it is protected.

        ``symbol`` is the exchange's id or ccxt's unified symbol; ``side`` buy, sell, long or short; ``quantity`` in
        the base asset. Exactly one of ``stop_loss_percent`` (of the average fill), ``stop_loss_price`` and
        ``stop_loss`` (a callable of entry price and side) is given.

        Raises InvalidRequest, ExchangeUnsupported, NotReady, StoreUnavailable or AlreadyOpen before anything was
        sent; EntryRefused, EntryNeverFilled, RolledBack or ClosedImmediately with the proof in ``.position``;
        OrphanSuspected when neither could be shown in time: the position is then still being driven.
        """
        request = read_request(
            symbol, side, quantity,
            stop_loss_percent=stop_loss_percent, stop_loss_price=stop_loss_price, stop_loss=stop_loss,
            leverage=leverage, idempotency_key=idempotency_key, trigger_by=self._settings.trigger_by,
        )
        record = await self._running.opener.open(request)
        position = await self._snapshot(record)
        error: AtomicPositionError | None = failure(record, position)
        if error is not None:
            raise error
        return position

    async def close_position(self, position_id: str, quantity: object = None) -> Position:
        """Close our share, or ``quantity`` of it in the base asset, with reduce-only orders, and prove it.

        A whole position returns once it is settled; a part once that much is closed, the rest protected as before.
        Raises UnknownPosition, InvalidRequest, CloseRefused for a part that the exchange would not close, and
        OrphanSuspected when flatness could not be shown in time.
        """
        operations = self._running.operations
        if quantity is not None:
            return await self._answer(await operations.close_part(position_id, quantity))
        return await self._answer(await operations.close(position_id))

    async def flatten_all(self) -> tuple[Position, ...]:
        """Close every position of this account; each as it ended, newest first.

        Does not raise for one that could not be shown flat in time: its state is ``orphan_suspected``, and it is
        still being driven. Exchange positions that no row claims are not touched.
        """
        return tuple([await self._snapshot(record) for record in await self._running.operations.flatten_all()])

    async def move_stop(self, position_id: str, *, price: object = None, percent: object = None) -> Position:
        """Move the stop to a price, or to a distance in percent of the average fill; returns once it was read back.

        The old stop stands until the new one does. Raises UnknownPosition, InvalidRequest, or StopRefused: then the
        old one was kept.
        """
        return await self._snapshot(
            await self._running.operations.move_stop(position_id, price=price, percent=percent)
        )

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
        started, means = self._running, self._running.means
        rows: tuple[Record, ...] = ()
        heard: tuple[Heard, ...] = ()
        problem = None
        try:
            rows = await started.journal.holding(means.scope)
            heard = await started.journal.heartbeats()
        except StoreUnavailable as error:
            problem = str(error)
        sweep = started.watchdog.sweep
        vitals = Vitals(
            self._clock.now_us(), started.watchdog.turned_at_us, self._settings.watch_s, len(started.drivers.busy),
            self._settings.alerts is not None, problem, heard, means.leases.me, means.leases.lease_us,
            tuple(external.text for external in sweep.standing.values()), sweep.failure,
        )
        return judge(rows, vitals)

    # --- inside -----------------------------------------------------------------------------------------------

    @property
    def _running(self) -> _Started:
        if self._started is None:
            raise NotReady("AtomicPositions is used inside its block: async with AtomicPositions(...) as positions")
        return self._started

    def _means(self, journal: Journal, owner: Owners) -> Means:
        sink: Callable[[Event], object] = AlertSink(self._settings.alerts) if self._settings.alerts else log_alerts
        announcer = Announcer((sink, *self._settings.listeners))
        scope = Scope(self._exchange.name, self._exchange.environment, self._settings.account)
        leases = HeldLeases(journal, self._clock, self._bounds, scope, owner)
        patience_s = self._settings.look_timeout_s / 3  # a look may wait for two listings before it asks by itself
        return Means(
            self._exchange, journal, leases, self._clock, self._bounds, self._settings, self._verifiers, announcer,
            self._rng,
            SharedReads(self._exchange.reads, self._exchange.account, self._clock, patience_s, lambda: leases.count),
        )

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
            log.error("the history of position %s cannot be read: %s", record.id, error)
            return snapshot(record)


class _Started:
    """What exists only inside the block."""

    def __init__(self, means: Means, owner: Owners) -> None:
        self.means = means
        self.owner = owner
        self.journal = means.journal
        self.drivers = Drivers(means)
        self.opener = Opener(means, self.drivers)
        self.operations = Operations(means, self.drivers)
        troubles = Troubles(means)
        self.watchdog = Watchdog(means, self.drivers, troubles)
        self.renewal = Renewal(means, self.drivers, self.watchdog, troubles)
        self.feed = Feed(means.announcer)
        self.watching: asyncio.Task[None] | None = None
        self.renewing: asyncio.Task[None] | None = None

    async def stop_watching(self) -> None:
        """Stop the watchdog and see it stopped."""
        await _stop(self.watching)

    async def stop_renewing(self) -> None:
        """Stop the renewal of the leases and see it stopped."""
        await _stop(self.renewing)

    async def give_back(self) -> None:
        """Give every row back, so that the next start need not wait; else the leases lapse by themselves."""
        try:
            await self.means.leases.release()
        except StoreUnavailable as error:
            log.warning("the positions could not be given back, and stay leased for a while: %s", error)


async def _stop(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _given(journal: Journal) -> Journal:
    return journal


def _state(state: object) -> State | None:
    if state is None:
        return None
    try:
        return State(str(state))
    except ValueError:
        raise InvalidRequest(f"state is {state!r}; it must be one of {', '.join(s.value for s in State)}") from None


