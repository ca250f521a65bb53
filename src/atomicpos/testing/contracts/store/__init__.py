"""What every store promises, as tests to inherit.

``StoreContract`` asks for a fixture ``journal`` with an empty one; ``SharedStoreContract``, which has all of its tests
too, asks besides for ``another``, a function that opens one more journal on the same rows, as another process would.
"""

from __future__ import annotations

import pytest

from atomicpos.errors import StoreUnavailable
from atomicpos.ports import Change, Journal

from ...samples import LEASE_US, a_record, claimant
from .batches import BatchContract
from .commits import CommitContract
from .fencing import FencingContract
from .handing_over import AccountContract, HandingOverContract, HeartbeatContract
from .histories import HistoryContract
from .lags import LagContract, SharedLagContract
from .leases import LeaseContract
from .listing import ListingContract
from .outbox import OutboxContract, SharedOutboxContract
from .rules import RuleContract
from .sharing import Another, SharingContract
from .slots import SlotContract
from .values import ValueContract

__all__ = ["Another", "SharedStoreContract", "StoreContract"]


class StoreContract(
    SlotContract,
    CommitContract,
    RuleContract,
    LeaseContract,
    FencingContract,
    AccountContract,
    HandingOverContract,
    HeartbeatContract,
    LagContract,
    OutboxContract,
    HistoryContract,
    ListingContract,
    BatchContract,
    ValueContract,
):
    """All that one journal promises."""

    async def test_a_closed_journal_says_so(self, journal: Journal) -> None:
        """After ``close``, which may be called twice, every call raises StoreUnavailable."""
        await journal.close()
        await journal.close()
        with pytest.raises(StoreUnavailable):
            await journal.admit(Change(a_record()), LEASE_US)
        with pytest.raises(StoreUnavailable):
            await journal.list()
        with pytest.raises(StoreUnavailable):
            await journal.renew(claimant("one"))

    def test_the_installation_fits_a_client_order_id(self, journal: Journal) -> None:
        """It is four characters of the alphabet of client order ids."""
        assert len(journal.installation) == 4
        assert journal.installation.isalnum()


class SharedStoreContract(StoreContract, SharingContract, SharedLagContract, SharedOutboxContract):
    """All that one journal promises, and what the journals of one database promise each other."""
