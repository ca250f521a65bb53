"""How Bybit lists a market that does not simply trade."""

from __future__ import annotations

from collections.abc import Iterable

from ..circumstances import Circumstances, Listing
from ..spelling import Json, milliseconds

PRE_LAUNCH = "PreLaunch"

_STATUS = {Listing.PRE_LAUNCH: PRE_LAUNCH, Listing.SETTLING: "Settling", Listing.CLOSED: "Closed"}
"""The documented words; a market that may only be closed goes on being listed as ``Trading``."""

_NEEDED = ("leverageFilter", "priceFilter", "lotSizeFilter", "riskParameters")
"""What a broken row lacks."""


def listed(category: str, rows: Iterable[Json], circumstances: Circumstances) -> list[Json]:
    """The rows as they are listed under those circumstances; spot markets are always as they are."""
    if category != "linear":
        return list(rows)
    return [
        _row(row, circumstances) for row in rows if circumstances.listing(row["symbol"]) is not Listing.MISSING
    ]


def _row(row: Json, circumstances: Circumstances) -> Json:
    market_id = str(row["symbol"])
    listing = circumstances.listing(market_id)
    if listing is Listing.BROKEN:
        return {**row, **dict.fromkeys(_NEEDED)}
    if (ends_at_us := circumstances.ends_at_us.get(market_id)) is not None:
        row = {**row, "deliveryTime": milliseconds(ends_at_us)}
    if (status := _STATUS.get(listing)) is not None:
        row = {**row, "status": status, "isPreListing": listing is Listing.PRE_LAUNCH}
    return row
