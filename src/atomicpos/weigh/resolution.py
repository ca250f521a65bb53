"""An operator's word on how a suspected orphan ended: every source is looked at once more, and any may refuse it."""

from __future__ import annotations

from ..evidence import BUILT_IN, Kind, Source
from ..models import Proof, ProofKind, Sending
from ..record import MAY_HAVE_LEFT, Record, Resolution
from .slot import newest, on_our_side


def operator_proof(record: Record) -> Proof | None:
    """The proof of kind ``operator`` once every source was asked again and none shows exposure; else None.

    He has seen what was so when he gave his word, and nothing of what we have sent since.
    """
    word = record.resolution
    if word is None or not _all_asked(record, word) or refused(record) is not None or _sends(record, word):
        return None
    silent = [name for name, look in sorted(record.sightings.looks.items()) if look.kind is Kind.UNKNOWN]
    unheard = f"; no answer from {', '.join(silent)}" if silent else ""
    return Proof(ProofKind.OPERATOR, word.at_us, f"{word.by}: {word.reason} (no source showed a position{unheard})")


def refused(record: Record) -> str | None:
    """Why the operator's word cannot stand; None while nothing speaks against it."""
    word = record.resolution
    if word is None:
        return None
    slot = newest(record)
    if slot is not None and slot.asked_at_us >= word.at_us and on_our_side(record, slot) > 0:
        return f"{Source.POSITION_POLL.value} shows {slot.view.quantity} {record.intent.side.value}"
    for name, look in record.sightings.looks.items():
        seen = look.kind is Kind.SEEN and look.quantity_seen
        if name not in BUILT_IN and seen and look.asked_at_us >= word.at_us:
            return f"{name} sees a position"
    living = [o for o in record.orders if o.alive and o.seen_since(word.at_us)]
    return f"our {living[0].leg.value} {living[0].client_order_id} is alive" if living else None


def _sends(record: Record, word: Resolution) -> bool:
    """True while a request of ours is under way, or what was sent since the word may live: it must be read first."""
    open_ = [o for o in record.orders if not o.settled and o.why != MAY_HAVE_LEFT]
    return any(o.sending is Sending.IN_FLIGHT or o.sent_since(word.at_us) for o in open_)


def _all_asked(record: Record, word: Resolution) -> bool:
    """Every built-in source, and every other that has ever answered; one that fails or hangs was asked all the same."""
    looks = record.sightings.looks
    return looks.keys() >= BUILT_IN and all(look.asked_at_us >= word.at_us for look in looks.values())
