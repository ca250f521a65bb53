"""Counts of lags: what is learnt is added, kept, and found by whoever opens the database next."""

from __future__ import annotations

import asyncio

from atomicpos.lag import LagCount
from atomicpos.ports import Journal

from .sharing import WORKERS, Another


def count(bucket: int, samples: int, longest_us: int, source: str = "order_status") -> LagCount:
    """So many lags of one source of one exchange."""
    return LagCount("bybit", "live", source, bucket, samples, longest_us)


class LagContract:
    """What one journal promises of lags."""

    async def test_nothing_is_learnt_at_first(self, journal: Journal) -> None:
        """A new database holds no counts, and learning none is no error."""
        assert journal.lags_at_opening == ()
        await journal.learn(())
        assert await journal.lags() == ()

    async def test_counts_add_and_the_longest_stays(self, journal: Journal) -> None:
        """Each bucket grows by what is learnt, whichever of the two was the longest; the others stay as they are."""
        await journal.learn([count(7, 2, 900), count(9, 1, 1300), count(7, 5, 800, "trade_history")])
        await journal.learn([count(9, 3, 1250), count(7, 1, 950), count(0, 4, 0)])
        assert await journal.lags() == (
            count(0, 4, 0), count(7, 3, 950), count(9, 4, 1300), count(7, 5, 800, "trade_history"),
        )

    async def test_very_many_samples_are_counted(self, journal: Journal) -> None:
        """More than a 32-bit number holds, and lags longer than one in microseconds."""
        await journal.learn([count(700, 3_000_000_000, 7_200_000_000)])
        await journal.learn([count(700, 3_000_000_000, 1)])
        assert await journal.lags() == (count(700, 6_000_000_000, 7_200_000_000),)

    async def test_exchanges_and_environments_are_apart(self, journal: Journal) -> None:
        """What a test environment shows teaches nothing about the live one."""
        apart = LagCount("bybit", "testnet", "order_status", 7, 1, 5), LagCount("okx", "live", "order_status", 7, 1, 5)
        await journal.learn([count(7, 1, 900), *apart])
        assert await journal.lags() == (count(7, 1, 900), *apart)


class SharedLagContract:
    """What the journals of one database promise each other of lags."""

    async def test_what_eight_processes_learn_at_once_adds_up(self, journal: Journal, another: Another) -> None:
        """None of the counts is lost, whatever order they come in, and a later opening finds them all."""
        journals = [await another() for _ in range(WORKERS)]

        async def teach(worker: Journal, number: int) -> None:
            for n in range(5):
                counts = [count(bucket, 1, number * 10 + n) for bucket in range(6)]
                await worker.learn(counts if number % 2 else counts[::-1])

        await asyncio.gather(*(teach(worker, n) for n, worker in enumerate(journals)))
        expected = tuple(count(bucket, 5 * WORKERS, 10 * (WORKERS - 1) + 4) for bucket in range(6))
        assert await journal.lags() == expected
        assert (await another()).lags_at_opening == expected
