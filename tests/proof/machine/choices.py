"""What the rules may choose: faults that the venue can have, moments, sizes and prices."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from atomicpos.sim import Fault, hands
from atomicpos.sim.fault_kinds import APPLIES_TO, STANDING
from atomicpos.sim.fault_words import Call, FaultKind
from atomicpos.testing.interleavings.histories import HANDS as STRIKING_HANDS

from .ground import SYMBOLS

LAGS_S = (0.0, 2.0, 8.0)
READS = (Call.ORDERS, Call.FILLS, Call.POSITION)
EXITS = (Call.PLACE_STOP, Call.SET_STOP, Call.PLACE_CLOSE)
BREAKDOWNS = (
    tuple(Fault(call, None, FaultKind.REFUSE) for call in EXITS),
    tuple(Fault(call, None, FaultKind.ERROR) for call in READS),
    tuple(Fault(call, None, FaultKind.LOSE_REQUEST) for call in (Call.PLACE_ENTRY, *EXITS)),
)
"""Neither stops nor closes are taken; nothing can be read; no order arrives."""
LATE_S = 4.0
"""How late a request or a reply may be: inside the receive window."""
REASONS = (
    "would_trigger", "no_position", "price", "quantity", "price_band", "too_many_stops", "rate_limited", "other",
)
HANDS = (
    hands.gap, hands.stop_out, hands.scale_in, hands.close, hands.reverse, hands.alter_stop, hands.clear_stop,
)
"""What the market and others may do to a position."""
OPENS_MAX = 8
"""How many different signals an example has."""

patience = st.sampled_from((60.0, 0.0, 0.02, 0.3, 1.0, 5.0))
"""How long the bot waits for an answer before it does something else; the call goes on meanwhile."""
passes = st.sampled_from((0.05, 0.5, 2.0, 6.0, 15.0, 45.0))
deaths = st.none() | st.integers(0, 40)
"""At which of its instants a process dies of itself, if at any."""
symbols = st.sampled_from(SYMBOLS)
sides = st.sampled_from(("buy", "sell"))
quotes = st.integers(6, 200)
"""How much of the quote asset a position is worth."""
percents = st.sampled_from(tuple(Decimal(p) for p in ("2", "1.5", "3.33", "6")))
leverages = st.none() | st.just(5)
shares = st.sampled_from((Decimal("0.25"), Decimal("0.5"), Decimal("0.75")))
distances = st.sampled_from(("0.9", "1", "2.5", "5", "12"))
"""How far a stop is moved to, in percent."""
which = st.integers(0, 11)
"""One of those that there are."""
drifts = st.integers(-3, 3)
"""In thousandths of the first price: never as far as a stop, however often."""
opens = st.fixed_dictionaries({
    "symbol": symbols, "side": sides, "quote": quotes, "percent": percents, "leverage": leverages,
    "patience_s": patience,
})  # fmt: skip


def faults(others: bool, looks_back_s: float) -> st.SearchStrategy[Fault]:
    """Any fault that the venue can have, with the numbers that the bounds allow; ``others``: other hands as well."""
    kinds = [kind for kind in FaultKind if kind is not FaultKind.LAG and (others or kind not in STRIKING_HANDS)]
    return st.sampled_from(kinds).flatmap(lambda kind: _faults(kind, looks_back_s))


def _faults(kind: FaultKind, looks_back_s: float) -> st.SearchStrategy[Fault]:
    return st.builds(
        Fault,
        call=st.sampled_from([call for call in Call if call in APPLIES_TO[kind]]),
        symbol=st.none() | symbols,
        kind=st.just(kind),
        nth=st.none() if kind in STANDING else st.sampled_from((1, 2, 3, None)),
        seconds=_seconds(kind, looks_back_s),
        code=st.sampled_from(REASONS) if kind is FaultKind.REFUSE else st.none(),
    )


def _seconds(kind: FaultKind, looks_back_s: float) -> st.SearchStrategy[float | None]:
    match kind:
        case FaultKind.BACKWARDS | FaultKind.EMPTY:
            return st.just(looks_back_s)
        case FaultKind.LATE_REQUEST | FaultKind.LATE_REPLY | FaultKind.LOSE_REPLY:
            return st.just(LATE_S)
        case _ if kind in STRIKING_HANDS or kind is FaultKind.PARTIAL_THEN_MORE:
            return st.sampled_from((0.0, 0.1, 0.4, 1.0, 4.0, 20.0))
        case _:
            return st.none()
