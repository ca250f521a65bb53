"""The processes that may own rows: our own name, and whether another is certainly gone."""

from __future__ import annotations

from typing import Protocol


class Owners(Protocol):
    """Names owners. An owner is new at each start; its name is never used again."""

    @property
    def me(self) -> str:
        """This owner's name."""
        ...

    def gone(self, owner: str) -> bool:
        """True only when that owner's process certainly runs no more; one that is merely silent is not gone."""
        ...

    def leave(self) -> None:
        """This owner drives nothing any more."""
        ...
