"""The connection is kept up in the background, and ended for good when its block is left, whatever the library does."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from atomicpos.listening import Listening
from atomicpos.noticeboard import Noticeboard
from atomicpos.ports import Hear, StreamEnded
from atomicpos.sim import VirtualClock
from atomicpos.sim.loop import run


class EndsInsteadOfBeingCancelled:
    """A stream of a library that answers a cancellation with an end of its own."""

    def __init__(self) -> None:
        self.followed = 0

    async def follow(self, hear: Hear, up: Callable[[], None]) -> None:
        """Up at once, and down when it is cancelled."""
        self.followed += 1
        up()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise StreamEnded("the socket is closed") from None


def test_a_stream_that_eats_its_cancellation_is_left_all_the_same() -> None:
    """Leaving the block ends, and nothing connects again afterwards."""
    stream = EndsInsteadOfBeingCancelled()

    async def main() -> None:
        clock = VirtualClock(asyncio.get_running_loop())
        listening = Listening(stream, Noticeboard(), clock, random.Random(1))
        listening.start()
        await clock.sleep(1)
        assert listening.state.connected
        async with asyncio.timeout(5):
            await listening.close()
        await clock.sleep(120)

    run(main)
    assert stream.followed == 1
