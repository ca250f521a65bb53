"""How a dialect speaks where real exchanges are known to differ from one reply to the next."""

from __future__ import annotations

from dataclasses import dataclass, field

from .circumstances import Circumstances
from .spelling import Json

CODE = "retCode"


@dataclass(slots=True)
class Manner:
    """One venue's choices; the control plane changes them while it runs."""

    string_codes: bool = False
    """True: the reply's code is a string, "0" instead of 0, as some replies were seen to have it (F09)."""

    page_rows: int | None = None
    """The most rows on a page of any signed list; None: as many as were asked for, up to the exchange's own limit."""

    circumstances: Circumstances = field(default_factory=Circumstances)
    """What is wrong with the key, the clock or the list of markets."""

    def spelled(self, said: Json) -> Json:
        """The reply, with its code as this venue writes it now."""
        return {**said, CODE: str(said[CODE])} if self.string_codes else said
