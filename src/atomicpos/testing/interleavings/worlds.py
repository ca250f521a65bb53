"""One history, and what is told of it: data, so that a tape can name each and a table can count them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ...models import State
from ...sim import Fault
from ...sim.fault_kinds import FOREIGN
from ...sim.fault_words import Call, FaultKind
from ...sim.journey import REFUSING
from .kinds import Kind
from .stage import SYMBOL, WHOLE, Filling, IdRule
from .ways import Way
from .windows import Windows

HANDS = FOREIGN | {FaultKind.GAP, FaultKind.STOP_OUT, FaultKind.LIQUIDATE, FaultKind.ADL}
"""Kinds by which the position or its stop changes without any request of ours."""
_OLD = frozenset({FaultKind.LAG, FaultKind.BACKWARDS, FaultKind.EMPTY})
"""Kinds by which a read shows what was."""
_SETTINGS = frozenset({Call.SET_LEVERAGE, Call.SET_MARGIN_MODE})
"""Calls without whose success no entry is sent: the open is over at once."""
SEEN_WITHIN_S = 20.0
"""Within this what others did is seen and answered: turns of the watch, however late the reads are."""


@dataclass(frozen=True, slots=True)
class History:
    """What is varied: lags, faults, fills, other hands, the caller, clocks, id rules, and the instants of deaths."""

    lag_orders: float = 0
    """Of the orders and of the position's own stop, which is read from among them; in seconds, as the others."""
    lag_fills: float = 0
    lag_position: float = 0
    faults: tuple[Fault, ...] = ()
    filling: Filling = WHOLE
    closes: bool = False
    """The caller closes the position as soon as it was answered."""
    careful: bool = False
    """The caller asks for a leverage and a margin mode, which are set before the entry."""
    stays_s: float = 0
    """How long after its answer the process goes on watching at least."""
    dies_at: int | None = None
    successor_dies_at: int | None = None
    """The instant of its own at which the process dies that takes over after the first death."""
    kind: Kind = Kind.ATTACHED
    id_rule: IdRule = IdRule.FOR_EVER
    clocks: tuple[float, float] = (0, 0)
    """How far the clocks of the first process and of its successors are ahead of the exchange's, in seconds."""
    way: Way = Way.PLAIN
    """What the open has besides its stop, and the account besides one slot."""
    windows: Windows = Windows.SHIPPED
    """How late, how long and how far apart things may be at most."""

    @property
    def other_hands(self) -> bool:
        """True when something but our requests changes the position or its stop."""
        return any(fault.kind in HANDS for fault in self.faults)

    @property
    def deaths(self) -> int:
        """How many processes die at most."""
        return sum(at is not None for at in (self.dies_at, self.successor_dies_at))

    @property
    def watched_s(self) -> float:
        """How long the processes go on watching: where others act, until they have seen what those did last."""
        return max(self.stays_s, SEEN_WITHIN_S if self.other_hands else 0)

    @property
    def slot_stays_held(self) -> bool:
        """False when the open may be over at once, and its slot free again."""
        refused = any(fault.call == Call.PLACE_ENTRY and fault.kind in REFUSING for fault in self.faults)
        return not refused and not any(fault.call in _SETTINGS for fault in self.faults)

    @property
    def looks_back_s(self) -> float:
        """How old what a look shows of a stop or of the slot may be, in seconds."""
        back = (fault.seconds or 0 for fault in self.faults if fault.kind in _OLD)
        return max(self.lag_orders, self.lag_position, *back, 0)


@dataclass(frozen=True, slots=True)
class Told:
    """How a history went."""

    broken: tuple[str, ...]
    """The invariants that were broken, the first one first; empty when all held."""
    states: tuple[State, ...]
    """Every state that was committed, in order."""
    end: State | None
    """The state of the row at rest; None when none was ever admitted."""
    died: str | None
    """The instant at which the process died."""
    answer: str
    """What the caller got: ``protected``, an error's name, or ``died``."""
    instants: int
    """How many instants of death the first process passed; of trouble, until its bot was answered."""
    takeovers: tuple[str, ...] = ()
    """How a second process found the rows that it took over from the first, which went on living."""
    situations: frozenset[str] = frozenset()
    """What happened on the way, by the names of ``situations``."""
    died_again: str | None = None
    """The instant at which its successor died."""
    instants_after: int = 0
    """How many instants the successor passed; none when there was none."""
    called: frozenset[str] = frozenset()
    """What was asked of the exchange, by the names of its calls."""
    was: object = None
    """The history as it went: what was planned for it and did not happen is left out."""
    met: Mapping[str, int] = field(default_factory=dict)
    """How often each call was made while a fault could have struck it."""


def lag_faults(orders_s: float, fills_s: float, position_s: float) -> list[Fault]:
    """Reads of those endpoints that lag, in seconds; the position's own stop is read from among the orders."""
    lags = {"orders": orders_s, "position_stop": orders_s, "fills": fills_s, "position": position_s}
    return [Fault(call, SYMBOL, "lag", None, lag) for call, lag in lags.items() if lag]
