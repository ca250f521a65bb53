"""A stored position in sentences, with the commands that a person can give now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from ..bounds import Bounds, bounds
from ..explanation import CLOSE, LOOK, MOVE_STOP, RESOLVE, explain_stored
from ..settings import Settings
from .moments import moment
from .options import DEFAULT_DATABASE

if TYPE_CHECKING:
    from ..explanation import Explanation
    from ..ports import History
    from ..record import Record

COMMANDS = {
    LOOK: ("look {id}", "ask the exchange now"),
    MOVE_STOP: ("move-stop {id} --price PRICE", "put its stop elsewhere"),
    CLOSE: ("flatten {id}", "close it, with reduce-only orders"),
    RESOLVE: ("resolve {id} --as STATE --reason TEXT", "settle it by your word, if no source speaks against it"),
}
"""The command that does each act, and what it does."""


def explained(record: Record, history: History, now_us: int) -> Explanation:
    """The sentences, from what is stored; a bot's own settings are not known here, those of the profile are taken."""
    return explain_stored(record, history.evidence, _bounds(record.intent.scope.exchange), now_us)


def _bounds(exchange: str) -> Bounds:
    from ..exchanges import QUIRKS
    from ..sim import SIM_PROFILE

    quirks = QUIRKS.get(exchange)
    return bounds(Settings.read({}), SIM_PROFILE if quirks is None else quirks.profile)


def paragraphs(told: Explanation, position_id: str, database: str) -> Table:
    """The sentences under headings, the most urgent first."""
    where = "" if database == DEFAULT_DATABASE else f" --database {database}"
    commands = [
        f"atomicpos {command.format(id=position_id)}{where}    {meaning}"
        for command, meaning in (COMMANDS[act] for act in told.acts)
    ]
    since = [f"{moment(told.since_us)} UTC"] if told.since_us is not None else []
    risk = {True: "AT RISK", False: "safe", None: "open"}[told.at_risk]
    table = Table.grid(padding=(0, 2))
    for heading, sentences in (
        (risk, [told.summary]), ("since", since), ("proven", told.proven), ("not proven", told.unproven),
        ("would prove", told.would_prove), ("tried", told.tried), ("you can", commands),
    ):
        for number, sentence in enumerate(sentences):
            table.add_row(Text("" if number else heading), Text(sentence))
    return table
