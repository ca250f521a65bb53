"""What the schema itself refuses, whatever the program above it believes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from atomicpos.errors import StoreUnavailable
from atomicpos.models import JournalEntry, Proof, ProofKind, StopRule
from atomicpos.ports import Change, Journal
from atomicpos.record import Record

from ...samples import CREATED_AT_US, LEASE_US, a_record, an_entry, moved, sent, settled

REFUSED = (StoreUnavailable, AssertionError)
"""How a broken rule of the schema shows: the database is not to be used so, or the test is told."""

SEND_US = CREATED_AT_US + 1_000
PROOF_US = SEND_US + 1_000

LIES: dict[str, Record] = {
    "no proof": replace(settled(sent(a_record(), SEND_US), PROOF_US), proof=None),
    "no time of settling": replace(settled(sent(a_record(), SEND_US), PROOF_US), settled_at_us=None),
    "an open order": settled(sent(a_record(), SEND_US), PROOF_US).with_order(an_entry("p1")),
    "a proof older than the last send": settled(sent(a_record(), SEND_US), SEND_US - 1),
    "a stop that was read back": replace(
        settled(sent(a_record(), SEND_US), PROOF_US), proof=Proof(ProofKind.STOP_READ_BACK, PROOF_US)
    ),
    "an entry price of zero": moved(a_record(), entry_price=Decimal("0.00")),
    "a stop price of zero": moved(a_record(), stop_price=Decimal(0)),
    "a stop moved to zero": moved(a_record(), moving=StopRule(price=Decimal("0.0"))),
    "a rule of two kinds": moved(a_record(), rule=StopRule(Decimal(2), Decimal("0.1225"))),
    "less than no parts asked": moved(a_record(), parts_asked=Decimal(-1)),
    "a worst price of zero": moved(a_record().with_order(replace(an_entry("p1"), limit_price=Decimal(0)))),
}


class RuleContract:
    """A lie is not stored, and what was true before it stands."""

    @pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
    async def test_a_lie_is_refused(self, journal: Journal, lie: Record) -> None:
        """A row that breaks a rule is not stored, and the row before it stands (I2, F21)."""
        await journal.admit(Change(sent(a_record(), SEND_US)), LEASE_US)
        with pytest.raises(REFUSED):
            await journal.commit(Change(lie, entries=(JournalEntry(1, "transition", "to the end"),)))
        assert await journal.load("p1") == sent(a_record(), SEND_US)
        assert (await journal.history("p1")).entries == ()

    @pytest.mark.parametrize("kind", [ProofKind.NOT_SENT, ProofKind.OPERATOR])
    async def test_a_timeless_proof_may_be_older_than_the_send(self, journal: Journal, kind: ProofKind) -> None:
        """That nothing was sent, or that an operator says so, does not grow old."""
        record = sent(a_record(), SEND_US)
        await journal.admit(Change(record), LEASE_US)
        await journal.commit(Change(replace(settled(record, PROOF_US), proof=Proof(kind, SEND_US - 1))))

    async def test_a_client_order_id_belongs_to_one_position(self, journal: Journal) -> None:
        """An order id of another row is refused: it would be cancelled and counted twice."""
        await journal.admit(Change(a_record("p1")), LEASE_US)
        stolen = a_record("p2", symbol="BTC/USDT:USDT").with_order(an_entry("p1"))
        with pytest.raises(REFUSED):
            await journal.admit(Change(stolen), LEASE_US)
        assert await journal.load("p2") is None
