"""One reply as it goes over the wire."""

from __future__ import annotations

import json
from dataclasses import dataclass

JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Reply:
    """Body, status and the two headers that say how to read the body."""

    body: bytes
    status: int = 200
    content_type: str = JSON
    encoding: str = ""
    """``Content-Encoding``; empty: none."""

    @property
    def text(self) -> str:
        """The body of a reply that nobody has touched yet."""
        return self.body.decode()

    @property
    def tree(self) -> object:
        """The JSON in the body; None where there is none, or none that can be read."""
        try:
            parsed: object = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return parsed
