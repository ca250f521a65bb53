"""Small spaces for canaries: what the large ones cannot show, or show late, within a few dozen histories."""

from __future__ import annotations

from ....models import OrderSide
from ..fates import Trouble
from ..kinds import MODES, Kind
from ..odometer import Domain, Space
from ..scenes import Scene
from ..spaces import LAGS as NARROW_LAGS
from ..spaces import LATE_S, MODE, strike
from ..stage import Filling
from ..windows import NARROW

LAGS = ((0, 0, 0), (0, 0, 8), (8, 0, 0), (8, 8, 8))
"""Orders, fills, position, in the windows as shipped: defects that wait for a while need reads that are later still."""
BY_LAG = Domain("lags", LAGS)
STAYS = Domain("stays_s", (60,))

LATE_READS = Space((Domain("lags", LAGS[::-1]), MODE))
"""Reads that are late, the latest first."""

# --- lost, and not seen ---------------------------------------------------------------------------------------------

LOST = tuple(strike("place_entry", kind, 1) for kind in ("lose_reply", "http_502_executed", "lose_request"))
"""An entry of which nothing is heard; the last of them never arrives."""
FAILING = ("error", "omit")
"""A read that fails, and one that answers and shows nothing."""
_BLINDNESS = tuple(
    (("orders", first), ("fills", second), ("position", third))
    for first in FAILING for second in (None, *FAILING) for third in (None, *FAILING)
    if not first == second == third == "omit"
)
BLIND = Space((
    Domain("faults", tuple(
        (lost, *(strike(call, how, None) for call, how in blindness if how is not None))
        for lost in LOST[:2] for blindness in _BLINDNESS
    )), MODE,
))
"""An entry that was carried out and not heard of x what fails or shows nothing of its order, its fills, the slot; but
for all three showing nothing, which nobody could tell from what never was."""

LOST_ENTRIES = Space((Domain("fault", LOST), Domain("lags", ((8, 8, 8), (16, 16, 16), (24, 24, 24), (0, 0, 0))), MODE))
"""An entry of which nothing is heard x how late every read is, within what reads may lag."""

LATE_ENTRIES = Space((
    Domain("fault", (strike("place_entry", "late_request", 1, LATE_S),)), Domain("lags", NARROW_LAGS[::-1]), MODE,
    NARROW,
))
"""An entry that arrives late and is shown late, as late as the windows allow: where they are as wide as shipped, a
horizon that forgets what may still be on its way goes unnoticed."""

# --- sent twice, answered twice -------------------------------------------------------------------------------------

SENT_TWICE = ("place_stop", "place_close", "set_stop")
TWO_ANSWERS = Space((
    Domain("faults", tuple(
        (strike(call, first, 1), strike(call, "refuse", 2, None, code))
        for call in SENT_TWICE for first in ("lose_reply", "http_502_executed") for code in ("other", "no_position")
    )),
    Domain("lags", LAGS[::-1]), Domain("kind", (Kind.AFTER_FILL, Kind.ON_ACKNOWLEDGEMENT, Kind.ATTACHED)),
    Domain("closes", (True,)),
))
"""A write that was carried out and not heard of, and refused when it is sent again, before a read shows it."""

# --- words ----------------------------------------------------------------------------------------------------------

CALLED_CLOSED = Space((
    Domain("filling", tuple(Filling(half=True, rest_after_s=s) for s in (1, 3, 7))), MODE, BY_LAG,
))
"""An entry that fills later by half, on an exchange whose adapter calls it filled at once."""

# --- other hands ----------------------------------------------------------------------------------------------------

ALTERED = Space((
    Domain("fault", tuple(strike("place_entry", "alter_stop", 1, seconds) for seconds in (0.3, 0.4, 0.5, 1, 10))),
    BY_LAG, Domain("kind", (Kind.ATTACHED,)), STAYS,
))
"""Somebody else moves the position's own stop, once we have set it."""

# --- lost databases -------------------------------------------------------------------------------------------------

LOST_DATABASE = Space((
    Domain("takes", tuple(range(3))), Domain("dies_at", tuple(range(8, 20))),
    Domain("kind", (Kind.AFTER_FILL, Kind.ON_ACKNOWLEDGEMENT, Kind.ATTACHED)),
))
"""How many commits are taken before the database is lost x where its process dies x the modes."""

AWAY_DATABASE = Space((
    Domain("takes", tuple(range(3))), Domain("kind", (Kind.AFTER_FILL, Kind.ON_ACKNOWLEDGEMENT, Kind.ATTACHED)), BY_LAG,
))
"""How many commits are taken before the database is away for a while x the modes x late reads."""

OCCUPIED = Space((Domain("side", tuple(OrderSide)), MODE))
"""On which side somebody else holds the slot x the modes."""

# --- pauses ---------------------------------------------------------------------------------------------------------

FENCE = Space((
    Domain("point", tuple((Scene.OPEN, at) for at in range(2, 8))), Domain("seconds", (70.0, 55.0, 40.0, 30.0)),
    Domain("kind", MODES),
))
"""An owner that is stopped between the intent of its entry and the answer, for longer than its lease lasts."""

LEFT_BEHIND = Space((
    Domain("point", tuple((Scene.OPEN, at) for at in range(2, 10))), Domain("kind", MODES),
    Domain("trouble", (Trouble.GONE,)), Domain("fresh", (True,)),
))
"""An owner that is gone for good amid its open, and another process that starts a second later."""

# --- past every bound -----------------------------------------------------------------------------------------------

LATE_FILLS = Space((
    Domain("late_s", (5, 60, 600)), MODE, Domain("unlisted", (False, True)),
    Domain("fault", (strike("place_entry", "lose_request", 1),)), Domain("stays_s", (0,)),
))
"""An entry that is carried out after its row was settled, past every bound x the modes x whether it is listed."""

SMALL = {
    "LATE_READS": LATE_READS, "BLIND": BLIND, "LOST_ENTRIES": LOST_ENTRIES, "TWO_ANSWERS": TWO_ANSWERS,
    "CALLED_CLOSED": CALLED_CLOSED, "LOST_DATABASE": LOST_DATABASE, "FENCE": FENCE, "LATE_FILLS": LATE_FILLS,
    "LEFT_BEHIND": LEFT_BEHIND, "ALTERED": ALTERED,
    "AWAY_DATABASE": AWAY_DATABASE, "OCCUPIED": OCCUPIED, "LATE_ENTRIES": LATE_ENTRIES,
}
PRODUCTS = {
    "LATE_READS": len(LAGS) * len(MODES), "BLIND": 2 * (2 * 3 * 3 - 1) * len(MODES),
    "LOST_ENTRIES": len(LOST) * 4 * len(MODES),
    "TWO_ANSWERS": 3 * 2 * 2 * len(LAGS) * 3, "CALLED_CLOSED": 3 * len(MODES) * len(LAGS),
    "LOST_DATABASE": 3 * 12 * 3, "FENCE": 6 * 4 * len(MODES), "LATE_FILLS": 3 * len(MODES) * 2,
    "LEFT_BEHIND": 8 * len(MODES), "ALTERED": 5 * len(LAGS),
    "AWAY_DATABASE": 3 * 3 * len(LAGS), "OCCUPIED": 2 * len(MODES),
    "LATE_ENTRIES": len(NARROW_LAGS) * len(MODES),
}
"""How many tapes each must have; asserted by the tests."""
