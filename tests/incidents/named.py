"""Which tests carry which incident in their name."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parents[1]
NAMED = re.compile(r"test((?:_f\d\d)+)(?=_|$)")


@dataclass(frozen=True, slots=True, order=True)
class NamedTest:
    """One test function of an incident."""

    file: str
    """Below the folder ``tests``, with forward slashes."""
    function: str


@cache
def named_tests(root: Path = TESTS) -> dict[str, tuple[NamedTest, ...]]:
    """Every incident that a test is named for, with those tests in the order of their files."""
    found: dict[str, list[NamedTest]] = defaultdict(list)
    for path in sorted(root.rglob("test_*.py")):
        for function in _functions(path):
            # a function that names incidents says it better than its module
            for incident in _incidents(function) or _incidents(path.stem):
                found[incident].append(NamedTest(path.relative_to(root).as_posix(), function))
    return {incident: tuple(tests) for incident, tests in found.items()}


def _functions(path: Path) -> list[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, kinds) and n.name.startswith("test_")]
    return [node.name for node in sorted(nodes, key=lambda node: node.lineno)]


def _incidents(name: str) -> list[str]:
    """F01 and F07 for test_f01_f07_what_happened."""
    match = NAMED.match(name)
    return match[1].upper().strip("_").split("_") if match else []
