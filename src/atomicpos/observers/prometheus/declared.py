"""Every metric there is, as data: name, kind, labels, buckets and meaning. The reference and the tests read this."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 45.0, 60.0, 120.0, 300.0)
"""Upper bounds of the buckets of all that is measured in seconds."""
WRITES = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0)
"""Upper bounds of the buckets of how many writes share a commit."""


class Kind(StrEnum):
    """What Prometheus makes of it."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. A counter's name ends in ``_total``, as it is scraped."""

    name: str
    kind: Kind
    labels: tuple[str, ...]
    meaning: str
    buckets: tuple[float, ...] = SECONDS
    """Of a histogram."""

    @property
    def series(self) -> tuple[str, ...]:
        """The names under which it is scraped."""
        return tuple(self.name + end for end in ("_bucket", "_sum", "_count")) if self.kind is Kind.HISTOGRAM else (
            self.name,
        )


_PLACE = ("exchange", "account")

FAILURES = Metric(
    "atomic_operation_failures_total", Kind.COUNTER, ("exchange", "symbol", "failure_reason"),
    "Opens that were answered with an error. `failure_reason` is the error's name in snake_case, and "
    "`position_not_found` for a suspected orphan.",
)
VERIFICATION_LAG = Metric(
    "position_verification_lag_seconds", Kind.HISTOGRAM, ("exchange",),
    "From the send of an entry to the first verdict about it: protected, proven flat, or an orphan suspected.",
)
ROLLBACKS = Metric(
    "rollback_attempts_total", Kind.COUNTER, ("exchange", "success"),
    "Attempts to get out of a position again that ended: `true`, proven flat; `false`, an orphan is suspected.",
)
ANSWERS = Metric(
    "atomicpos_answers_total", Kind.COUNTER, ("exchange", "result"),
    "Opens that were answered: `protected`, or the reason as in `failure_reason`.",
)
ANSWER_SECONDS = Metric(
    "atomicpos_answer_seconds", Kind.HISTOGRAM, ("exchange",), "From the call of an open to its answer.",
)
POSITIONS = Metric(
    "atomicpos_positions", Kind.GAUGE, (*_PLACE, "state"),
    "Positions that hold their slot, by state, as the database had them at the last turn of the watchdog: those of all "
    "processes on the account.",
)
ORPHANS = Metric(
    "atomicpos_orphans_suspected", Kind.GAUGE, _PLACE,
    "Positions in `orphan_suspected`, counted as `atomicpos_positions`.",
)
UNPROTECTED = Metric(
    "atomicpos_unprotected_positions", Kind.GAUGE, _PLACE,
    "Positions that had been protected, are to be, and are not confirmed to be now; counted as `atomicpos_positions`.",
)
OLDEST = Metric(
    "atomicpos_oldest_unsettled_seconds", Kind.GAUGE, _PLACE,
    "Age of the oldest row that is neither protected nor settled; 0 when there is none.",
)
TRANSITIONS = Metric(
    "atomicpos_transitions_total", Kind.COUNTER, ("exchange", "state"), "Moves into each state, made by this process.",
)
EXPOSURE = Metric(
    "atomicpos_exposure_seconds", Kind.HISTOGRAM, ("exchange",),
    "How long a fill was without a live stop until it was protected, or proven gone, for the first time.",
)
FIRST_EVIDENCE = Metric(
    "atomicpos_first_evidence_seconds", Kind.HISTOGRAM, ("exchange", "source"),
    "From the send of an entry to the first answer of each source that showed a fill of it.",
)
REQUESTED = Metric(
    "atomicpos_writes_total", Kind.COUNTER, ("exchange", "write", "leg", "outcome"),
    "Outcomes of what was asked of the exchange: acknowledged, refused, not_sent or unknown.",
)
CALLS = Metric(
    "atomicpos_calls_total", Kind.COUNTER, ("exchange", "endpoint", "outcome"),
    "Requests to the exchange, reads included: ok, error, no_reply or not_sent. `endpoint` is ccxt's name of it.",
)
CALL_SECONDS = Metric(
    "atomicpos_call_seconds", Kind.HISTOGRAM, ("exchange", "endpoint"),
    "How long a request took, its wait in line included.",
)
LIMITER_WAIT = Metric(
    "atomicpos_limiter_wait_seconds", Kind.HISTOGRAM, ("exchange", "endpoint"),
    "How long a request stood in the line of the client's limiter.",
)
WATCHDOG_TURN = Metric(
    "atomicpos_watchdog_turn_seconds", Kind.HISTOGRAM, _PLACE, "How long a turn of the watchdog took.",
)
WATCHDOG_LAG = Metric(
    "atomicpos_watchdog_lag_seconds", Kind.GAUGE, _PLACE,
    "How much later than it should the last turn of the watchdog began.",
)
HEARTBEAT = Metric(
    "atomicpos_heartbeat_timestamp_seconds", Kind.GAUGE, _PLACE,
    "When the last turn of the watchdog ended, in seconds since the epoch by the process's clock.",
)
TAKEOVERS = Metric(
    "atomicpos_takeovers_total", Kind.COUNTER, ("exchange",),
    "Rows that this process took up which another one drove before, or had given back.",
)
FENCED = Metric(
    "atomicpos_fenced_writes_total", Kind.COUNTER, ("exchange",),
    "Writes of this process that came to nothing because the row was another one's by then.",
)
COMMIT_SECONDS = Metric(
    "atomicpos_commit_seconds", Kind.HISTOGRAM, ("exchange",),
    "How long the database took over writes, from handing them in.",
)
COMMIT_WRITES = Metric(
    "atomicpos_commit_writes", Kind.HISTOGRAM, ("exchange",), "How many writes were committed together.", WRITES,
)
ALERTS_STANDING = Metric(
    "atomicpos_alerts_standing", Kind.GAUGE, (*_PLACE, "condition"),
    "Conditions that this process has alerted and that hold still, one for each position they hold for.",
)
DELIVERY_FAILURES = Metric(
    "atomicpos_alert_delivery_failures_total", Kind.COUNTER, ("channel",),
    "Alerts that could not be delivered to a person.",
)
CLOCK_AHEAD = Metric(
    "atomicpos_clock_ahead_seconds", Kind.GAUGE, ("exchange",),
    "How far this machine's clock was ahead of the exchange's when it was read last: before the first entry of a "
    "process, before every one for as long as it is too far off, and every five minutes by the watchdog.",
)
CLOCK_LIMIT = Metric(
    "atomicpos_clock_skew_max_seconds", Kind.GAUGE, ("exchange",),
    "How far the clocks may lie apart: `clock_skew_s_max`.",
)
FACTS_DROPPED = Metric(
    "atomicpos_listener_facts_dropped_total", Kind.COUNTER, ("listener",), "Facts that a slow listener did not hear.",
)
LISTENER_FAILURES = Metric(
    "atomicpos_listener_failures_total", Kind.COUNTER, ("listener",), "How often a listener raised, or took very long.",
)

DECLARED = (
    FAILURES, VERIFICATION_LAG, ROLLBACKS, ANSWERS, ANSWER_SECONDS, POSITIONS, ORPHANS, UNPROTECTED, OLDEST,
    TRANSITIONS, EXPOSURE, FIRST_EVIDENCE, REQUESTED, CALLS, CALL_SECONDS, LIMITER_WAIT, WATCHDOG_TURN, WATCHDOG_LAG,
    HEARTBEAT, TAKEOVERS, FENCED, COMMIT_SECONDS, COMMIT_WRITES, ALERTS_STANDING, DELIVERY_FAILURES, CLOCK_AHEAD,
    CLOCK_LIMIT, FACTS_DROPPED, LISTENER_FAILURES,
)
"""All of them, in the order of the reference."""
