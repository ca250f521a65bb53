"""Those parts of the reference that are written from the code: ``python tests/docs/generated.py`` renews them."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any

from typer.main import get_command

from atomicpos import errors, settings, states
from atomicpos.cli import columns, exits
from atomicpos.cli.commands import app
from atomicpos.errors import AtomicPositionError
from atomicpos.exchanges import QUIRKS
from atomicpos.exchanges.declared import FACTS
from atomicpos.exchanges.matrix import matrix, refused
from atomicpos.sim.fault_kinds import describe

DOCS = Path(__file__).parents[2] / "docs"
sys.path.append(str(DOCS.parent / "tests" / "incidents"))
SECTION = re.compile(r"(<!-- generated: ([a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def renewed(page: str) -> str:
    """The page with every generated section written anew. Raises KeyError for a section that nothing writes."""
    return SECTION.sub(lambda found: found[1] + SECTIONS[found[2]]() + "\n" + found[3], page)


def diagram() -> str:
    """The table of states as a diagram."""
    return f"```mermaid\n{states.mermaid()}\n```"


def transitions() -> str:
    """Every row of the table of states."""
    return _table(
        ("from", "to", "when", "that is"),
        ((f"`{r.source.value}`", f"`{r.dest.value}`", f"`{r.guard}`", r.meaning) for r in states.TABLE),
    )


def knobs() -> str:
    """Every keyword argument of ``AtomicPositions``, with its default and meaning."""
    meanings = _attribute_docs(settings.Settings)
    return _table(
        ("setting", "default", "meaning"),
        ((f"`{f.name}`", _default(f.default), meanings.get(f.name, "")) for f in fields(settings.Settings)),
    )


def bounds() -> str:
    """What is assumed of each exchange, with its source."""
    rows = (
        (name, f"`{fact}`", f"`{_plain(getattr(quirks.profile, fact))}`", source)
        for name, quirks in QUIRKS.items()
        for fact, source in quirks.sources.items()
    )
    return _table(("exchange", "fact", "value", "where it comes from"), rows)


def _plain(value: object) -> object:
    """A set in one order, whatever the order of its hashes."""
    return ", ".join(sorted(value)) if isinstance(value, frozenset) else value


def exchanges() -> str:
    """One column an exchange, one line a fact."""
    cells = matrix()
    names = tuple(dict.fromkeys(cell.exchange for cell in cells))
    values = {(cell.exchange, cell.fact): cell.value for cell in cells}
    facts = tuple(dict.fromkeys(cell.fact for cell in cells))
    rows = ((f"`{fact}`", *(values.get((name, fact), "") for name in names)) for fact in facts)
    return _table(("", *names), rows)


def declared_facts() -> str:
    """What each fact beside the profile says."""
    return _table(("fact", "what it says"), ((f"`{fact}`", meaning) for fact, meaning in FACTS.items()))


def exchange_sources() -> str:
    """Every fact about every exchange, with where it comes from."""
    rows = ((c.exchange, f"`{c.fact}`", c.value, c.source) for c in matrix())
    return _table(("exchange", "fact", "value", "where it comes from"), rows)


def refused_exchanges() -> str:
    """The exchanges that are refused for a reason that is known."""
    return _table(("exchange", "why it is refused"), ((f"`{c.exchange}`", c.source) for c in refused()))


def error_classes() -> str:
    """Every error with what it means; each is named after what it is a kind of."""
    classes = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, AtomicPositionError)]
    classes.sort(key=lambda c: (len(c.__mro__), c.__name__))
    return _table(
        ("error", "is a", "meaning"),
        ((f"`{c.__name__}`", f"`{c.__bases__[0].__name__}`", _first_paragraph(c.__doc__)) for c in classes),
    )


def faults() -> str:
    """Every kind of fault, the calls it can strike, and the incident or fact it was taken from."""
    return _table(
        ("kind", "what happens to the call", "calls", "where it comes from"),
        ((f"`{row.kind}`", row.meaning, ", ".join(row.calls), row.origin) for row in describe()),
    )


def commands() -> str:
    """Every command with its arguments and options."""
    return "\n\n".join(_command(path, command) for path, command in _leaves("atomicpos", get_command(app)))


def exit_codes() -> str:
    """What each exit code means."""
    meanings = _attribute_docs(exits.Exit)
    return _table(("exit code", "name", "meaning"), ((f"`{c.value}`", c.name, meanings[c.name]) for c in exits.Exit))


def export_columns() -> str:
    """What each kind of export has, in its order."""
    listed = ((f"`{what.value}`", ", ".join(f"`{name}`" for name in names)) for what, names in columns.COLUMNS.items())
    return _table(("export", "columns"), listed)


def incidents() -> str:
    """Every way in which opening a position has failed, what is promised instead, and how that is shown."""
    from incident_page import HEAD, rows

    return _table(HEAD, rows())


def _leaves(path: str, command: Any) -> Iterable[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield path, command
        return
    for name, child in inner.items():
        yield from _leaves(f"{path} {name}", child)


def _command(path: str, command: Any) -> str:
    shown = [p for p in command.params if not getattr(p, "hidden", False) and p.name != "help"]
    arguments = "".join(f" {p.name.upper()}" for p in shown if p.param_type_name == "argument")
    rows = [(f"`{_spelled(p)}`", _default(p.default), p.help or "") for p in shown]
    table = _table(("argument or option", "default", "meaning"), rows) if rows else ""
    return f"### `{path}{arguments}`\n\n{inspect.cleandoc(command.help)}\n\n{table}".rstrip()


def _spelled(parameter: Any) -> str:
    return str(parameter.name.upper() if parameter.param_type_name == "argument" else max(parameter.opts, key=len))


def _default(value: object) -> str:
    if value is None or value is False or value in ((), ""):
        return ""
    # what dataclasses and the command line put where no default was given
    unset = any(name in repr(value) for name in ("MISSING", "Undefined", "UNSET"))
    return "" if unset else f"`{value}`"


def _attribute_docs(owner: type) -> dict[str, str]:
    """The strings that follow a class's attributes."""
    (body,) = (n.body for n in ast.parse(inspect.getsource(owner)).body if isinstance(n, ast.ClassDef))
    found = {}
    for attribute, after in pairwise(body):
        match attribute, after:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = " ".join(text.split())
            case ast.Assign(targets=[ast.Name(id=name)]), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = " ".join(text.split())
    return found


def _first_paragraph(text: str | None) -> str:
    return " ".join(inspect.cleandoc(text or "").split("\n\n")[0].split())


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = tuple(head)
    lines = [names, ("---",) * len(names), *rows]
    return "\n".join("| " + " | ".join(_cell(text) for text in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("``", "`")


SECTIONS: dict[str, Callable[[], str]] = {
    "diagram": diagram,
    "transitions": transitions,
    "settings": knobs,
    "bounds": bounds,
    "exchanges": exchanges,
    "declared facts": declared_facts,
    "exchange sources": exchange_sources,
    "refused exchanges": refused_exchanges,
    "errors": error_classes,
    "faults": faults,
    "commands": commands,
    "exit codes": exit_codes,
    "export columns": export_columns,
    "incidents": incidents,
}

if __name__ == "__main__":
    for path in sorted(DOCS.rglob("*.md")):
        path.write_text(renewed(path.read_text()))
