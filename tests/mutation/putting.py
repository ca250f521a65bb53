"""Put a mutant in place: in a process that has everything imported, or before anything of the library is."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from mutation.mutant import Mutant
from mutation.targets import module_of

CALLED_AT_IMPORT = frozenset({"_machine", "_answer", "_Decision.__init__"})
"""Functions whose work is done once their module was imported: exchanging them afterwards would change nothing."""


def in_place(mutant: Mutant, original: str) -> bool:
    """Exchange the body of the one function that is changed; False when more than a body is.

    Whoever holds the function keeps it: what it does is what changes.
    """
    module = sys.modules[module_of(mutant.file)]
    if not mutant.where or mutant.where in CALLED_AT_IMPORT or not _same_but(mutant, original):
        return False
    function = _function(module, mutant.where)
    code = _code(compile(mutant.source, module.__file__ or "", "exec"), mutant.where)
    if function is None or code is None or code.co_freevars != function.__code__.co_freevars:
        return False
    function.__code__ = code
    return True


def _same_but(mutant: Mutant, original: str) -> bool:
    """True when only the body of that function differs, not its parameters, decorators or anything around it."""
    return _without_body(ast.parse(original), mutant.where) == _without_body(ast.parse(mutant.source), mutant.where)


def _without_body(tree: ast.Module, where: str) -> str:
    *outer, name = where.split(".")
    body: list[ast.stmt] = tree.body
    for part in outer:
        body = next((n.body for n in body if isinstance(n, ast.ClassDef) and n.name == part), [])
    for node in body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            node.body = [ast.Pass()]
    return ast.dump(tree)


def _function(module: ModuleType, where: str) -> FunctionType | None:
    found: Any = module
    for part in where.split("."):
        found = vars(found).get(part)
    match found:
        case FunctionType():
            return found
        case property(fget=FunctionType() as getter):
            return getter
        case classmethod() | staticmethod():
            return found.__func__ if isinstance(found.__func__, FunctionType) else None
    return None


def _code(module: CodeType, where: str) -> CodeType | None:
    return next((code for code in _codes(module) if code.co_qualname == where), None)


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


# --- before anything is imported ----------------------------------------------------------------------------------


class _Instead(MetaPathFinder, Loader):
    """Finds one module, and runs the mutant's source for it."""

    def __init__(self, mutant: Mutant, package: Path) -> None:
        self._name = module_of(mutant.file)
        self._path = package / mutant.file
        self._source = mutant.source

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if name != self._name:
            return None
        package = self._path.name == "__init__.py"
        spec = spec_from_loader(name, self, origin=str(self._path), is_package=package)
        if spec is not None and package:
            spec.submodule_search_locations = [str(self._path.parent)]
        return spec

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(self._path)
        exec(compile(self._source, str(self._path), "exec"), module.__dict__)


def instead(mutant: Mutant, package: Path, tests: Path) -> None:
    """Forget the library and the tests, and let the next import find the mutant."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None) or ""
        if file.startswith((str(package), str(tests))) and "mutation" not in name:
            del sys.modules[name]
    sys.meta_path.insert(0, _Instead(mutant, package))
