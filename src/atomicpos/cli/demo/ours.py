"""The demo's opens through one ``AtomicPositions`` over one database."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ...app import AtomicPositions
from ...errors import AtomicPositionError
from ...events import Event
from ...models import MICROSECONDS
from ...record import Record
from ..reading import reading
from .board import Board
from .judging import Claim
from .rows import Row
from .scenarios import Scenario
from .staging import Judge

if TYPE_CHECKING:
    from .command import Watched

OPENS_LIMIT_S = 45.0
"""How long all opens together may take: past every default deadline, so that an open that still runs is a defect."""

LOOK_AGAIN_S = 0.25


async def play(
    client: Any, judge: Judge, database: str, account: str, scenarios: Sequence[Scenario], board: Board,
    watched: Watched,
) -> list[Row]:
    """Open everything at once, leave the block, and have the rows of the database judged.

    With a show the opens follow each other slowly enough to be watched, and the block is left when it is over.
    """
    async with AtomicPositions(
        client, database, account=account, listeners=[board.hear], alerts=_on_the_board, metrics=watched.metrics
    ) as positions:
        if (show := watched.show) is not None:
            async with show.served(positions, database):
                names = await _opened(positions, scenarios, board, show.apart_s)
                rows = await judge(await _claims(database, account, scenarios, names))
                await show.hold(rows)
                return rows
        names = await _opened(positions, scenarios, board)
        await asyncio.sleep(watched.stay_s)
    return await judge(await _claims(database, account, scenarios, names))


async def _opened(
    positions: AtomicPositions, scenarios: Sequence[Scenario], board: Board, apart_s: float = 0.0
) -> dict[str, str]:
    """Open everything; the names of the errors, by unified symbol."""
    # what has to be proven flat takes longest, and only so many may begin at once
    asked = sorted(scenarios, key=lambda scenario: not scenario.weather.gone)
    opens = [
        asyncio.ensure_future(_open(positions, scenario, board, after_s=apart_s * turn))
        for turn, scenario in enumerate(asked)
    ]
    _, late = await asyncio.wait(opens, timeout=OPENS_LIMIT_S + apart_s * len(opens))
    for task in late:
        task.cancel()
    errors = await asyncio.gather(*opens, return_exceptions=True)
    return {s.symbol: error for s, error in zip(asked, errors, strict=True) if isinstance(error, str)}


async def _open(positions: AtomicPositions, scenario: Scenario, board: Board, *, after_s: float) -> str | None:
    """The name of the error, None when it came out protected.

    Where the position ends by itself but its stop was read back before that showed, the library's watching is waited
    for.
    """
    await asyncio.sleep(after_s)
    try:
        position = await positions.open_position_atomic(
            scenario.symbol, scenario.side, scenario.quantity,
            stop_loss_percent=scenario.stop_percent, leverage=scenario.leverage,
        )  # fmt: skip
    except AtomicPositionError as error:
        # what the row says is read back later; an error without a row is shown, and the row is then missing
        if error.position is None:
            board.tell(scenario.symbol, None, str(error))
        return type(error).__name__
    while scenario.weather.gone and not position.state.settled:
        await asyncio.sleep(LOOK_AGAIN_S)
        position = await positions.get(position.id)
    return None


async def _claims(
    database: str, account: str, scenarios: Sequence[Scenario], errors: dict[str, str]
) -> dict[str, Claim]:
    async with reading(database) as journal:
        rows = {row.intent.symbol: row for row in await journal.list() if row.intent.scope.account == account}
    return {s.symbol: _claim(rows.get(s.symbol), s, errors.get(s.symbol)) for s in scenarios}


def _claim(row: Record | None, scenario: Scenario, error: str | None) -> Claim:
    if row is None:
        return Claim("", None, Decimal(0), 0.0, error)
    filled, exposure_s = scenario.signed(row.filled_quantity), row.exposure_us / MICROSECONDS
    return Claim(row.id, row.state, filled, exposure_s, error)


def _on_the_board(event: Event) -> None:
    """The board hears alerts as a listener already; without a sink of their own they would go to the log as well."""
