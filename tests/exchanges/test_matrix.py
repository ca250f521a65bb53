"""The matrix of exchanges: complete, sourced, and the same wherever it is shown."""

from __future__ import annotations

from pathlib import Path

import ccxt.async_support as ccxt
import pytest

from atomicpos.errors import ExchangeUnsupported
from atomicpos.exchanges import QUIRKS, connect
from atomicpos.exchanges.declared import FACTS, Tier
from atomicpos.exchanges.matrix import matrix, refused
from atomicpos.exchanges.unsupported import REASONS
from atomicpos.sim import SystemClock

PACKAGES = Path(__file__).parents[1]


def test_the_matrix_lists_every_profile_with_every_fact() -> None:
    """Nothing is left out for any exchange, and each fact has a sentence about where it comes from."""
    told = {(cell.exchange, cell.fact): cell for cell in matrix()}
    for name, quirks in QUIRKS.items():
        for fact in ("tier", *quirks.sources, *FACTS):
            cell = told.pop((name, fact))
            assert cell.value, (name, fact)
            assert cell.source.endswith("."), (name, fact)
    assert told == {}


def test_no_fact_is_declared_that_nobody_knows() -> None:
    """A word that the matrix does not have would be shown nowhere."""
    for name, quirks in QUIRKS.items():
        assert set(quirks.facts) == set(FACTS), name


def test_an_exchange_by_contract_has_its_contract() -> None:
    """Each has tests of its writes and of its reads."""
    folders = {"kucoinfutures": "kucoin"}
    for name, quirks in QUIRKS.items():
        if quirks.tier is Tier.CONTRACT:
            folder = PACKAGES / "exchanges" / "bycontract" / folders.get(name, name)
            assert {path.name.split("_")[-1] for path in folder.glob("test_*.py")} >= {"reads.py", "writes.py"}


def test_a_stream_is_not_called_used_where_nothing_listens() -> None:
    """What is offered is said, and that nothing here depends on it."""
    for quirks in QUIRKS.values():
        if quirks.tier is Tier.CONTRACT:
            assert not quirks.profile.streams
            assert "nothing here listens" in quirks.sources["streams"]


@pytest.mark.parametrize("name", sorted(REASONS))
def test_a_refusal_gives_its_reason(name: str) -> None:
    """By name, before anything is stored or sent; those that have a profile are named."""
    client = getattr(ccxt, name)()
    with pytest.raises(ExchangeUnsupported) as raised:
        connect(client, SystemClock())
    assert str(raised.value).startswith(f"{name} has no profile: {REASONS[name]}; the supported exchanges are: ")
    assert all(supported in str(raised.value) for supported in QUIRKS)


def test_the_rest_of_ccxt_is_refused_by_name() -> None:
    """Whatever ccxt knows and nobody looked at; a profile and a reason against it exclude each other."""
    assert not set(REASONS) & set(QUIRKS)
    for name in set(ccxt.exchanges) - set(QUIRKS) - set(REASONS):
        with pytest.raises(ExchangeUnsupported, match=rf"^{name} has no profile; the supported"):
            connect(getattr(ccxt, name)(), SystemClock())
    assert {cell.exchange for cell in refused()} == set(REASONS)
