"""What a store, an exchange and a verifier promise, as classes of tests that the author of another one inherits."""

from .exchange import ExchangeContract, ExchangeWorld, HedgeContract
from .store import Another, SharedStoreContract, StoreContract
from .verifier import VenueSource, VerifierContract, VerifierSource

__all__ = [
    "Another",
    "ExchangeContract",
    "ExchangeWorld",
    "HedgeContract",
    "SharedStoreContract",
    "StoreContract",
    "VenueSource",
    "VerifierContract",
    "VerifierSource",
]
