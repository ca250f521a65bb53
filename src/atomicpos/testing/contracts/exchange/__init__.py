"""What every exchange promises, as tests to inherit.

``ExchangeContract`` asks for a fixture ``world``: an ``ExchangeWorld`` whose exchange is open, on a flat account.
"""

from __future__ import annotations

from .life import LifeContract
from .listings import ListingContract
from .own_stop import OwnStopContract
from .permit import PermitContract
from .reads import ReadContract
from .refusals import RefusalContract
from .riding_stop import RidingStopContract
from .unknown import UnknownContract
from .world import ExchangeWorld

__all__ = ["ExchangeContract", "ExchangeWorld"]


class ExchangeContract(
    LifeContract, OwnStopContract, RidingStopContract, RefusalContract, UnknownContract, PermitContract, ReadContract,
    ListingContract,
):
    """All that one exchange promises."""
