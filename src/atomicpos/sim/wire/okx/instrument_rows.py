"""How OKX lists a swap that does not simply trade."""

from __future__ import annotations

from collections.abc import Iterable

from ..circumstances import Circumstances, Listing
from ..spelling import Json, milliseconds
from .contracts import by_id

_GONE = (Listing.MISSING, Listing.CLOSED)
"""OKX has no state for a swap that has ended: it is listed no more."""

_NEEDED = ("tickSz", "lotSz", "minSz", "ctVal", "ctValCcy", "lever", "maxMktSz")
"""What a broken row lacks."""


def listed(rows: Iterable[Json], circumstances: Circumstances) -> list[Json]:
    """The rows as they are listed under those circumstances."""
    told = ((row, circumstances.listing(_market_id(row))) for row in rows)
    return [_row(row, listing, circumstances) for row, listing in told if listing not in _GONE]


def _row(row: Json, listing: Listing, circumstances: Circumstances) -> Json:
    """``preopen`` rows name little more than the instrument (seen in ccxt 4.5.90); ``expTime`` of a swap is when it
    will be taken off the list (documented)."""
    if listing is Listing.PRE_LAUNCH:
        return {"instId": row["instId"], "instType": row["instType"], "state": "preopen"}
    if listing is Listing.BROKEN:
        return {**row, **dict.fromkeys(_NEEDED)}
    if (ends_at_us := circumstances.ends_at_us.get(_market_id(row))) is not None:
        row = {**row, "expTime": milliseconds(ends_at_us)}
    return {**row, "state": "suspend"} if listing is Listing.SETTLING else row


def _market_id(row: Json) -> str:
    return by_id(row["instId"]).market.market_id
