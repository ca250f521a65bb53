"""What the rules may choose: faults that the venue can have, moments, sizes and prices."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from atomicpos.sim import Fault
from atomicpos.sim.fault_kinds import APPLIES_TO, FOREIGN, STANDING
from atomicpos.sim.fault_words import Call, FaultKind
from atomicpos.testing.interleavings.histories import HANDS

from .ground import SYMBOLS

PATIENCE_S = (0.0, 0.02, 0.3, 1.0, 5.0, 60.0)
"""How long the bot waits for an answer before it does something else; the call goes on meanwhile."""
PASSES_S = (0.05, 0.5, 2.0, 6.0, 15.0, 45.0)
LAGS_S = (0.0, 2.0, 8.0)
READS = (Call.ORDERS, Call.FILLS, Call.POSITION)
LATE_S = 4.0
"""How late a request or a reply may be: inside the receive window."""
REASONS = (
    "would_trigger", "no_position", "price", "quantity", "price_band", "too_many_stops", "rate_limited", "other",
)

symbols = st.sampled_from(SYMBOLS)
patience = st.sampled_from(PATIENCE_S)
passes = st.sampled_from(PASSES_S)
quotes = st.integers(6, 200)
"""How much of the quote asset a position is worth."""
percents = st.sampled_from(("1.5", "2", "3.33", "6"))
shares = st.sampled_from((Decimal("0.25"), Decimal("0.5"), Decimal("0.75")))
which = st.integers(0, 11)
"""One of those that there are."""
opens = st.fixed_dictionaries({"symbol": symbols, "quote": quotes, "percent": percents, "patience_s": patience})
drifts = st.integers(-8, 30)
"""In thousandths of the price: never as far as a stop."""


def _calls(kind: FaultKind) -> list[Call]:
    """Those that matter to a position whose leverage and margin mode were not asked for."""
    settings = (Call.SET_LEVERAGE, Call.SET_MARGIN_MODE)
    return [call for call in Call if call in APPLIES_TO[kind] and call not in settings]


@st.composite
def faults(draw: st.DrawFn, hands: bool, looks_back_s: float) -> Fault:
    """Any fault that the venue can have, with the numbers that the bounds allow."""
    kinds = [kind for kind in FaultKind if kind is not FaultKind.LAG and (hands or kind not in HANDS | FOREIGN)]
    kind = draw(st.sampled_from(kinds))
    nth = None if kind in STANDING else draw(st.sampled_from((1, 2, 3, None)))
    code = draw(st.sampled_from(REASONS)) if kind is FaultKind.REFUSE else None
    call, seconds = draw(st.sampled_from(_calls(kind))), _seconds(draw, kind, looks_back_s)
    return Fault(call, draw(st.none() | symbols), kind, nth, seconds, code)


def _seconds(draw: st.DrawFn, kind: FaultKind, looks_back_s: float) -> float | None:
    match kind:
        case FaultKind.BACKWARDS | FaultKind.EMPTY:
            return looks_back_s
        case FaultKind.LATE_REQUEST | FaultKind.LATE_REPLY | FaultKind.LOSE_REPLY:
            return LATE_S
        case _ if kind in HANDS | FOREIGN or kind is FaultKind.PARTIAL_THEN_MORE:
            return draw(st.sampled_from((0.0, 0.1, 0.4, 1.0, 4.0, 20.0)))
        case _:
            return None
