"""What is declared of an exchange, as frozen data, each fact with the sentence that says where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from atomicpos.profile import Profile


class Tier(StrEnum):
    """How an exchange's adapter is proven."""

    WIRE = "wire"
    """The unmodified client was driven through whole lives of positions at a venue that speaks its dialect."""
    CONTRACT = "contract"
    """Every request is asserted word by word as ccxt sends it, every reply understood in its documented form."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One cell of the matrix of exchanges."""

    value: str
    """A word or a few."""
    source: str
    """One sentence: documented, measured, or not verified."""


FACTS: Mapping[str, str] = MappingProxyType({
    "attached_stop": "whether a stop travels with the entry",
    "stop_before_position": "whether a stop that can only reduce is taken before the position is there",
    "lookup_by_client_id": "how an order of ours is found by our id",
    "position_modes": "the modes that are traded in",
    "proof_of_closing": "what shows that a position was closed, and by whom",
})
"""What is declared of every exchange beside its profile, and what each fact says."""


@dataclass(frozen=True, slots=True)
class Quirks:
    """One exchange: its profile, and for each field of it the sentence that says where it comes from."""

    profile: Profile
    sources: Mapping[str, str]
    tier: Tier = Tier.WIRE
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """By their names in ``FACTS``: what the core does not decide by, and its user wants to know."""
