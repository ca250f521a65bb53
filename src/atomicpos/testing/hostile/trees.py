"""The JSON of a reply as a tree: its places, and the tree with something else in one of them."""

from __future__ import annotations

import copy
import json
import random
from collections import defaultdict
from collections.abc import Callable
from typing import Any

Path = tuple[str | int, ...]

_MARK = "put-the-token-here"


def places(tree: Any, path: Path = ()) -> list[tuple[Path, Any]]:
    """Every value below the root with the way to it."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    found: list[tuple[Path, Any]] = []
    for key, value in inner:
        here = (*path, key)
        found.append((here, value))
        if isinstance(value, (dict, list)):
            found += places(value, here)
    return found


def picked(tree: Any, rng: random.Random, fits: Callable[[Path, Any], bool]) -> Path | None:
    """One place that fits: first a field by its name, then one of the places with that name.

    So a field of the envelope is hit as often as one that a hundred rows have.
    """
    named: dict[str, list[Path]] = defaultdict(list)
    for path, value in places(tree):
        if fits(path, value):
            named[next((str(key) for key in reversed(path) if isinstance(key, str)), "")].append(path)
    return rng.choice(named[rng.choice(sorted(named))]) if named else None


def at(tree: Any, path: Path) -> Any:
    """What is there."""
    for key in path:
        tree = tree[key]
    return tree


def changed(tree: Any, path: Path, value: Any) -> Any:
    """A copy with that value there; what does not lie on the way to it is shared."""
    if not path:
        return value
    after = copy.copy(tree)
    after[path[0]] = changed(tree[path[0]], path[1:], value)
    return after


def without(tree: Any, path: Path) -> Any:
    """A copy in which nothing is there."""
    around = copy.copy(at(tree, path[:-1]))
    del around[path[-1]]
    return changed(tree, path[:-1], around)


def written(tree: Any) -> bytes:
    """As exchanges send it, without spaces."""
    return json.dumps(tree, separators=(",", ":")).encode()


def with_token(tree: Any, path: Path, token: str) -> bytes:
    """Written with those characters there, whether they are JSON or not."""
    return written(changed(tree, path, _MARK)).replace(json.dumps(_MARK).encode(), token.encode())
