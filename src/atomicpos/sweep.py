"""The sweep of the account: what no row claims is said aloud, and late evidence of a settled row reopens it."""

from __future__ import annotations

import asyncio

from .about import about
from .announcer import log
from .drivers import Drivers
from .engine import Means
from .events import Event, EventKind
from .evidence import Evidence
from .externals import (
    EXTERNAL_POSITION,
    UNRECORDED_ORDER,
    AccountView,
    External,
    Standing,
    by_key,
    claimed_slots,
    confirmed,
    late_evidence,
    unclaimed_positions,
    unexplained,
    unknown_fills,
    unknown_orders,
)
from .models import MICROSECONDS, PositionSide
from .ports import AccountFill, ReadFailed
from .record import Record, adopt
from .seldom import Seldom
from .settings import IGNORE

AUDIT_EVERY_S = 30.0
"""How often the account's fills are searched for late ones of settled rows; the other listings are there every turn,
unless they are dear."""

LOADED_AT_ONCE = 50
"""How many settled rows are read together: a round of the database has them in one transaction."""


class Sweep:
    """Looks at the account as a whole. The listings are those that the watch of the positions asks for anyway."""

    def __init__(self, means: Means, drivers: Drivers) -> None:
        self._means = means
        self._drivers = drivers
        self._seldom = Seldom(means.clock.now_us)
        self._audited_us: int | None = None
        self.failure: str | None = None
        """Why the account could not be listed the last time; None when it could."""
        self._filled: dict[str, str] = {}
        """Orders that filled under the library's prefix and are in no row, each with its symbol: that does not pass."""
        self._listed: Standing = {}
        self.standing: Standing = {}
        """What is there beside our rows, and was there the time before."""

    async def turn(self) -> None:
        """List, compare, tell. What cannot be listed changes nothing. Raises StoreUnavailable.

        Where a listing of orders is dear and nobody else asks for it, that is done as often as the fills are searched.
        """
        if self._means.shared.orders_are_dear() and not self._audit_is_due(self._means.clock.now_us()):
            return
        try:
            view = await self._view()
        except ReadFailed as failure:
            self.failure = f"the account cannot be listed: {failure}"
            if (after := self._seldom.after("listing")) is not None:
                log.warning("%s%s", self.failure, after)
            return
        self.failure = None
        # the rows are read after the listing: an intent is stored before its order can be listed
        held = await self._means.journal.holding(self._means.scope)
        filled = self._filled | view.filled_ids
        known = await self._means.journal.find_orders(self._means.scope, view.own_ids | filled.keys())
        reopened = await self._reopen(view, set(known.values()) - {row.id for row in held})
        settled = await self._means.journal.settled_since(self._means.scope, view.asked_at_us - self._late_us)
        claimed = claimed_slots((*held, *settled, *reopened))
        installation = self._means.journal.installation
        self._filled = unexplained(filled, installation, known)
        found = (
            *unclaimed_positions(view, claimed), *unknown_orders(view, installation, known),
            *unknown_fills(self._filled, installation),
        )
        await self._tell(by_key(external for external in found if self._counts(external)))
        if self._audit_is_due(view.asked_at_us):
            self._audited_us = view.asked_at_us  # whatever failed before this line is listed again

    @property
    def _late_us(self) -> int:
        """How late a listing may show what was so."""
        bounds = self._means.lags.widened(self._means.bounds)
        return bounds.visibility_us + bounds.clock_skew_us

    def _counts(self, external: External) -> bool:
        return self._means.settings.on_external != IGNORE or external.condition == UNRECORDED_ORDER

    async def _view(self) -> AccountView:
        asked = self._means.clock.now_us()
        positions, orders = await asyncio.gather(self._means.shared.positions(), self._means.shared.open_orders())
        fills: tuple[AccountFill, ...] = ()
        if self._audit_is_due(asked):
            fills = await self._means.exchange.account.fills(self._since_us(asked))
        return AccountView(asked, self._means.clock.now_us(), positions.rows, orders.rows, fills)

    def _audit_is_due(self, now_us: int) -> bool:
        return self._audited_us is None or now_us >= self._audited_us + AUDIT_EVERY_S * MICROSECONDS

    def _since_us(self, now_us: int) -> int:
        """The last audit, less how late a listing may be; for the first one the whole ``audit_s``."""
        since = now_us - round(self._means.settings.audit_s * MICROSECONDS)
        return since if self._audited_us is None else max(since, self._audited_us - self._late_us)

    async def _reopen(self, view: AccountView, settled: set[str]) -> list[Record]:
        """Look again at each settled row that the listing knows more of than its proof did."""
        reopened: list[Record] = []
        wanted = sorted(settled)
        for begin in range(0, len(wanted), LOADED_AT_ONCE):
            some = wanted[begin : begin + LOADED_AT_ONCE]
            for row in await asyncio.gather(*map(self._means.journal.load, some)):
                if row is not None and row.state.settled and (evidence := late_evidence(view, row)):
                    reopened += await self._look_again(row, evidence)
        return reopened

    async def _look_again(self, row: Record, evidence: tuple[Evidence, ...]) -> list[Record]:
        """The row, if it is ours to look at."""
        if (ours := await self._means.leases.claim_one(row.id)) is None:
            return []
        log.critical("position %s is settled, and the exchange shows more of it: looked at again", row.id,
                     extra=about(row))
        self._drivers.start(adopt(ours, self._means.clock.now_us()), watch=True, evidence=evidence)
        return [row]

    async def _tell(self, listed: Standing) -> None:
        """Each is said once and resolved once."""
        before, self.standing = self.standing, confirmed(listed, self._listed, self.standing)
        self._listed = listed
        for at in self.standing.keys() - before.keys():
            self._say(EventKind.ALERT, self.standing[at])
            if at[0] == EXTERNAL_POSITION:
                await self._look_for_its_row(self.standing[at])
        for at in before.keys() - self.standing.keys():
            self._say(EventKind.RESOLVED, before[at])

    async def _look_for_its_row(self, external: External) -> None:
        """A position that no row claims may be the late fill of the row that settled in its slot last."""
        since = self._means.clock.now_us() - round(self._means.settings.audit_s * MICROSECONDS)
        row = await self._means.journal.newest_on(self._means.scope, *_slot(external))
        if row is None or row.settled_at_us is None or row.settled_at_us < since:
            return
        if (ours := await self._means.leases.claim_one(row.id)) is not None:
            self._drivers.start(adopt(ours, self._means.clock.now_us()), watch=True)

    def _say(self, kind: EventKind, external: External) -> None:
        now = self._means.clock.now_us()
        self._means.announcer.publish(Event(
            kind, now, "", external.symbol, external.text, condition=external.condition, data={"key": external.key}
        ))


def _slot(external: External) -> tuple[str] | tuple[str, PositionSide]:
    return (external.symbol,) if external.side is None else (external.symbol, external.side)
