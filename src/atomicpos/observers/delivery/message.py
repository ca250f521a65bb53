"""What a person reads: what, where, how much is at risk, since when, what the library does, and how to act. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from atomicpos.letters import Letter, Owed
from atomicpos.models import MICROSECONDS
from atomicpos.record import Record
from atomicpos.redaction import redacted
from atomicpos.request import plain
from atomicpos.severity import severity_of
from atomicpos.snapshot import exposed

from .advice import ADVICE, OF_ROW, UNKNOWN
from .channel import Message

TEXT_MOST = 500
"""How many characters of the condition's own sentence are told."""


def compose(row: Record | None, letter: Letter, message: Owed, now_us: int) -> Message:
    """The message that the letter owes; ``row`` is the position as far as it is known, None where it is about none."""
    severity = severity_of(letter.subject.condition)
    lines = [_text(letter), "", *_where(row, letter), *_at_risk(row, now_us), _since(letter, message, now_us)]
    if message is not Owed.OVER:
        lines += _advice(row, letter)
    return Message(message, severity, _title(row, letter, message, now_us), "\n".join(lines))


def moment(at_us: int) -> str:
    """A time as it is told, in UTC."""
    return datetime.fromtimestamp(at_us // MICROSECONDS, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _text(letter: Letter) -> str:
    text = redacted(letter.text.replace("\n", " "))
    return text if len(text) <= TEXT_MOST else text[: TEXT_MOST - 1] + "…"


def _title(row: Record | None, letter: Letter, message: Owed, now_us: int) -> str:
    condition = letter.subject.condition
    what = condition.replace("_", " ")
    of = f"{row.intent.symbol} {row.intent.side.value}" if row is not None else letter.symbol or letter.subject.account
    if message is Owed.OVER:
        return f"[resolved] {what}: {of}"
    severity = severity_of(condition).value.upper()
    if message is Owed.BEGUN:
        return f"[{severity}] {what}: {of}"
    return f"[{severity}, still after {_lasting(now_us - letter.began_at_us)}] {what}: {of}"


def _where(row: Record | None, letter: Letter) -> list[str]:
    subject = letter.subject
    parts = [subject.scope.named]
    if row is not None:
        parts += [row.intent.symbol, row.intent.side.value, f"position {row.id}, {row.state.value}"]
    else:
        parts += [letter.symbol] if letter.symbol else []
        parts += [f"position {subject.position_id}"] if subject.position_id else []
    return [f"Where: {', '.join(parts)}"]


def _at_risk(row: Record | None, now_us: int) -> list[str]:
    if row is None:
        return []
    base, quote = _assets(row.intent.symbol)
    share = row.share
    if share <= 0:
        known = "is open any more" if row.filled_quantity > 0 else "is known to be open"
        nothing = f"of {plain(row.intent.quantity)} {base} asked for, nothing {known}"
        return [f"Quantity: {nothing}", f"Without a stop: {_exposed(row, now_us)}"]
    price = row.entry_price if row.entry_price is not None else row.intent.mark_price
    which = "the entry price" if row.entry_price is not None else "the mark price of the request"
    notional = f"{(share * price).quantize(Decimal('0.01'))} {quote} at {which} {plain(price)}"
    return [f"At risk: {plain(share)} {base}, notional {notional}", f"Without a stop: {_exposed(row, now_us)}"]


def _exposed(row: Record, now_us: int) -> str:
    if row.state.settled:
        return f"{_s(row.exposure_us)} s in all"
    naked = exposed(row)
    if naked is True:
        return f"{_s(row.exposure_us + max(now_us - row.updated_at_us, 0))} s, and counting"
    if naked is False:
        return f"{_s(row.exposure_us)} s; a stop is at work now"
    return f"{_s(row.exposure_us)} s as far as is known"


def _since(letter: Letter, message: Owed, now_us: int) -> str:
    since = f"Since: {moment(letter.began_at_us)}"
    again = f"; said {letter.repeats} times more" if letter.repeats else ""
    if message is Owed.OVER:
        over_us = letter.over_at_us if letter.over_at_us is not None else now_us
        return f"{since}, over at {moment(over_us)}, after {_lasting(over_us - letter.began_at_us)}{again}"
    if message is Owed.STILL:
        return f"{since}, still standing after {_lasting(now_us - letter.began_at_us)}{again}"
    return f"{since}{again}"


def _advice(row: Record | None, letter: Letter) -> list[str]:
    advice = ADVICE.get(letter.subject.condition, UNKNOWN)
    position_id = letter.subject.position_id
    act = advice.act.format(id=position_id)
    if advice is UNKNOWN and position_id:
        act = OF_ROW.act.format(id=position_id)
    reason = f" (closing it: {row.reason})" if row is not None and row.reason and not row.state.settled else ""
    return [f"The library: {advice.doing}{reason}.", f"You: {act}."]


def _assets(symbol: str) -> tuple[str, str]:
    base, _, rest = symbol.partition("/")
    return base, rest.partition(":")[0]


def _lasting(us: int) -> str:
    seconds = max(us, 0) // MICROSECONDS
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 7200:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"


def _s(us: int) -> str:
    return f"{us / MICROSECONDS:.1f}"
