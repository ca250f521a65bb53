"""A contract is worth what it finds: each planted defect breaks the claim about it, which a sound one keeps."""

from __future__ import annotations

from typing import Any

import pytest
from bad_exchanges import FOUND_BY, Remembers
from bad_stores import STORE_FOUND_BY
from bad_verifiers import VERIFIER_FOUND_BY, Broken

from atomicpos.ports import Journal
from atomicpos.sim import SimExchange
from atomicpos.testing.contracts import ExchangeContract, ExchangeWorld, StoreContract, VerifierContract
from atomicpos.testing.contracts.verifier.looking import Looking
from atomicpos.testing.contracts.verifier.source import VenueSource
from atomicpos.testing.fixtures import BotVenue, VirtualTime
from atomicpos.testing.journals import MemoryJournal
from atomicpos.verifiers.position_poll import PositionPoll

BROKEN = (Exception, pytest.fail.Exception)
"""What a test that fails raises."""


def by_name(kind: type[Any]) -> str:
    return kind.__name__


def judge_exchange(kind: type[SimExchange], claim: str, case: dict[str, str], clock: VirtualTime) -> None:
    """Ask one claim of the exchange contract of that exchange."""
    venue = BotVenue(clock)
    venue.exchange = kind(venue.engine, clock)
    world = ExchangeWorld(venue.exchange, venue, clock, lag_s=4)
    clock.run(getattr(ExchangeContract(), claim)(world, **case))


@pytest.mark.parametrize("kind", FOUND_BY, ids=by_name)
def test_a_bad_exchange_is_found(kind: type[SimExchange], virtual_clock: VirtualTime) -> None:
    """Its defect breaks the claim, which the sound one keeps."""
    claim, case = FOUND_BY[kind]
    judge_exchange(SimExchange, claim, case, virtual_clock)
    with pytest.raises(BROKEN):
        judge_exchange(kind, claim, case, virtual_clock)


def test_one_that_remembers_is_found_by_what_it_omits_as_well(virtual_clock: VirtualTime) -> None:
    """A reading that is passed on as it is cannot come from another one."""
    with pytest.raises(BROKEN):
        judge_exchange(
            Remembers, "test_f51_what_one_read_omits_the_next_one_shows", {"call": "position"}, virtual_clock
        )


def judge_verifier(verifier: Any, claim: str, clock: VirtualTime) -> None:
    """Ask one claim of the verifier contract of that verifier."""
    venue = BotVenue(clock)
    source = VenueSource(venue)
    looking = Looking(verifier, source, venue, source.reads)
    extra = [pytest.MonkeyPatch()] if claim == "test_it_does_not_hold_up_the_loop" else []
    try:
        clock.run(getattr(VerifierContract(), claim)(looking, *extra))
    finally:
        for patch in extra:
            patch.undo()


@pytest.mark.parametrize("kind", VERIFIER_FOUND_BY, ids=by_name)
def test_a_bad_verifier_is_found(kind: type[Broken], virtual_clock: VirtualTime) -> None:
    """Its defect breaks the claim, which the sound one keeps."""
    claim = VERIFIER_FOUND_BY[kind]
    judge_verifier(PositionPoll(), claim, virtual_clock)
    with pytest.raises(BROKEN):
        judge_verifier(kind(virtual_clock), claim, virtual_clock)


def judge_store(journal: Journal, claim: str, clock: VirtualTime) -> None:
    """Ask one claim of the store contract of that journal."""
    clock.run(getattr(StoreContract(), claim)(journal))


@pytest.mark.parametrize("kind", STORE_FOUND_BY, ids=by_name)
def test_a_bad_store_is_found(kind: type[MemoryJournal], virtual_clock: VirtualTime) -> None:
    """Its defect breaks the claim, which the sound one keeps."""
    claim = STORE_FOUND_BY[kind]
    judge_store(MemoryJournal(), claim, virtual_clock)
    with pytest.raises(BROKEN):
        judge_store(kind(), claim, virtual_clock)
