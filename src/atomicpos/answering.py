"""The answer to a caller's open, told as a fact: how it ended and how long it took."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

from .engine import Means
from .errors import AtomicPositionError, failure_reason
from .events import OPENING, Event, EventKind
from .frozen import replace
from .models import MICROSECONDS, Position, State

SYMBOL_CHARACTERS = 40
"""How much of a symbol is told that was not found to be one."""

_numbers = count(1)
"""Numbers the opens of this process, so that what is done on account of one can be told from the rest."""


@dataclass(slots=True)
class Answer:
    """What is known of the answer so far."""

    number: str
    position: Position | None = None


@contextmanager
def answering(means: Means, symbol: object) -> Iterator[Answer]:
    """Tell how what is done inside ends. A caller that goes away has no answer, and nothing is told."""
    answer, began_us = Answer(str(next(_numbers))), means.clock.now_us()
    token = OPENING.set(answer.number)
    try:
        yield answer
    except (asyncio.CancelledError, GeneratorExit, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        if isinstance(error, AtomicPositionError):
            answer.position = answer.position or error.position
        _tell(means, answer, symbol, failure_reason(error), began_us)
        raise
    else:
        _tell(means, answer, symbol, State.PROTECTED.value, began_us)
    finally:
        OPENING.reset(token)


def _tell(means: Means, answer: Answer, symbol: object, result: str, began_us: int) -> None:
    now, position = means.clock.now_us(), answer.position
    took_us = now - began_us
    name = position.symbol if position is not None else str(symbol)[:SYMBOL_CHARACTERS]
    text = f"the open of {name} was answered with {result} after {took_us / MICROSECONDS:.3f} s"
    data = {"result": result, "took_us": str(took_us), "open": answer.number}
    fact = Event(EventKind.ANSWERED, now, "", name, text, data=data)
    if position is not None:
        exposure_us = round(position.exposure_s * MICROSECONDS)
        fact = replace(fact, position_id=position.id, state=position.state, exposure_us=exposure_us)
    means.announcer.publish(fact)
