"""What a store and an exchange promise, as classes of tests that the author of another one inherits."""

from .exchange import ExchangeContract, ExchangeWorld
from .store import Another, SharedStoreContract, StoreContract

__all__ = ["Another", "ExchangeContract", "ExchangeWorld", "SharedStoreContract", "StoreContract"]
