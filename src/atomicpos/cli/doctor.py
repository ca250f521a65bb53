"""``atomicpos doctor``: whether an account can be traded on, found before the first order."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from ..errors import InvalidRequest, NotReady
from ..models import MICROSECONDS
from .clients import Where, client_of, given_keys, where
from .keys import Keys
from .knobs import Set, knobs_of
from .options import DEFAULT_DATABASE, Database, Exchange, Json, KeysFile, Sandbox, Venue, database_url
from .output import console, failures_told, note
from .plain import json_line

if TYPE_CHECKING:
    from ..doctor import Finding, StopCanary
    from ..ports import Clock
    from ..ports import Exchange as Port
    from ..settings import Settings

Symbols = Annotated[
    list[str] | None, typer.Option("--symbol", metavar="SYMBOL", help="A symbol to examine; may be repeated.")
]
Leverage = Annotated[str | None, typer.Option(help="The leverage that the bot will ask for.")]
Canary = Annotated[
    bool,
    typer.Option("--canary", help="Also put up a stop far from the price, read it back and cancel it, on each symbol."),
]

OPENING = "opening"
"""The check that the exchange takes the key and lists its markets: without it there are no others."""


def doctor(
    exchange: Exchange = "bybit",
    symbol: Symbols = None,
    leverage: Leverage = None,
    canary: Canary = False,
    settings: Set = None,
    database: Database = DEFAULT_DATABASE,
    sandbox: Sandbox = False,
    venue: Venue = None,
    keys_file: KeysFile = None,
    as_json: Json = False,
) -> None:
    """Examine an account: key and clock, and for each symbol modes, leverage, limits, how it is closed and stopped.

    Nothing is changed, unless --canary tries a stop; only then the database is used, whose name is in the stop's id.
    Exit code 0 when an entry may be sent, 1 when something speaks against it. The keys are read from ATOMICPOS_API_KEY
    and ATOMICPOS_SECRET (on OKX also ATOMICPOS_PASSWORD, the passphrase; on Hyperliquid ATOMICPOS_WALLET_ADDRESS and
    ATOMICPOS_PRIVATE_KEY instead), or from --keys-file.
    """
    at, knobs, wanted_leverage = where(exchange, sandbox, venue), knobs_of(settings), _leverage(leverage)
    canary_database = database_url(database) if canary else None
    with failures_told(as_json=as_json):
        asked = _Asked(_settings(knobs), wanted_leverage, tuple(symbol or ()), canary_database)
        findings = asyncio.run(_examined(at, given_keys(at, keys_file), asked, as_json))
    refused = sum(finding.verdict.value == "refuse" for finding in findings)
    if not as_json:
        console().print(table_of(findings))
        note("an entry may be sent" if not refused else f"no entry may be sent: {refused} of these speak against it")
    raise typer.Exit(1 if refused else 0)


class _Asked:
    """What is examined, and with what in mind."""

    def __init__(
        self, settings: Settings, leverage: Decimal | None, symbols: tuple[str, ...], canary_database: str | None
    ) -> None:
        self.settings = settings
        self.leverage = leverage
        self.symbols = symbols
        self.canary_database = canary_database


async def _examined(at: Where, keys: Keys, asked: _Asked, as_json: bool) -> list[Finding]:
    found: list[Finding] = []
    async with client_of(at, keys) as client:
        async for finding in _findings(client, asked):
            found.append(finding)
            if as_json:
                typer.echo(json_line(finding))
    return found


async def _findings(client: Any, asked: _Asked) -> AsyncIterator[Finding]:
    """The opening first: what keeps it from happening is the one finding."""
    from ..bounds import bounds
    from ..clock import SystemClock
    from ..doctor import Finding, Verdict, Wanted, examine
    from ..exchanges import connect

    clock = SystemClock()
    exchange = connect(client, clock, recv_window_s=asked.settings.recv_window_s)
    limits = bounds(asked.settings, exchange.profile)
    wanted = Wanted(limits.clock_skew_us, asked.settings.margin_mode, asked.leverage)
    began_us = clock.now_us()
    try:
        await exchange.open()
        took_s = (clock.now_us() - began_us) / MICROSECONDS
        text = f"{exchange.name} takes the API key and lists its markets"
        yield Finding(OPENING, Verdict.OK, text, seconds=took_s)
        async with _canary(exchange, clock, asked) as canary:
            async for finding in examine(exchange, clock, asked.symbols, wanted, canary):
                yield finding
    except NotReady as unfit:
        took_s = (clock.now_us() - began_us) / MICROSECONDS
        yield Finding(OPENING, Verdict.REFUSE, str(unfit), seconds=took_s)
    finally:
        await exchange.close()


@asynccontextmanager
async def _canary(exchange: Port, clock: Clock, asked: _Asked) -> AsyncIterator[StopCanary | None]:
    """The canary of the database's installation; None when none is wanted."""
    if asked.canary_database is None:
        yield None
        return
    from ..bounds import bounds
    from ..doctor import CanaryBounds, StopCanary
    from ..store import open_journal

    limits = bounds(asked.settings, exchange.profile)
    journal = await open_journal(asked.canary_database, clock, rng=random.Random(secrets.randbits(128)))
    try:
        yield StopCanary(
            exchange, clock, journal.installation, CanaryBounds(limits.visibility_us, limits.horizon_us),
            asked.settings.trigger_by,
        )
    finally:
        await journal.close()


def _settings(knobs: dict[str, Any]) -> Settings:
    from ..settings import Settings

    try:
        return Settings.read(knobs)
    except InvalidRequest as wrong:
        raise typer.BadParameter(str(wrong)) from None


def _leverage(given: str | None) -> Decimal | None:
    if given is None:
        return None
    try:
        value = Decimal(given)
    except ArithmeticError:
        value = Decimal("NaN")
    if not value.is_finite() or value <= 0:
        raise typer.BadParameter(f"--leverage is {given!r}; it must be a number above 0")
    return value


def table_of(findings: list[Finding]) -> Table:
    """One line a finding."""
    table = Table("", "check", "symbol", "what was found", "s")
    for finding in findings:
        table.add_row(
            finding.verdict.value, finding.name, finding.symbol, finding.text, f"{finding.seconds:.3f}"
        )
    return table
