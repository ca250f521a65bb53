"""How long a protective write waits behind a hundred queued polls: ours, and the unmodified client's, per exchange.

Prints one line an exchange and ends with 1 when ours takes longer than five milliseconds.
"""

from __future__ import annotations

import asyncio
import sys

from atomicpos.sim.wire.server import serve
from urgency import DIALECTS, POLLS, Urgency, measured

LIMIT_MS = 5.0


async def of(dialect: str) -> Urgency:
    """One exchange, on a venue of its own."""
    server = await serve(dialect, seed=7)
    try:
        return await measured(server, dialect, unmodified=True)
    finally:
        await server.stop()


def main() -> int:
    """Measure, print, judge."""
    found = [asyncio.run(of(dialect)) for dialect in DIALECTS]
    print(f"a stop behind {POLLS} polls of the bot, from the asking to the request's head")
    print(f"{'exchange':<14}{'ours, median ms':>17}{'ours, longest ms':>18}{'unmodified ms':>15}")
    for one in found:
        longest, theirs = max(one.ours_ms), one.theirs_ms or 0.0
        print(f"{one.exchange:<14}{one.ours_median_ms:>17.2f}{longest:>18.2f}{theirs:>15.0f}")
    return 0 if all(one.ours_median_ms < LIMIT_MS for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
