"""How often: a count for each minute, so that nobody can ask, act or guess without an end."""

from __future__ import annotations

from .limits import (
    ACTS_A_MINUTE,
    ADDRESSES_MOST,
    REQUESTS_A_MINUTE,
    WRONG_TOKENS_A_MINUTE,
)

MINUTE_S = 60.0


class Meter:
    """Counts what is let through in the present minute."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._began_s = 0.0
        self._count = 0

    def full(self, now_s: float) -> bool:
        """Whether no more is let through in this minute."""
        if now_s - self._began_s >= MINUTE_S:
            self._began_s, self._count = now_s, 0
        return self._count >= self.most

    def take(self, now_s: float) -> bool:
        """Count one more; False when it is one too many."""
        if self.full(now_s):
            return False
        self._count += 1
        return True


class Meters:
    """All counts of one dashboard."""

    def __init__(self) -> None:
        self.acts = Meter(ACTS_A_MINUTE)
        self.wrong_tokens = Meter(WRONG_TOKENS_A_MINUTE)
        self._requests: dict[str, Meter] = {}

    def request(self, address: str, now_s: float) -> bool:
        """Count one more request from that address; False when it is one too many."""
        if address not in self._requests and len(self._requests) >= ADDRESSES_MOST:
            self._requests.clear()
        return self._requests.setdefault(address, Meter(REQUESTS_A_MINUTE)).take(now_s)
