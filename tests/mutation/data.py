"""Mutants of what is no function's body: rows of the table, constants, defaults, memberships, stored words.

No operator of mutmut's touches these, and a guard that is never asked or a bound that is twice as long is as bad as a
wrong condition.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from decimal import Decimal

from mutation.mutant import Mutant, change_of

Change = Callable[[ast.Module], None]
TABLE = "TABLE"


def data_mutants(file: str, source: str) -> Iterator[Mutant]:
    """Every mutant of the module's own statements and of its classes' fields."""
    tree = ast.parse(source)
    before = ast.unparse(tree)
    for at, statement in enumerate(tree.body):
        for changed in _changed(statement):
            after = copy.deepcopy(tree)
            after.body[at] = changed
            text = ast.unparse(ast.fix_missing_locations(after))
            lines = statement.lineno, statement.end_lineno or statement.lineno
            yield Mutant(file, "", lines, _said(before, text, statement, changed), text)


def _said(before: str, after: str, statement: ast.stmt, changed: ast.stmt) -> str:
    """The lines that differ; of a table or a choice, which is one line, what differs in it."""
    if not isinstance(statement, ast.AnnAssign | ast.Assign):
        return change_of(before, after)
    old, new = _parts(statement), _parts(changed)
    name = ast.unparse(statement.targets[0] if isinstance(statement, ast.Assign) else statement.target)
    return f"{name}: {change_of(chr(10).join(old), chr(10).join(new))}"


def _parts(statement: ast.stmt) -> list[str]:
    value = getattr(statement, "value", None)
    while isinstance(value, ast.Call) and len(value.args) == 1:
        value = value.args[0]
    if isinstance(value, ast.Tuple | ast.Set | ast.List):
        return [ast.unparse(element) for element in value.elts]
    return [ast.unparse(value)] if value is not None else []


def _changed(statement: ast.stmt) -> Iterator[ast.stmt]:
    match statement:
        case ast.Assign(value=ast.expr()) | ast.AnnAssign(value=ast.expr()):
            if _target(statement) == "__all__":
                return
            yield from _with_value(statement, _rows if _target(statement) == TABLE else _values)
        case ast.ClassDef():
            for at, field in enumerate(statement.body):
                if isinstance(field, ast.Assign | ast.AnnAssign) and field.value is not None:
                    for changed in _with_value(field, _values):
                        after = copy.deepcopy(statement)
                        after.body[at] = changed
                        yield after


def _target(statement: ast.Assign | ast.AnnAssign) -> str:
    return ast.unparse(statement.targets[0] if isinstance(statement, ast.Assign) else statement.target)


def _with_value(statement: ast.stmt, others: Callable[[ast.expr], Iterator[ast.expr]]) -> Iterator[ast.stmt]:
    value: ast.expr = statement.value  # type: ignore[attr-defined]
    for other in others(value):
        after = copy.deepcopy(statement)
        after.value = other  # type: ignore[attr-defined]
        yield after


# --- values -------------------------------------------------------------------------------------------------------


def _values(value: ast.expr) -> Iterator[ast.expr]:
    """Other values in that place: numbers moved, flags turned, nothing made something, members taken out."""
    match value:
        case ast.Constant(value=bool(flag)):
            yield ast.Constant(not flag)
        case ast.Constant(value=int(number)):
            yield from (ast.Constant(n) for n in _numbers(number))
        case ast.Constant(value=str(word)):
            yield ast.Constant(f"{word}x")
        case ast.Constant(value=None):
            yield ast.Constant(0)
        case ast.Call(func=ast.Name(id="Decimal"), args=[ast.Constant(value=number)]):
            yield from (_decimal(n) for n in _decimals(Decimal(str(number))))
        case ast.Call(args=[ast.Tuple() | ast.Set()]):
            for inner in _members(value.args[0]):
                yield ast.Call(value.func, [inner], [])
        case ast.Call(func=ast.Name(id="frozenset"), args=[ast.GeneratorExp()]):
            yield ast.Call(value.func, [], [])
        case ast.Tuple() | ast.Set() if value.elts:
            yield from _members(value)


def _numbers(number: int) -> Iterator[int]:
    yield from dict.fromkeys(n for n in (number + 1, number - 1, number * 2, number // 2, 0) if n != number)


def _decimals(number: Decimal) -> Iterator[Decimal]:
    others = (number + 1, number - 1, number * 2, number / 2, Decimal(0))
    yield from dict.fromkeys(n for n in others if n != number)


def _decimal(number: Decimal) -> ast.expr:
    return ast.Call(ast.Name("Decimal", ast.Load()), [ast.Constant(str(number))], [])


def _members(value: ast.Tuple | ast.Set) -> Iterator[ast.expr]:
    """Each member taken out; in a tuple of values that are numbers, each moved too."""
    for at in range(len(value.elts)):
        left = [element for n, element in enumerate(value.elts) if n != at]
        yield ast.Tuple(left, ast.Load())
        if isinstance(value.elts[at], ast.Constant):
            for other in _values(value.elts[at]):
                yield ast.Tuple([*value.elts[:at], other, *value.elts[at + 1 :]], ast.Load())


# --- the table ----------------------------------------------------------------------------------------------------


def _rows(value: ast.expr) -> Iterator[ast.expr]:
    """The table without each row, with another guard, another source or another destination, and out of order."""
    assert isinstance(value, ast.Tuple)
    rows = value.elts
    plain = [row for row in rows if isinstance(row, ast.Call)]
    words = {at: list(dict.fromkeys(ast.dump(row.args[at]) for row in plain)) for at in (0, 1, 2)}
    known = {ast.dump(row.args[at]): row.args[at] for row in plain for at in (0, 1, 2)}
    for at, row in enumerate(rows):
        before, after = rows[:at], rows[at + 1 :]
        yield ast.Tuple([*before, *after], ast.Load())
        for other in _rewritten(row, words, known):
            yield ast.Tuple([*before, other, *after], ast.Load())
        if after:
            yield ast.Tuple([*before, after[0], row, *after[1:]], ast.Load())


def _rewritten(row: ast.expr, words: dict[int, list[str]], known: dict[str, ast.expr]) -> Iterator[ast.expr]:
    if isinstance(row, ast.Starred):
        yield from _rewritten_ends(row)
        return
    assert isinstance(row, ast.Call)
    for at in (0, 1, 2):
        for word in words[at]:
            if word != ast.dump(row.args[at]):
                args = [*row.args]
                args[at] = known[word]
                yield ast.Call(row.func, args, [])


def _rewritten_ends(row: ast.Starred) -> Iterator[ast.expr]:
    """Of the rows that lead back from the ends: each end left out."""
    generator = row.value
    assert isinstance(generator, ast.GeneratorExp)
    ends = generator.generators[0].iter
    assert isinstance(ends, ast.Tuple)
    for at in range(len(ends.elts)):
        after = copy.deepcopy(row)
        after.value.generators[0].iter.elts.pop(at)  # type: ignore[attr-defined]
        yield after
