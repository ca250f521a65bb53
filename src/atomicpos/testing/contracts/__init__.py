"""What a store, an exchange and a verifier promise, as classes of tests that the author of another one inherits."""

from .store import Another, SharedStoreContract, StoreContract

__all__ = ["Another", "SharedStoreContract", "StoreContract"]
