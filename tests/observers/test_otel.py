"""Traces: one an open, from its call to its answer, with a span for each request that was made on its account."""

from __future__ import annotations

import sys

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from atomicpos.errors import AtomicPositionError, InvalidRequest
from atomicpos.events import Event, EventKind
from atomicpos.observers.otel import FACTS_MAX, OPENS_MAX, Traces
from atomicpos.sim import Fault
from atomicpos.sim.wire.server import serve
from wired import bybit_client, library
from world import World, in_world


class Told:
    """A listener whose spans are kept in memory."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.traces = Traces(provider)

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        return self.exporter.get_finished_spans()

    @property
    def roots(self) -> list[ReadableSpan]:
        return [span for span in self.spans if span.parent is None]

    def of(self, root: ReadableSpan) -> list[ReadableSpan]:
        return [span for span in self.spans if span.parent is not None and span.parent.span_id == root.context.span_id]


@in_world()
async def test_a_calm_open_is_one_trace_from_call_to_answer(world: World) -> None:
    """Its times are the facts' own; what happened to the position is in it, in order."""
    told = Told()
    async with world.library(listeners=[told.traces]) as positions:
        row, _ = await world.tried(positions)
        await world.settle(positions, quiet_s=20)
    (root,) = told.roots
    assert row is not None
    assert root.name == "open_position_atomic"
    assert root.attributes is not None
    assert root.attributes["atomicpos.position_id"] == row.id
    assert (root.attributes["atomicpos.result"], root.attributes["atomicpos.exposure_s"]) == ("protected", 0)
    assert (root.end_time or 0) - (root.start_time or 0) == 750_000_000
    kinds = [event.name for event in root.events]
    assert {"sent", "outcome", "evidence", "transition", "verified"} <= set(kinds)
    assert [event.timestamp for event in root.events] == sorted(event.timestamp for event in root.events)
    assert root.status.status_code is StatusCode.UNSET


@in_world(Fault("place_entry", None, "refuse"))
async def test_an_open_that_failed_says_so(world: World) -> None:
    """Its status is an error, named as metrics name it."""
    told = Told()
    async with world.library(listeners=[told.traces]) as positions:
        await world.tried(positions)
        await world.tried(positions, symbol="NOSUCH")
    assert [(root.status.status_code, root.status.description) for root in told.roots] == [
        (StatusCode.ERROR, "entry_refused"), (StatusCode.ERROR, "invalid_request"),
    ]


@pytest.mark.wire
async def test_on_the_wire_every_request_of_an_open_is_a_span_of_its_trace() -> None:
    """Of two opens at once each has its own: the reads before the entry, the entry, the stop; inside its time."""
    told, server = Told(), await serve("bybit")
    try:
        async with library(bybit_client(server), listeners=[told.traces]) as positions:
            await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
            with pytest.raises(AtomicPositionError):
                await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
    finally:
        await server.stop()
    first, second = told.roots
    assert first.context.trace_id != second.context.trace_id
    named = [span.name for span in told.of(first)]
    assert named.count("privatePostV5OrderCreate") + named.count("private_post_v5_order_create") == 1
    assert len(named) >= 5
    assert not [span for span in told.of(second) if "create" in span.name.lower()]
    for root in told.roots:
        assert told.of(root)
        for span in told.of(root):
            assert span.kind is SpanKind.CLIENT
            assert span.context.trace_id == root.context.trace_id
            assert (root.start_time or 0) <= (span.start_time or 0) <= (span.end_time or 0) <= (root.end_time or 0)
    written = repr([(span.name, span.attributes, [event.attributes for event in span.events]) for span in told.spans])
    assert server.secret not in written
    assert server.api_key not in written


def test_what_is_kept_has_an_end() -> None:
    """Facts of positions that nobody opened here, and of opens without an answer, do not pile up."""
    told = Told()
    for number in range(3 * OPENS_MAX):
        told.traces(Event(EventKind.EVIDENCE, 1, f"p{number}", "", ""))
        told.traces(Event(EventKind.CALL, 1, "", "", "", data={"open": str(number)}))
    for _ in range(3 * FACTS_MAX):
        told.traces(Event(EventKind.EVIDENCE, 1, "p", "", ""))
    assert len(told.traces._facts) == len(told.traces._calls) == OPENS_MAX
    assert max(map(len, told.traces._facts.values())) == FACTS_MAX


def test_a_missing_extra_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """It names what to install."""
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with pytest.raises(InvalidRequest, match=r"^traces need OpenTelemetry: pip install 'atomicpos\[otel\]'$"):
        Traces()
