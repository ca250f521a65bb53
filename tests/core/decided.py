"""What is decided in a case, in words: one line for the orders, one for the verdict, one for what to do next."""

from __future__ import annotations

from collections.abc import Iterator

from cases import AT, Case

from atomicpos.models import Order, Proof
from atomicpos.plan import Cancel, ChooseMarginMode, Leverage, Place, Plan, Step, plan
from atomicpos.record import Record
from atomicpos.weigh import Verdict, weigh

FLAGS = ("entry_final", "reversed", "moved", "covered", "liquidated_first")


def decided(case: Case) -> str:
    """All that the core makes of it."""
    row = case.row
    verdict = weigh(row, case.bounds, case.now_us)
    todo = plan(row, verdict, case.bounds)
    return "\n".join((_orders(row), _verdict(verdict), _todo(todo)))


def _at(time_us: int | None) -> str:
    """Seconds since the case began."""
    if not time_us:
        return "-" if time_us is None else "0"
    return f"{(time_us - AT) / 1_000_000:+.6f}".rstrip("0").rstrip(".")


def _name(order: Order) -> str:
    return f"{order.leg.value}{order.attempt}"


def _orders(row: Record) -> str:
    return "; ".join(_order(order) for order in row.orders)


def _order(order: Order) -> str:
    """One order, and of what is known only what is not as it is in the beginning."""
    words = [_name(order), order.sending.value, order.status.value if order.status else "unread"]
    words += [f"x{order.sends}"] if order.sends != 1 else []
    words += [f"filled {order.filled}@{order.average}"] if order.filled or order.average else []
    words += [name for name in ("read_back", "proven_absent") if getattr(order, name)]
    words += [f"{name} {_at(at)}" for name, at in _times(order) if at is not None]
    words += [str(order.exchange_order_id)] if order.exchange_order_id else []
    return " ".join(words)


def _times(order: Order) -> Iterator[tuple[str, int | None]]:
    yield from (("first", order.first_sent_at_us), ("sent", order.sent_at_us), ("answered", order.answered_at_us))
    yield from (("seen", order.seen_at_us), ("created", order.created_at_us), ("updated", order.updated_at_us))
    yield from (("absent", order.absent_since_us), ("cancelled", order.cancel_sent_at_us))


def _verdict(verdict: Verdict) -> str:
    fresh = verdict.fresh
    words = [f"filled {verdict.filled}@{verdict.average}", f"closed {verdict.closed}, by us {verdict.closed_by_us}"]
    words += [f"share {verdict.share}, observed {verdict.observed}", f"wanted {verdict.wanted}"]
    words += [name for name in FLAGS if getattr(verdict, name)]
    words += [f"fresh {fresh.view.quantity} asked {_at(fresh.asked_at_us)}"] if fresh else []
    words += [f"stops {' '.join(map(_name, verdict.stops))}"] if verdict.stops else []
    words += [f"loose {' '.join(map(_name, verdict.loose))}"] if verdict.loose else []
    words += [f"foreign {verdict.foreign_trigger}"] if verdict.foreign_trigger else []
    words += [f"{name}: {_proof(proof)}" for name, proof in _proofs(verdict) if proof is not None]
    words += [f"word refused: {verdict.resolution_refused}"] if verdict.resolution_refused else []
    words += [f"alone {_at(verdict.alone_at_us)} {verdict.alone}"]
    words += [f"naked {verdict.naked_us}, exposed {verdict.exposure_us}"]
    return "; ".join(words)


def _proofs(verdict: Verdict) -> Iterator[tuple[str, Proof | None]]:
    yield from (("never filled", verdict.never_filled), ("flat", verdict.flat), ("ended", verdict.ended))


def _proof(proof: Proof) -> str:
    return f"{proof.kind.value} {_at(proof.at_us)} {proof.detail!r}"


def _todo(todo: Plan) -> str:
    words = [_step(step) for step in todo.steps]
    words += [name for name in ("look", "slowly") if getattr(todo, name)]
    words += [f"wake {_at(todo.wake_at_us)}"] if todo.wake_at_us is not None else []
    return "-> " + ("; ".join(words) or "nothing")


def _step(step: Step) -> str:
    match step:
        case Place():
            how = [f"at {step.trigger_price}"] if step.trigger_price is not None else []
            how += [f"limit {step.limit_price}"] if step.limit_price is not None else []
            how += [name for name in ("attached", "beside") if getattr(step, name)]
            return " ".join((f"place {step.leg.value}{step.attempt} {step.quantity}", *how))
        case Cancel():
            return f"cancel {step.leg.value}{step.attempt}"
        case Leverage():
            return f"leverage {step.leverage}"
        case ChooseMarginMode():
            return f"margin mode {step.margin_mode.value}"
