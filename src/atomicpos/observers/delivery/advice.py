"""For each condition: what the library is doing about it, and how a person can act. ``{id}`` is the position's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Advice:
    """Two sentences."""

    doing: str
    act: str


SHOW = "'atomicpos show {id}' tells what is proven and what is not"
_FLATTEN = "'atomicpos flatten {id}' closes it"

ADVICE = {
    "orphan_suspected": Advice(
        "keeps the symbol taken, goes on looking at the order, the fills and the position, and protects or closes "
        "what it finds",
        SHOW + "; look at the exchange yourself, and once you know that nothing is left: 'atomicpos resolve {id}'",
    ),
    "exposure_past_deadline": Advice(
        "goes on putting up a stop, or closes the position where on_unprotectable is flatten",
        f"{SHOW}; {_FLATTEN}",
    ),
    "position_reversed": Advice(
        "does not touch a position on the other side, and goes on looking",
        SHOW + "; close what is there at the exchange yourself",
    ),
    "position_larger_than_share": Advice(
        "keeps its own share protected and does not touch the rest",
        SHOW + "; protect or close the rest at the exchange yourself",
    ),
    "foreign_stop": Advice(
        "puts its own stop back, or accepts the other one where it is tighter and on_foreign_stop is accept",
        SHOW + "; find out who else sets stops on this account",
    ),
    "liquidated_before_stop": Advice(
        "keeps the stop where it is; the exchange would liquidate first",
        "lower the leverage or add margin at the exchange, 'atomicpos move-stop {id}' moves the stop nearer, or "
        + _FLATTEN,
    ),
    "close_refused": Advice(
        "goes on closing, with smaller and with limit orders, under a stop where one can be had",
        SHOW + "; close it at the exchange yourself if it goes on",
    ),
    "target_left_out": Advice(
        "keeps the position under its stop, without a target",
        f"{SHOW}; put a target up yourself, or {_FLATTEN}",
    ),
    "slot_shared": Advice(
        "closes the part that filled late, and keeps the position that has the slot protected",
        SHOW,
    ),
    "database_unavailable": Advice(
        "goes on protecting and closing what it knows, writes it down later, and opens nothing",
        "look at the database; 'atomicpos health' tells when it answers again",
    ),
    "watchdog_hindered": Advice(
        "goes on with what is being driven, and tries to watch the rest again every few seconds",
        "'atomicpos health' tells what is left unwatched",
    ),
    "lag_beyond_bounds": Advice(
        "waits so much longer from now on before it takes anything for absent",
        "'atomicpos lag' shows how late each source was",
    ),
    "external_position": Advice(
        "does not touch it, and opens nothing on that symbol",
        "whose is it? Protect or close it at the exchange yourself; 'atomicpos positions' lists the library's own",
    ),
    "foreign_order": Advice(
        "does not touch it",
        "find the other bot on this account: two databases drive it, and neither knows of the other's positions",
    ),
    "unrecorded_order": Advice(
        "does not touch it",
        "was the database restored from a copy? 'atomicpos positions' lists what it knows; compare it with the "
        "exchange, and cancel or close the rest there",
    ),
    "delivery_failed": Advice(
        "tries again with growing pauses, and keeps what was not delivered in the outbox",
        "look at the channel's service and at its URL in alerts; 'atomicpos health' says since when it fails",
    ),
}
UNKNOWN = Advice("goes on", "'atomicpos health' tells how things stand")
"""For a condition that nothing is written about here."""
OF_ROW = Advice("", SHOW)
"""The same where it is about a position."""
