"""Hypothesis strategies for what is stored: decimals of any scale, long text, lawful rows in any state."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from ...evidence import Evidence, Kind, OrderView, PositionView
from ...ids import client_order_id
from ...models import (
    SETTLED,
    Fill,
    FillKind,
    Goal,
    Intent,
    JournalEntry,
    Leg,
    MarginMode,
    Order,
    OrderSide,
    OrderStatus,
    PositionSide,
    Proof,
    ProofKind,
    Refusal,
    Scope,
    Sending,
    State,
    StopRule,
    TargetRule,
    TriggerBy,
)
from ...record import Record


def _exact(digits: st.SearchStrategy[int]) -> st.SearchStrategy[Decimal]:
    return st.builds(lambda number, exponent: Decimal(number).scaleb(exponent), digits, st.integers(-40, 40))


times_us = st.integers(0, 2**53)
"""Microseconds since the epoch, as far as a JSON number is exact."""

quantities = _exact(st.integers(1, 10**24))
"""Above zero, up to 25 digits, of any scale."""

decimals = _exact(st.integers(-(10**24), 10**24))
"""Of either sign, with zero, of any scale."""

texts = st.one_of(
    st.text(max_size=12), st.text(min_size=1, max_size=4).map(lambda piece: piece * (10_000 // len(piece)))
)
"""Short, or ten thousand characters, of any script."""

names = st.text(min_size=1, max_size=12)

scopes = st.builds(Scope, names, names, names)

stop_rules = st.one_of(
    st.builds(StopRule, percent=quantities, trigger_by=st.sampled_from(TriggerBy)),
    st.builds(StopRule, price=quantities, trigger_by=st.sampled_from(TriggerBy)),
)

target_rules = st.builds(TargetRule, quantities) | st.builds(TargetRule, price=quantities)
intents = st.builds(
    Intent,
    scope=scopes,
    symbol=names,
    market_id=names,
    side=st.sampled_from(PositionSide),
    quantity=quantities,
    stop_rule=stop_rules,
    mark_price=quantities,
    tick=quantities,
    step=quantities,
    created_at_us=times_us,
    leverage=st.none() | quantities,
    margin_mode=st.none() | st.sampled_from(MarginMode),
    idempotency_key=st.none() | texts,
    request_hash=st.none() | texts,
    target_rule=st.none() | target_rules,
)

order_views = st.builds(
    OrderView,
    client_order_id=st.none() | names,
    exchange_order_id=st.none() | names,
    status=st.sampled_from(OrderStatus),
    order_side=st.none() | st.sampled_from(OrderSide),
    quantity=st.none() | decimals,
    filled=st.none() | decimals,
    average=st.none() | decimals,
    reduce_only=st.none() | st.booleans(),
    trigger_price=st.none() | decimals,
    trigger_by=st.none() | st.sampled_from(TriggerBy),
    created_at_us=st.none() | times_us,
    updated_at_us=st.none() | times_us,
)

position_views = st.builds(
    PositionView,
    quantity=decimals,
    side=st.none() | st.sampled_from(PositionSide),
    entry_price=st.none() | decimals,
    mark_price=st.none() | decimals,
    liquidation_price=st.none() | decimals,
    leverage=st.none() | decimals,
    margin_mode=st.none() | st.sampled_from(MarginMode),
    stop_price=st.none() | decimals,
    updated_at_us=st.none() | times_us,
)

fills = st.builds(
    Fill,
    fill_id=names,
    order_side=st.sampled_from(OrderSide),
    quantity=decimals,
    price=decimals,
    time_us=times_us,
    kind=st.sampled_from(FillKind),
    client_order_id=st.none() | names,
    exchange_order_id=st.none() | names,
)

findings = st.builds(
    Evidence,
    kind=st.sampled_from(Kind),
    quantity=st.none() | decimals,
    price=st.none() | decimals,
    why=texts,
    source=names,
    asked_at_us=times_us,
    answered_at_us=times_us,
    exchange_time_us=st.none() | times_us,
    raw=texts,
    orders=st.lists(order_views, max_size=2).map(tuple),
    absent_ids=st.lists(names, max_size=3).map(tuple),
    fills=st.lists(fills, max_size=2).map(tuple),
    position=st.none() | position_views,
    position_stop=st.none() | order_views,
)

journal_entries = st.builds(
    JournalEntry,
    at_us=times_us,
    kind=names,
    text=texts,
    cause=texts,
    data=st.dictionaries(names, texts, max_size=2),
)


@st.composite
def orders(draw: st.DrawFn, position_id: str, leg: Leg, attempt: int) -> Order:
    """Any order of that position, with the id it would have."""
    return Order(
        leg=leg,
        attempt=attempt,
        client_order_id=client_order_id("test", position_id, leg, attempt),
        order_side=draw(st.sampled_from(OrderSide)),
        quantity=draw(quantities),
        reduce_only=draw(st.booleans()),
        trigger_price=draw(st.none() | decimals),
        trigger_by=draw(st.none() | st.sampled_from(TriggerBy)),
        limit_price=draw(st.none() | quantities),
        attached=draw(st.booleans()),
        refusal=draw(st.none() | st.sampled_from(Refusal)),
        why=draw(st.none() | texts),
        filled=draw(decimals),
        average=draw(st.none() | decimals),
        read_back=draw(st.booleans()),
        proven_absent=draw(st.booleans()),
        **draw(_ORDER_LIFE),
    )


_ORDER_LIFE: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "sending": st.sampled_from(Sending),
        "sends": st.integers(0, 9),
        "first_sent_at_us": st.none() | times_us,
        "sent_at_us": st.none() | times_us,
        "cancels": st.integers(0, 9),
        "cancel_sent_at_us": st.none() | times_us,
        "exchange_order_id": st.none() | names,
        "status": st.none() | st.sampled_from(OrderStatus),
        "created_at_us": st.none() | times_us,
        "updated_at_us": st.none() | times_us,
        "seen_at_us": st.none() | times_us,
    }
)

_PROGRESS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "state": st.sampled_from(State),
        "version": st.integers(1, 2**40),
        "goal": st.sampled_from(Goal),
        "reason": st.none() | texts,
        "deadline_us": times_us,
        "leverage_confirmed": st.booleans(),
        "margin_mode_confirmed": st.booleans(),
        "parts_asked": st.just(Decimal(0)) | quantities,
        "filled_quantity": decimals,
        "entry_price": st.none() | quantities,
        "closed_quantity": decimals,
        "stop_price": st.none() | quantities,
        "filled_at_us": st.none() | times_us,
        "protected_at_us": st.none() | times_us,
        "suspected_at_us": st.none() | times_us,
        "exposure_us": times_us,
        "updated_at_us": times_us,
        "owner": st.none() | names,
        "fence": st.integers(0, 2**53),
        "slotless": st.booleans(),
        "wake_at_us": st.none() | times_us,
        "proof": st.none() | st.builds(Proof, st.sampled_from(ProofKind), times_us, texts),
    }
)


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Any lawful row: one entry, some stops and closes, and a proof where the state needs one."""
    position_id = draw(names)
    exits = (Leg.STOP, Leg.CLOSE, Leg.TARGET)
    keys = [(Leg.ENTRY, 1)] + [(leg, n) for leg in exits for n in range(draw(st.integers(0, 2)))]
    intent = draw(intents)
    rules = st.none() | stop_rules.map(lambda rule: replace(rule, trigger_by=intent.stop_rule.trigger_by))
    record = Record(position_id, intent, rule=draw(rules), moving=draw(rules), **draw(_PROGRESS))
    for leg, attempt in keys:
        record = record.with_order(draw(orders(position_id, leg, attempt)))
    if record.state in SETTLED:
        return _proven(record)
    return replace(record, slotless=record.slotless and record.suspected_at_us is not None)


def _proven(record: Record) -> Record:
    dead = tuple(replace(order, status=OrderStatus.DEAD) for order in record.orders)
    at_us = record.last_send_at_us or 0
    detail = record.proof.detail if record.proof else ""
    proof = Proof(ProofKind.EXITED, at_us, detail)
    return replace(record, orders=dead, proof=proof, settled_at_us=at_us, owner=None, slotless=False,
                   wake_at_us=None)
