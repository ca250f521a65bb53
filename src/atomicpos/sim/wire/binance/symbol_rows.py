"""How Binance USD-M lists a market that does not simply trade."""

from __future__ import annotations

from collections.abc import Iterable

from ..circumstances import Circumstances, Listing
from ..spelling import MICROSECONDS_PER_MS, Json

_STATUS = {Listing.PRE_LAUNCH: "PENDING_TRADING", Listing.SETTLING: "SETTLING", Listing.CLOSED: "CLOSE"}
"""The documented words; a market that may only be closed goes on being listed as ``TRADING``."""


def listed(rows: Iterable[Json], circumstances: Circumstances) -> list[Json]:
    """The rows as they are listed under those circumstances."""
    return [
        _row(row, circumstances) for row in rows if circumstances.listing(row["symbol"]) is not Listing.MISSING
    ]


def _row(row: Json, circumstances: Circumstances) -> Json:
    """A broken row lacks its filters, where tick, step and limits are; the end is the ``deliveryDate``."""
    market_id = str(row["symbol"])
    listing = circumstances.listing(market_id)
    if listing is Listing.BROKEN:
        return {**row, "filters": []}
    if (ends_at_us := circumstances.ends_at_us.get(market_id)) is not None:
        row = {**row, "deliveryDate": ends_at_us // MICROSECONDS_PER_MS}
    return {**row, "status": _STATUS.get(listing, row["status"])}
