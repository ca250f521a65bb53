"""The moments of an open at which the bot is killed, and what the one right end of each is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from atomicpos.models import State
from atomicpos.profile import Protection


@dataclass(frozen=True, slots=True)
class Moment:
    """Either the bot kills itself at an instant, or it is killed from outside once an order has arrived."""

    name: str
    symbol: str
    side: str
    quantity: str
    end: State | None
    """None where nothing was stored yet: there is no row, and nothing was sent."""
    dies_at: str | None = None
    arrival: str | None = None
    """``entry``, ``stop`` or ``own stop``."""
    later_s: float = 0.0
    faults: tuple[dict[str, Any], ...] = ()
    protection: str | None = None
    """None for the exchange's own way, in which a stop travels with the entry."""

    @property
    def entries(self) -> int:
        """How many entries the venue must have taken."""
        return 1 if self.end is State.PROTECTED else 0


def _fault(call: str, symbol: str, kind: str, seconds: float = 0.3) -> dict[str, Any]:
    return {"call": call, "symbol": symbol, "kind": kind, "seconds": seconds}


_SAFE, _NOTHING = State.PROTECTED, State.ROLLED_BACK
_EARLY, _LATE = Protection.ON_ACKNOWLEDGEMENT.value, Protection.AFTER_FILL.value

MOMENTS: tuple[Moment, ...] = (
    Moment("nothing stored", "AVLUSDT", "buy", "10", None, dies_at="before admit"),
    Moment("intent stored", "BTCUSDT", "sell", "0.003", _NOTHING, dies_at="after admit"),
    Moment("entry about to leave", "ETHUSDT", "buy", "0.25", _NOTHING, dies_at="before entry"),
    Moment("entry carried out, reply on its way", "SOLUSDT", "sell", "1.5", _SAFE, arrival="entry",
           faults=(_fault("place_entry", "SOLUSDT", "lose_reply"),)),
    Moment("filled, and shown by no read yet", "XRPUSDT", "buy", "40", _SAFE, arrival="entry", later_s=0.1,
           faults=tuple(_fault(call, "XRPUSDT", "lag") for call in ("orders", "fills", "position", "stream"))),
    Moment("entry answered, answer not stored", "DOGEUSDT", "sell", "200", _SAFE, dies_at="entry was answered"),
    Moment("exact stop stored, about to leave", "HNTUSDT", "buy", "12.5", _SAFE, dies_at="before position stop"),
    Moment("exact stop is set, reply on its way", "MNTUSDT", "sell", "94", _SAFE, arrival="own stop",
           faults=(_fault("set_stop", "MNTUSDT", "lose_reply"),)),
    Moment("exact stop answered, not stored", "TAOUSDT", "buy", "0.4", _SAFE, dies_at="position stop was answered"),
    Moment("protection read back, not stored", "AIOZUSDT", "sell", "30", _SAFE,
           dies_at="before commit of protected"),
    # where a stop is an order of its own
    Moment("filled, no stop yet", "SHIBUSDT", "buy", "1250000", _SAFE, arrival="entry", protection=_EARLY,
           faults=(_fault("place_entry", "SHIBUSDT", "lose_reply"), _fault("stream", "SHIBUSDT", "lag"))),
    Moment("stop stored, about to leave", "XDCUSDT", "sell", "2400", _SAFE, dies_at="before stop", protection=_EARLY),
    Moment("stop accepted, reply on its way", "LINKUSDT", "buy", "1.3", _SAFE, arrival="stop", protection=_EARLY,
           faults=(_fault("place_stop", "LINKUSDT", "lose_reply"),)),
    Moment("filled, seen by nobody, no stop", "WIFUSDT", "sell", "64", _SAFE, arrival="entry", later_s=0.1,
           protection=_LATE,
           faults=tuple(_fault(c, "WIFUSDT", "lag") for c in ("orders", "fills", "position", "stream"))),
    Moment("stop answered, answer not stored", "TURBOUSDT", "buy", "9000", _SAFE, dies_at="stop was answered",
           protection=_LATE),
)  # fmt: skip
