"""Mutants of function bodies: mutmut's operators, and a few of our own for what it leaves alone.

mutmut (3.8) skips decorated functions, so that a property is never touched; here properties are. What it has no
operator for: ``min`` for ``max``, ``any`` for ``all``, a member taken out of a choice, a condition turned round.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.file_mutation import Mutation, MutationVisitor
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode

from mutation.mutant import Mutant, change_of, statement_lines

OPPOSITES = {"min": "max", "max": "min", "any": "all", "all": "any"}


def _opposite(node: cst.Call) -> Iterable[cst.CSTNode]:
    if isinstance(node.func, cst.Name) and node.func.value in OPPOSITES:
        yield node.with_changes(func=cst.Name(OPPOSITES[node.func.value]))


def _fewer(node: cst.Tuple | cst.Set) -> Iterable[cst.CSTNode]:
    """Each member of a choice of enum members taken out; one is left."""
    if len(node.elements) > 1 and all(isinstance(e.value, cst.Attribute) for e in node.elements):
        for at in range(len(node.elements)):
            left = [e.with_changes(comma=cst.Comma()) for n, e in enumerate(node.elements) if n != at]
            yield node.with_changes(elements=left)


def _turned(node: cst.If) -> Iterable[cst.CSTNode]:
    """The condition turned round."""
    inner = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    yield node.with_changes(test=cst.UnaryOperation(cst.Not(), inner))


OPERATORS = (*mutation_operators, (cst.Call, _opposite), (cst.Tuple, _fewer), (cst.Set, _fewer), (cst.If, _turned))


class _Visitor(MutationVisitor):
    """mutmut's own, which does not pass properties by."""

    def _skip_node_and_children(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.FunctionDef | cst.Decorator):
            return isinstance(node, cst.Decorator)
        return bool(super()._skip_node_and_children(node))


def function_mutants(file: str, source: str) -> Iterator[Mutant]:
    """Every mutant of a body in that source."""
    module = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
    visitor = _Visitor(OPERATORS, IgnoredCode(set(), set(), set()))
    module.visit(visitor)
    tree, positions = ast.parse(source), module.resolve(PositionProvider)
    for mutation in visitor.mutations:
        if isinstance(mutation.contained_by_top_level_function, cst.FunctionDef):
            line = positions[mutation.original_node].start.line if mutation.original_node in positions else 0
            yield _mutant(file, source, tree, module.module, mutation, line)


def _mutant(file: str, source: str, tree: ast.Module, module: cst.Module, mutation: Mutation, line: int) -> Mutant:
    changed = module.deep_replace(mutation.original_node, mutation.mutated_node).code
    line = line or _first_difference(source, changed)
    return Mutant(file, _qualified(tree, line), statement_lines(tree, line), change_of(source, changed), changed)


def _first_difference(before: str, after: str) -> int:
    pairs = enumerate(zip(before.splitlines(), after.splitlines(), strict=False), start=1)
    return next((at for at, (one, other) in pairs if one != other), 1)


def _qualified(tree: ast.Module, line: int) -> str:
    """The function or method of the module that holds that line."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.lineno <= line <= (node.end_lineno or 0):
            if isinstance(node, ast.FunctionDef):
                return node.name
            inner = (n for n in node.body if isinstance(n, ast.FunctionDef))
            return next((f"{node.name}.{n.name}" for n in inner if n.lineno <= line <= (n.end_lineno or 0)), node.name)
    return ""
