"""All that happens in a world, line by line, as one hash: two worlds that went alike have the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable


class Chronicle:
    """Takes lines, each with its virtual time and the process that it is about."""

    def __init__(self, now_us: Callable[[], int], hides: str, *, keeps: bool = False) -> None:
        """``hides``: a word that is another one each time. With ``keeps`` the lines can be read, as a timeline."""
        self._hides = hides
        self.lines: list[str] = []
        self.count = 0
        self._hash = hashlib.sha256()
        self._now_us = now_us
        self._keeps = keeps
        self._closed = False

    def tell(self, who: str, what: str, *, shown: bool = True) -> None:
        """Append one line; one that is not shown is only hashed."""
        if self._closed:
            return
        line = f"{self._now_us()} {who} {what}".replace(self._hides, "...")
        self.count += 1
        self._hash.update(f"{line}\n".encode())
        if self._keeps and shown:
            self.lines.append(line)

    def close(self) -> str:
        """Take no more lines; the hash of all there were."""
        self._closed = True
        return self._hash.hexdigest()[:32]
