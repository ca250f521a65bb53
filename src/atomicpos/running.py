"""What exists only inside the block: the parts that run over one open journal, how they start and how they end."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager
from random import Random

from .about import left_alone
from .allowance import Crowd, Tidying, Turnstile
from .announcer import Announcer, log
from .answering import Answer, answering
from .bounds import Bounds
from .drivers import Drivers
from .engine import Means
from .errors import NotReady, StoreUnavailable
from .exchanges import allowance_of
from .feed import Feed
from .health import Health, Vitals, judge
from .lag import Lags
from .leases import HeldLeases
from .listening import Listening
from .models import Scope
from .noticeboard import Noticeboard
from .observers import AlertSink, Delivery, FactLog, Observed, Sinks, observed
from .opener import Opener
from .operations import Operations
from .ports import Clock, Exchange, Heard, Journal, Owners, TellsFacts
from .record import Record
from .remembering import Remembering
from .renewal import Renewal
from .settings import AUTO, Settings
from .shared_reads import SharedReads
from .troubles import Troubles
from .verifiers import PositionStream, Verifier
from .waiting import AT_REST
from .watchdog import Watchdog

ROW_PATIENCE_S = 2.0
"""How long a message waits for its position's row, in seconds; then it is told what is known here."""


class Running:
    """One instance inside its block, and the background tasks that it owns."""

    def __init__(self, means: Means, owner: Owners, sinks: Sinks, metrics: Observed | None = None) -> None:
        self.means = means
        self.journal = means.journal
        self.drivers = Drivers(means)
        self.opener = Opener(means, self.drivers)
        self.operations = Operations(means, self.drivers)
        self.feed = Feed(means.announcer)
        troubles = Troubles(means)
        self.watchdog = Watchdog(means, self.drivers, troubles)
        self._owner = owner
        self._metrics = metrics
        self._remembering = Remembering(means)
        means.lags.recall(means.journal.lags_at_opening)
        self._renewal = Renewal(means, self.drivers, self.watchdog, troubles, self._remembering)
        self._sinks = sinks
        self._delivery: Delivery | None = None
        if sinks.channels:
            self._delivery = Delivery(
                sinks.channels, self.journal.outbox, means.clock, means.scope, owner, means.announcer.publish, self._row
            )
            means.announcer.add(self._delivery.hear)
        self._watching: asyncio.Task[None] | None = None
        self._renewing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the exchange, take every unfinished row up again, and start watching. Raises NotReady.

        What was started before it failed is ended again.
        """
        try:
            await self.means.exchange.open()
            await self._check_account()
            if self.means.listening is not None:
                self.means.listening.start()
            if self._delivery is not None:
                self._delivery.start()
            self._renewing = asyncio.ensure_future(self._renewal.run())
            await self.watchdog.turn()
            self._watching = asyncio.ensure_future(self.watchdog.run())
        except BaseException:
            await self.end(0)
            raise

    async def end(self, seconds: float) -> None:
        """Let the drives rest within so many seconds, name what is left, and give everything back."""
        means = self.means
        try:
            await _stop(self._watching)
            self.feed.close()
            # the leases are renewed until the last drive has ended: what it may still have to close needs them
            for record in await self.drivers.finish(seconds, min(seconds, means.settings.write_patience_s)):
                if record.state not in AT_REST:
                    left_alone(record)
            await self.opener.rest(seconds)
        finally:
            await _stop(self._renewing)
            if means.listening is not None:
                await means.listening.close()
            await self._remembering.close()
            await self._give_back()
            if self._delivery is not None:
                await self._delivery.close()
            await means.shared.close()
            await means.exchange.close()
            await self.journal.close()
            self._owner.leave()
            await means.announcer.close()
            if self._metrics is not None:
                await asyncio.to_thread(self._metrics.close)

    def answering(self, symbol: object) -> AbstractContextManager[Answer]:
        """Tell how the open that is made inside is answered."""
        return answering(self.means, symbol)

    async def health(self) -> Health:
        """Whether this instance lives, what waits, and what needs a person."""
        means, settings, sweep = self.means, self.means.settings, self.watchdog.sweep
        rows: tuple[Record, ...] = ()
        heard: tuple[Heard, ...] = ()
        problem = None
        try:
            rows = await self.journal.holding(means.scope)
            heard = await self.journal.heartbeats()
        except StoreUnavailable as error:
            problem = str(error)
        vitals = Vitals(
            means.clock.now_us(), self.watchdog.turned_at_us, settings.watch_s, len(self.drivers.busy),
            self._told, problem, heard, means.leases.me, means.leases.lease_us,
            tuple(external.text for external in sweep.standing.values()), sweep.failure,
            None if means.listening is None else means.listening.state,
            () if self._delivery is None else self._delivery.problems,
        )
        return judge(rows, vitals)

    @property
    def _told(self) -> bool:
        """True while somebody hears of alerts."""
        return bool(self._sinks.functions) or (self._delivery is not None and self._delivery.told)

    async def _row(self, position_id: str) -> Record | None:
        """The row for a message: as the database has it, else as it was when it was driven here last."""
        try:
            async with asyncio.timeout(ROW_PATIENCE_S):
                return await self.journal.load(position_id)
        except (StoreUnavailable, TimeoutError):
            return self.drivers.waiting.latest.get(position_id)

    async def _check_account(self) -> None:
        """One account's rows are never weighed by another's answers. Raises NotReady."""
        found, scope = self.means.exchange.account_id, self.means.scope
        if found is None:
            return
        known = await self.journal.bind_account(scope, found)
        if known != found:
            raise NotReady(
                f"account {scope.account!r} in the database {self.journal.place} is the {scope.exchange} account "
                f"{known}, and these keys belong to {found}: give account= another name, or use the other keys"
            )

    async def _give_back(self) -> None:
        """Give every row back, so that the next start need not wait; else the leases lapse by themselves."""
        try:
            await self.means.leases.release()
        except StoreUnavailable as error:
            log.warning("the positions could not be given back, and stay leased for a while: %s", error)


def wired(
    exchange: Exchange, journal: Journal, clock: Clock, rng: Random, owner: Owners, settings: Settings, bounds: Bounds,
    verifiers: tuple[Verifier, ...], sinks: Sinks,
) -> Running:
    """The parts over those ports; nothing of them runs yet."""
    scope = Scope(exchange.name, exchange.environment, settings.account)
    metrics = None if settings.metrics is None else observed(settings.metrics)
    measuring = () if metrics is None else (metrics.listener,)
    hearing = (FactLog(scope), *map(AlertSink, sinks.functions), *measuring, *settings.listeners)
    announcer = Announcer(hearing, exchange.name, settings.account)
    for part in (exchange, journal):
        if isinstance(part, TellsFacts):
            part.tell_facts(announcer.publish)
    leases = HeldLeases(journal, clock, bounds, scope, owner)
    patience_s = settings.look_timeout_s / 3  # a look may wait for two listings before it asks by itself
    listed_from = exchange.profile.orders_listed_from
    shared = SharedReads(exchange.reads, exchange.account, clock, patience_s, lambda: leases.count, listed_from)
    listening = _listening(exchange, clock, rng, settings)
    if listening is not None:
        verifiers = (*verifiers, PositionStream(listening.board))
    lags = Lags(exchange.name, exchange.environment)
    allowance = allowance_of(exchange.name)
    crowd = Crowd(allowance)
    turnstile, tidying = Turnstile(clock, allowance, crowd), Tidying(clock, allowance)
    means = Means(
        exchange, journal, leases, clock, bounds, settings, verifiers, announcer, rng, shared, lags, crowd, turnstile,
        tidying, listening,
    )
    return Running(means, owner, sinks, metrics)


def _listening(exchange: Exchange, clock: Clock, rng: Random, settings: Settings) -> Listening | None:
    """The account's stream, where the exchange has one and it is wanted."""
    stream = exchange.stream if settings.streams == AUTO else None
    return None if stream is None else Listening(stream, Noticeboard(), clock, Random(rng.random()))


async def _stop(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
