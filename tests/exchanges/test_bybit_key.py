"""What Bybit says of a key, and what is made of it before anything else is asked."""

from __future__ import annotations

from typing import Any

import pytest

from atomicpos.exchanges.bybit.readiness import key_facts
from atomicpos.ports import KeyFacts

FULL = {"ContractTrade": ["Order", "Position"], "Derivatives": [], "Spot": ["SpotTrade"]}


@pytest.mark.parametrize(
    ("permissions", "may"),
    [
        (FULL, True),
        ({**FULL, "ContractTrade": ["Position", "Order", "Else"]}, True),
        ({**FULL, "ContractTrade": ["Order"]}, False),
        ({**FULL, "ContractTrade": ["Position"]}, False),
        ({**FULL, "ContractTrade": []}, False),
        ({**FULL, "ContractTrade": [], "Derivatives": ["DerivativesTrade"]}, True),
        ({"Derivatives": ["DerivativesTrade"]}, True),
        ({"Derivatives": []}, None),
        ({"ContractTrade": "Order,Position"}, None),
        ({}, None), (None, None), ([], None), ("all", None),
    ],
)  # fmt: skip
def test_only_what_is_said_forbids(permissions: object, may: bool | None) -> None:
    """A list that is there and lacks what trading needs forbids it; a form that is not understood says nothing."""
    assert key_facts({"permissions": permissions}).may_trade is may


@pytest.mark.parametrize(
    ("ips", "bound"),
    [
        (["192.0.2.7"], True), (["192.0.2.7", "*"], False), (["*"], False), ([], False),
        (None, None), ("192.0.2.7", None),
    ],
)  # fmt: skip
def test_addresses_bind_a_key(ips: object, bound: bool | None) -> None:
    """An asterisk stands for any."""
    assert key_facts({"ips": ips}).ip_bound is bound


@pytest.mark.parametrize(
    ("expired_at", "at_us"),
    [
        ("2030-05-15T03:21:05Z", 1_905_045_665_000_000),
        ("2030-05-15T03:21:05", None),
        ("1970-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00Z", None),
        ("", None), ("soon", None), (None, None), (1_905_045_665, None),
    ],
)  # fmt: skip
def test_the_end_of_a_key_is_a_moment_or_not_said(expired_at: object, at_us: int | None) -> None:
    """Keys that are bound to an address have none; a time without a zone is no moment."""
    assert key_facts({"expiredAt": expired_at}).expires_at_us == at_us


def test_a_reply_that_says_nothing_says_nothing() -> None:
    """Nothing is made of it."""
    empty: dict[str, Any] = {}
    assert key_facts(empty) == KeyFacts()
