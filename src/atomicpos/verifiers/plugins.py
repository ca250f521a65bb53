"""Verifiers that other packages bring, by entry point: loaded when they are named. Installed is not active."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

from ..errors import InvalidRequest

GROUP = "atomicpos.verifiers"
"""The entry-point group of verifier plug-ins."""


def installed() -> tuple[EntryPoint, ...]:
    """Every plug-in of this environment in order of its name; none is imported."""
    return tuple(sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)))


def load(name: str) -> object:
    """What the plug-in of that name brings: a class or factory is called, any other object is taken as it is.

    Raises InvalidRequest when no plug-in or more than one has the name, or when it cannot be loaded.
    """
    found = [entry for entry in installed() if entry.name == name]
    if not found:
        raise InvalidRequest(f"no verifier plug-in is called {name!r}; installed: {_names()}")
    if len(found) > 1:
        raise InvalidRequest(
            f"verifier plug-in {name!r} is installed {len(found)} times ({', '.join(map(origin, found))}); "
            f"uninstall all but one; installed: {_names()}"
        )
    try:
        return _made(found[0].load())
    except (Exception, SystemExit) as error:
        raise InvalidRequest(
            f"verifier plug-in {name!r} ({origin(found[0])}) cannot be loaded: {said(error)}; installed: {_names()}"
        ) from error


def package(entry: EntryPoint) -> tuple[str, str]:
    """Name and version of the package that brings the plug-in."""
    return (entry.dist.name, entry.dist.version) if entry.dist is not None else ("unknown", "unknown")


def origin(entry: EntryPoint) -> str:
    """The package, its version and the entry point, in words."""
    return f"{' '.join(package(entry))}, {entry.value}"


def said(error: BaseException) -> str:
    """The error in one line; one that cannot even say what it is goes by its class."""
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:
        return type(error).__name__


def _made(found: object) -> object:
    makes = isinstance(found, type) or (callable(found) and not hasattr(found, "look"))
    return found() if makes and callable(found) else found


def _names() -> str:
    return ", ".join(sorted({entry.name for entry in installed()})) or "none"
