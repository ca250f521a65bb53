"""Traces for OpenTelemetry, from the engine's facts (extra ``otel``): one trace an open, a span for each request.

A trace is made when the open is answered, from the facts that were told until then, each with its own time: so nothing
is measured on the way, and a tracer that is slow slows nobody.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from ..errors import InvalidRequest
from ..events import MEASURES, Event, EventKind
from ..models import MICROSECONDS, State

if TYPE_CHECKING:
    from opentelemetry.trace import Span, TracerProvider

OPENS_MAX = 1_000
"""Of how many opens, and of how many positions, facts are kept at once; of more, the oldest are forgotten."""
FACTS_MAX = 500
"""How many facts are kept of each; what comes after them is not in the trace."""
NANOSECONDS = 1_000
"""In a microsecond."""


class Traces:
    """A listener that makes spans: ``AtomicPositions(..., listeners=[Traces()])``.

    ``provider`` is OpenTelemetry's; without one, the global one is used. Raises InvalidRequest without OpenTelemetry.
    """

    hears_measures = True
    listener_name = "traces"

    def __init__(self, provider: TracerProvider | None = None) -> None:
        try:
            from opentelemetry import trace
        except ImportError:
            raise InvalidRequest("traces need OpenTelemetry: pip install 'atomicpos[otel]'") from None
        self._trace = trace
        self._tracer = trace.get_tracer("atomicpos", tracer_provider=provider)
        self._calls: OrderedDict[str, list[Event]] = OrderedDict()
        """By the number of the open."""
        self._facts: OrderedDict[str, list[Event]] = OrderedDict()
        """By position."""

    def __call__(self, event: Event) -> None:
        """Keep the fact until its open is answered; then make the trace."""
        if event.kind is EventKind.ANSWERED:
            calls = self._calls.pop(event.data.get("open", ""), [])
            self._make(event, calls, self._facts.pop(event.position_id, []))
        elif event.kind is EventKind.CALL:
            _keep(self._calls, event.data.get("open", ""), event)
        elif event.kind not in MEASURES:
            _keep(self._facts, event.position_id, event)

    def _make(self, answered: Event, calls: list[Event], facts: list[Event]) -> None:
        began_us = answered.at_us - int(answered.data["took_us"])
        root = self._tracer.start_span(
            "open_position_atomic", start_time=began_us * NANOSECONDS, attributes=_attributes(answered)
        )
        for fact in facts:
            if fact.at_us >= began_us:
                about = {f"atomicpos.{name}": value for name, value in {"text": fact.text, **fact.data}.items()}
                root.add_event(fact.kind.value, about, timestamp=fact.at_us * NANOSECONDS)
        for call in calls:
            self._call(root, call)
        if answered.data["result"] != State.PROTECTED:
            root.set_status(self._trace.Status(self._trace.StatusCode.ERROR, answered.data["result"]))
        root.end(answered.at_us * NANOSECONDS)

    def _call(self, root: Span, call: Event) -> None:
        span = self._tracer.start_span(
            call.data["endpoint"],
            context=self._trace.set_span_in_context(root),
            kind=self._trace.SpanKind.CLIENT,
            start_time=(call.at_us - int(call.data["took_us"])) * NANOSECONDS,
            attributes={
                "atomicpos.exchange": call.exchange,
                "atomicpos.outcome": call.data["outcome"],
                "atomicpos.waited_s": int(call.data["waited_us"]) / MICROSECONDS,
            },
        )
        if call.data["outcome"] != "ok":
            span.set_status(self._trace.Status(self._trace.StatusCode.ERROR, call.data["outcome"]))
        span.end(call.at_us * NANOSECONDS)


def _attributes(answered: Event) -> dict[str, Any]:
    state = {"atomicpos.state": answered.state.value} if answered.state is not None else {}
    return {
        "atomicpos.exchange": answered.exchange,
        "atomicpos.account": answered.account,
        "atomicpos.symbol": answered.symbol,
        "atomicpos.position_id": answered.position_id,
        "atomicpos.result": answered.data["result"],
        "atomicpos.exposure_s": answered.exposure_us / MICROSECONDS,
        **state,
    }


def _keep(kept: OrderedDict[str, list[Event]], whose: str, event: Event) -> None:
    if not whose:
        return
    facts = kept.setdefault(whose, [])
    if len(facts) < FACTS_MAX:
        facts.append(event)
    while len(kept) > OPENS_MAX:
        kept.popitem(last=False)
