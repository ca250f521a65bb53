"""Named points: counted, struck once, and in the order in which a request passes them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

from atomicpos.clock import SystemClock
from atomicpos.exchanges import connect
from atomicpos.models import Leg, OrderSide
from atomicpos.ports import OutcomeKind, PlaceOrder
from atomicpos.sim.wire.server import Server
from atomicpos.testing.failpoints import Failpoint, Failpoints, PointedExchange
from wired import bybit_client

CREATE = "/v5/order/create"
ENTRY = PlaceOrder("AVL/USDT:USDT", Leg.ENTRY, "aptestentry1", OrderSide.BUY, Decimal(10), reduce_only=False)


def test_a_point_is_struck_at_its_nth_passing_and_at_no_other() -> None:
    """Counting begins with the choice, and other names do not count."""
    struck: list[int] = []
    points = Failpoints(lambda: struck.append(points.passed["here"]))
    points.pass_("here")
    points.choose(Failpoint("here", 2))
    for name in ("here", "there", "here", "here"):
        points.pass_(name)
    assert struck == [2]


async def test_what_has_left_is_at_the_venue_although_nobody_hears_its_answer(bybit: Server) -> None:
    """At the point where an entry may leave nothing of it has arrived; where it has left, it arrives without us."""
    arrived: dict[str, int] = {}
    async with _pointed(bybit, arrived) as exchange:
        outcome = await exchange.write(ENTRY)
    assert outcome.kind is OutcomeKind.ACKNOWLEDGED
    assert list(arrived) == ["before entry", "entry may leave", "entry has left", "entry was answered"]
    assert (arrived["entry may leave"], arrived["entry was answered"]) == (0, 1)


async def test_what_is_forbidden_passes_no_point_of_leaving(bybit: Server) -> None:
    """A request that its permit holds back is prepared and answered, and nothing in between."""
    arrived: dict[str, int] = {}
    async with _pointed(bybit, arrived) as exchange:
        assert (await exchange.write(ENTRY, lambda stamped_us: "no")).kind is OutcomeKind.NOT_SENT
    assert list(arrived) == ["before entry", "entry was answered"]


@asynccontextmanager
async def _pointed(server: Server, arrived: dict[str, int]) -> AsyncIterator[PointedExchange]:
    """An open exchange; at each point it notes how many orders the venue has been sent by then."""
    client = bybit_client(server)
    exchange = PointedExchange(connect(client, SystemClock()), _Noting(server, arrived))
    await exchange.open()
    try:
        yield exchange
    finally:
        await exchange.close()
        await client.close()


class _Noting(Failpoints):
    def __init__(self, server: Server, arrived: dict[str, int]) -> None:
        super().__init__(lambda: None)
        self._server, self._arrived = server, arrived

    def pass_(self, name: str) -> None:
        self._arrived[name] = self._server.arrivals.counts[CREATE]
