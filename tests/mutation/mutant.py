"""One mutant: a module's source with one small change in it, and how it is named in the list of survivors."""

from __future__ import annotations

import ast
import difflib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed module."""

    file: str
    """Below ``src/atomicpos``."""
    where: str
    """The function or method that is changed, by its qualified name; empty for what is no function's body."""
    lines: tuple[int, int]
    """First and last line of the statement that is changed."""
    change: str
    """What stands there instead of what: the text before and after, on one line."""
    source: str
    """The whole module with the change."""

    @property
    def name(self) -> str:
        """How the list of survivors calls it: the same however the lines above it move."""
        return f"{self.file} {self.where or '-'}: {self.change}"


def change_of(before: str, after: str) -> str:
    """The lines that differ, stripped and joined: what was there, and what is."""
    old, new = before.splitlines(), after.splitlines()
    moves = [m for m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if m[0] != "equal"]
    gone = [line.strip() for _, a, b, _, _ in moves for line in old[a:b]]
    come = [line.strip() for _, _, _, a, b in moves for line in new[a:b]]
    return f"`{' '.join(gone)}` -> `{' '.join(come)}`"


def distinct(mutants: Iterable[Mutant], source: str) -> Iterator[Mutant]:
    """Each program once, however many operators lead to it; two of one name are numbered."""
    seen, names = {ast.dump(ast.parse(source))}, Counter[str]()
    for mutant in mutants:
        tree = _parsed(mutant.source)
        if tree is None or tree in seen:
            continue
        seen.add(tree)
        names[mutant.name] += 1
        nth = names[mutant.name]
        yield mutant if nth == 1 else replace(mutant, change=f"{mutant.change} ({nth})")


def _parsed(source: str) -> str | None:
    try:
        return ast.dump(ast.parse(source))
    except SyntaxError:
        return None


def statement_lines(tree: ast.Module, line: int) -> tuple[int, int]:
    """First and last line of the innermost statement that holds that line; of a compound one only its head."""
    found = (line, line)
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
            body = getattr(node, "body", None)
            last = body[0].lineno - 1 if body and body[0].lineno > node.lineno else node.end_lineno or node.lineno
            if line <= last:
                found = (node.lineno, last)
    return found
