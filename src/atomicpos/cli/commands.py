"""All commands under one name. Each lives in a module of its own and imports what is heavy when it runs."""

from __future__ import annotations

import typer

from .closing import close, flatten
from .dashboard import dashboard
from .database import database
from .demo import demo
from .doctor import doctor
from .exchanges import exchanges
from .export import export
from .health import health
from .lag import lag
from .looking import look
from .moving import move_stop
from .opening import open_position
from .plugins import plugins
from .positions import positions
from .resolving import resolve
from .show import show
from .venue import venue
from .watch import watch

# Without rich tracebacks: those can show local variables, and a secret may be among them.
app = typer.Typer(
    name="atomicpos",
    help="Open leveraged crypto positions atomically with their stop-loss.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
SEE, ACT, KNOW, TRY = "See how things stand", "Act", "Check and maintain", "Try without an exchange"
app.command("health", rich_help_panel=SEE)(health)
app.command("positions", rich_help_panel=SEE)(positions)
app.command("show", rich_help_panel=SEE)(show)
app.command("dashboard", rich_help_panel=SEE)(dashboard)
app.command("watch", rich_help_panel=SEE)(watch)
app.command("lag", rich_help_panel=SEE)(lag)
app.command("dashboard", rich_help_panel=SEE)(dashboard)
app.command("export", rich_help_panel=SEE)(export)
app.command("look", rich_help_panel=ACT)(look)
app.command("close", rich_help_panel=ACT)(close)
app.command("flatten", rich_help_panel=ACT)(flatten)
app.command("move-stop", rich_help_panel=ACT)(move_stop)
app.command("resolve", rich_help_panel=ACT)(resolve)
app.command("open", rich_help_panel=ACT)(open_position)
app.command("doctor", rich_help_panel=KNOW)(doctor)
app.command("exchanges", rich_help_panel=KNOW)(exchanges)
app.command("plugins", rich_help_panel=KNOW)(plugins)
app.add_typer(database, name="db", rich_help_panel=KNOW)
app.command("demo", rich_help_panel=TRY)(demo)
app.command("venue", rich_help_panel=TRY)(venue)


def main() -> None:
    """Run the command line and exit with one of the codes of ``exits``."""
    app()

