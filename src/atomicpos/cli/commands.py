"""All commands under one name. Each lives in a module of its own and imports what is heavy when it runs."""

from __future__ import annotations

import typer

from .dashboard import dashboard
from .database import database
from .demo import demo
from .doctor import doctor
from .exchanges import exchanges
from .health import health
from .lag import lag
from .opening import open_position
from .plugins import plugins
from .positions import positions
from .show import show
from .venue import venue
from .watch import watch

# Without rich tracebacks: those can show local variables, and a secret may be among them.
app = typer.Typer(
    name="atomicpos",
    help="Open leveraged crypto positions atomically with their stop-loss.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("open")(open_position)
app.command("positions")(positions)
app.command("show")(show)
app.command("watch")(watch)
app.command("health")(health)
app.command("dashboard")(dashboard)
app.command("doctor")(doctor)
app.command("lag")(lag)
app.command("demo")(demo)
app.command("venue")(venue)
app.command("exchanges")(exchanges)
app.command("plugins")(plugins)
app.add_typer(database, name="db")


def main() -> None:
    """Run the command line and exit: 0 done, 1 not done and said why, 2 bad usage."""
    app()

