"""What every exchange promises, as tests to inherit.

``ExchangeContract`` asks for a fixture ``world``: an ``ExchangeWorld`` whose exchange is open, on a flat account. It is
run once more in hedge mode, with ``HedgeContract``, for an exchange whose profile declares that.
"""

from __future__ import annotations

from .hedge import HedgeContract
from .life import LifeContract
from .listings import ListingContract
from .own_stop import OwnStopContract
from .permit import PermitContract
from .reads import ReadContract
from .refusals import RefusalContract
from .riding_stop import RidingStopContract
from .telling import TellingContract
from .unknown import UnknownContract
from .unnamed_stop import UnnamedStopContract
from .world import ExchangeWorld

__all__ = ["ExchangeContract", "ExchangeWorld", "HedgeContract"]


class ExchangeContract(
    LifeContract, OwnStopContract, RidingStopContract, UnnamedStopContract, RefusalContract, UnknownContract,
    PermitContract, ReadContract, ListingContract, TellingContract,
):
    """All that one exchange promises."""
