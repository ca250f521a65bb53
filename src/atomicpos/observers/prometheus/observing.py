"""From facts to metrics: a listener that counts, measures and keeps what stands. It asks nobody anything."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from ...errors import FAILURE_REASONS, UNEXPECTED
from ...events import Event, EventKind
from ...models import MICROSECONDS, State
from . import declared as d
from .bounded import Bounded
from .declared import DECLARED, Kind, Metric

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Gauge, Histogram
    from prometheus_client import Counter as Counting

HELD = tuple(state for state in State if not state.settled)
"""The states in which a position holds its slot."""
_Stands = tuple[str, str, str, str, str]
"""Exchange, account, position, condition, key."""


class Metrics:
    """Hears facts and keeps the metrics of one registry; several accounts of one process may share it."""

    hears_measures = True
    listener_name = "metrics"

    def __init__(self, registry: CollectorRegistry) -> None:
        import prometheus_client as client

        self._lock = threading.Lock()
        self._bounded = Bounded()
        self._standing: set[_Stands] = set()
        self._holding: Counter[tuple[str, str, str]] = Counter()
        """How many stand, by exchange, account and condition."""
        self._seen: set[str] = set()
        self._counters: dict[Metric, Counting] = {}
        self._gauges: dict[Metric, Gauge] = {}
        self._histograms: dict[Metric, Histogram] = {}
        for metric in DECLARED:
            match metric.kind:
                case Kind.COUNTER:
                    counter = client.Counter(metric.name, metric.meaning, metric.labels, registry=registry)
                    self._counters[metric] = counter
                case Kind.GAUGE:
                    self._gauges[metric] = client.Gauge(metric.name, metric.meaning, metric.labels, registry=registry)
                case Kind.HISTOGRAM:
                    self._histograms[metric] = client.Histogram(
                        metric.name, metric.meaning, metric.labels, registry=registry, buckets=metric.buckets
                    )
        self._told: dict[EventKind, Callable[[Event], None]] = {
            EventKind.ANSWERED: self._answered, EventKind.VERIFIED: self._verified, EventKind.EXPOSED: self._exposed,
            EventKind.ROLLBACK: self._rollback, EventKind.TRANSITION: self._transition,
            EventKind.WATCHED: self._watched, EventKind.EVIDENCE: self._evidence, EventKind.OUTCOME: self._outcome,
            EventKind.CALL: self._call,
            EventKind.COMMIT: self._commit, EventKind.TAKEOVER: self._takeover, EventKind.FENCED: self._fenced,
            EventKind.ALERT: self._alert, EventKind.RESOLVED: self._resolved, EventKind.CLOCK: self._clock,
            EventKind.LISTENER_FAILED: self._listener, EventKind.FACTS_DROPPED: self._listener,
            EventKind.DELIVERY_FAILED: self._delivery,
        }  # fmt: skip

    def __call__(self, event: Event) -> None:
        """Take one fact in."""
        with self._lock:
            if event.exchange and event.exchange not in self._seen:
                self._begin(event.exchange)
            if (told := self._told.get(event.kind)) is not None:
                told(event)

    def _begin(self, exchange: str) -> None:
        """Have the series of an exchange from the start, at zero: what appears with its first count has no increase."""
        self._seen.add(exchange)
        for success in ("true", "false"):
            self._count(d.ROLLBACKS, exchange, success, by=0)
        for metric in self._histograms:
            if metric.labels == ("exchange",):
                self._histograms[metric].labels(self._bounded.value("exchange", exchange))

    # --- one open ---------------------------------------------------------------------------------------------

    def _answered(self, event: Event) -> None:
        result = event.data["result"]
        if result != State.PROTECTED:
            result = result if result in FAILURE_REASONS else UNEXPECTED
            self._count(d.FAILURES, event.exchange, event.symbol, result)
        self._count(d.ANSWERS, event.exchange, result)
        self._measure(d.ANSWER_SECONDS, event.data["took_us"], event.exchange)

    def _verified(self, event: Event) -> None:
        self._measure(d.VERIFICATION_LAG, event.data["took_us"], event.exchange)

    def _exposed(self, event: Event) -> None:
        self._measure(d.EXPOSURE, event.exposure_us, event.exchange)

    def _rollback(self, event: Event) -> None:
        self._count(d.ROLLBACKS, event.exchange, event.data["success"])

    def _transition(self, event: Event) -> None:
        if event.state is not None:
            self._count(d.TRANSITIONS, event.exchange, event.state.value)
            if event.state.settled:
                self._no_more(event)

    def _evidence(self, event: Event) -> None:
        if "first_us" in event.data:
            self._measure(d.FIRST_EVIDENCE, event.data["first_us"], event.exchange, event.data["source"])

    def _outcome(self, event: Event) -> None:
        data = event.data
        self._count(d.REQUESTED, event.exchange, data["write"], data.get("leg", ""), data["outcome"])

    # --- the account ------------------------------------------------------------------------------------------

    def _watched(self, event: Event) -> None:
        data, place = event.data, (event.exchange, event.account)
        for state in HELD:
            self._set(d.POSITIONS, int(data[state.value]), *place, state.value)
        self._set(d.ORPHANS, int(data[State.ORPHAN_SUSPECTED.value]), *place)
        self._set(d.UNPROTECTED, int(data["unprotected"]), *place)
        self._set(d.OLDEST, int(data["unsettled_us"]) / MICROSECONDS, *place)
        self._set(d.WATCHDOG_LAG, int(data["behind_us"]) / MICROSECONDS, *place)
        self._set(d.HEARTBEAT, event.at_us / MICROSECONDS, *place)
        self._measure(d.WATCHDOG_TURN, data["took_us"], *place)

    def _takeover(self, event: Event) -> None:
        self._count(d.TAKEOVERS, event.exchange)

    def _fenced(self, event: Event) -> None:
        self._count(d.FENCED, event.exchange)
        self._no_more(event)  # whoever has the row now tells how it stands

    def _alert(self, event: Event) -> None:
        if (what := _stands(event)) not in self._standing:
            self._standing.add(what)
            self._stand(what, 1)

    def _resolved(self, event: Event) -> None:
        if (what := _stands(event)) in self._standing:
            self._standing.discard(what)
            self._stand(what, -1)

    def _no_more(self, event: Event) -> None:
        """Nothing stands for this position any more, as far as this process knows."""
        whose = event.exchange, event.account, event.position_id
        for what in [standing for standing in self._standing if standing[:3] == whose]:
            self._standing.discard(what)
            self._stand(what, -1)

    def _stand(self, what: _Stands, by: int) -> None:
        exchange, account, _, condition, _ = what
        self._holding[exchange, account, condition] += by
        self._set(d.ALERTS_STANDING, self._holding[exchange, account, condition], exchange, account, condition)

    def _clock(self, event: Event) -> None:
        self._set(d.CLOCK_AHEAD, int(event.data["ahead_us"]) / MICROSECONDS, event.exchange)
        self._set(d.CLOCK_LIMIT, int(event.data["limit_us"]) / MICROSECONDS, event.exchange)

    # --- the library ------------------------------------------------------------------------------------------

    def _call(self, event: Event) -> None:
        data, endpoint = event.data, event.data["endpoint"]
        self._count(d.CALLS, event.exchange, endpoint, data["outcome"])
        self._measure(d.CALL_SECONDS, data["took_us"], event.exchange, endpoint)
        self._measure(d.LIMITER_WAIT, data["waited_us"], event.exchange, endpoint)

    def _commit(self, event: Event) -> None:
        self._measure(d.COMMIT_SECONDS, event.data["took_us"], event.exchange)
        self._histograms[d.COMMIT_WRITES].labels(*self._labels(d.COMMIT_WRITES, event.exchange)).observe(
            int(event.data["writes"])
        )

    def _listener(self, event: Event) -> None:
        metric = d.LISTENER_FAILURES if event.kind is EventKind.LISTENER_FAILED else d.FACTS_DROPPED
        self._count(metric, event.data["listener"], by=int(event.data["count"]))

    def _delivery(self, event: Event) -> None:
        self._count(d.DELIVERY_FAILURES, event.data.get("channel", ""))

    # --- the registry -----------------------------------------------------------------------------------------

    def _labels(self, metric: Metric, *values: str) -> list[str]:
        return [self._bounded.value(label, value) for label, value in zip(metric.labels, values, strict=True)]

    def _count(self, metric: Metric, *values: str, by: int = 1) -> None:
        self._counters[metric].labels(*self._labels(metric, *values)).inc(by)

    def _set(self, metric: Metric, to: float, *values: str) -> None:
        self._gauges[metric].labels(*self._labels(metric, *values)).set(to)

    def _measure(self, metric: Metric, us: str | int, *values: str) -> None:
        self._histograms[metric].labels(*self._labels(metric, *values)).observe(int(us) / MICROSECONDS)


def _stands(event: Event) -> _Stands:
    return event.exchange, event.account, *event.standing
