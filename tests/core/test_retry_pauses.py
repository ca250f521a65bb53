"""Pauses between tries grow to a bound, and what was refused very often is tried rarely."""

from atomicpos.plan.pauses import MANY_TRIES, RETRY_MOST_US, RETRY_RARELY_US, retry_us


def test_pauses_double_to_five_seconds_and_become_rare() -> None:
    """0.25, 0.5, 1, 2, 4, then 5 s; after fifty tries half a minute."""
    assert [retry_us(n) / 1e6 for n in range(8)] == [0.25, 0.25, 0.5, 1, 2, 4, 5, 5]
    assert retry_us(MANY_TRIES) == RETRY_MOST_US
    assert retry_us(MANY_TRIES + 1) == retry_us(10_000) == RETRY_RARELY_US
