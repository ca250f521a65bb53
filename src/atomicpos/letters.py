"""What people must still hear: for each standing condition and channel, what is so and what was told of it. Pure.

A letter is a level, not a list of messages: whether one is owed follows from what is so, what was told, and the time.
So a condition that is reported five hundred times is told once, and one that began and ended before anybody was told
is not told at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .doubling import doubled_us
from .frozen import replace
from .models import MICROSECONDS, Scope
from .severity import Severity, severity_of

AGAIN_S = {Severity.CRITICAL: (300, 900, 3600), Severity.WARNING: (3600,)}
"""When it is told again while it stands, in seconds since it began: after 5, 15 and 60 minutes, a warning after 60."""
EVERY_S = {Severity.CRITICAL: 3600, Severity.WARNING: 86_400}
"""How often after the last of these, in seconds: hourly, a warning daily."""
PAUSE_FIRST_S = 5
"""How long a channel that failed is left alone, in seconds: after its first failure, and twice as long after each."""
PAUSE_MOST_S = 300
"""The longest of these pauses."""
FLAPS_WITHIN_S = 3600
"""What begins again so soon after it ended flaps: its end is then told later each time."""
QUIET_FIRST_S = 30
"""How long what flaps must be over before that is told, in seconds: the first time, and twice as long each time."""
QUIET_MOST_S = 900
"""The longest of these."""
REOPENED_AFTER_S = 60
"""Another process that saw it end is believed for so long against one that still sees it."""


class Owed(StrEnum):
    """Which message a letter owes."""

    BEGUN = "begun"
    STILL = "still"
    OVER = "over"


class Course(StrEnum):
    """What a process reports of a condition."""

    BEGUN = "begun"
    STANDS = "stands"
    """It was said before that it began, and it stands yet."""
    OVER = "over"


ANY = ""
"""As the condition of a report that a position is over: every condition of it."""


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """What is wrong, and with what: one alert for each."""

    exchange: str
    environment: str
    account: str
    position_id: str
    """Empty for what is about the whole account."""
    condition: str
    key: str = ""
    """What tells it from others of its condition, where it is about the whole account."""

    @property
    def scope(self) -> Scope:
        """Its account."""
        return Scope(self.exchange, self.environment, self.account)

    def covers(self, other: Subject) -> bool:
        """True for itself, and for every condition of its position when it names none."""
        return self == (replace(other, condition=ANY, key="") if self.condition == ANY else other)


@dataclass(frozen=True, slots=True)
class Report:
    """What one process says of one condition."""

    subject: Subject
    course: Course
    at_us: int
    symbol: str = ""
    text: str = ""
    """One sentence a person can read."""
    repeats: int = 0
    """How often it was said again since the last report."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One row of ``outbox``: what is so about one condition, and what one channel was told of it."""

    channel: str
    subject: Subject
    symbol: str
    text: str
    stands: bool
    began_at_us: int
    confirmed_at_us: int
    """When a process last said that it stands."""
    over_at_us: int | None = None
    repeats: int = 0
    told: int = 0
    """How many messages were delivered since it began; 0: nobody knows of it, or all know that it is over."""
    told_at_us: int | None = None
    rounds: int = 0
    """How many times in a row it began again soon after it had ended."""
    failures: int = 0
    """How many deliveries failed in a row."""
    failing_since_us: int | None = None
    tried_at_us: int | None = None
    why: str = ""
    """What the last failed delivery said, without a secret."""
    due_at_us: int | None = None
    """When it is to be looked at next; None when nothing is owed any more. Follows from the rest."""

    @property
    def address(self) -> tuple[str, Subject]:
        """What tells it from all others."""
        return self.channel, self.subject


# --- what is owed -----------------------------------------------------------------------------------------------


def owed(letter: Letter, now_us: int) -> Owed | None:
    """Which message is owed now; None for none."""
    at_us = _owed_at_us(letter)
    if at_us is None or now_us < at_us:
        return None
    if not letter.stands:
        return Owed.OVER
    return Owed.STILL if letter.told else Owed.BEGUN


def _owed_at_us(letter: Letter) -> int | None:
    if letter.stands:
        return _again_at_us(letter) if letter.told else letter.began_at_us
    if not letter.told:
        return None
    return (letter.over_at_us or 0) + quiet_us(letter.rounds)


def _again_at_us(letter: Letter) -> int:
    """The first of its times that lies after the last telling."""
    severity, told_us = severity_of(letter.subject.condition), letter.told_at_us or letter.began_at_us
    for mark_s in AGAIN_S[severity]:
        if letter.began_at_us + mark_s * MICROSECONDS > told_us:
            return letter.began_at_us + mark_s * MICROSECONDS
    last_us = letter.began_at_us + AGAIN_S[severity][-1] * MICROSECONDS
    every_us = EVERY_S[severity] * MICROSECONDS
    return last_us + ((told_us - last_us) // every_us + 1) * every_us


def _due_at_us(letter: Letter) -> int | None:
    at_us = _owed_at_us(letter)
    if at_us is None or not letter.failures or letter.tried_at_us is None:
        return at_us
    return max(at_us, letter.tried_at_us + pause_us(letter.failures))


def pause_us(failures: int) -> int:
    """How long a channel is left alone after so many failures in a row."""
    return doubled_us(PAUSE_FIRST_S * MICROSECONDS, failures, PAUSE_MOST_S * MICROSECONDS)


def quiet_us(rounds: int) -> int:
    """How long it must be over before that is told: at once, unless it flaps."""
    if rounds == 0:
        return 0
    return doubled_us(QUIET_FIRST_S * MICROSECONDS, rounds, QUIET_MOST_S * MICROSECONDS)


# --- what changes it --------------------------------------------------------------------------------------------


def reported(letter: Letter, report: Report) -> Letter:
    """The letter after that report about it."""
    if report.course is Course.OVER:
        if not letter.stands or report.at_us < letter.began_at_us:
            return letter
        return _due(replace(letter, stands=False, over_at_us=report.at_us, text=report.text or letter.text))
    said = replace(letter, symbol=report.symbol, text=report.text, confirmed_at_us=report.at_us)
    if letter.stands:
        confirmed_us = max(letter.confirmed_at_us, report.at_us)
        return _due(replace(said, confirmed_at_us=confirmed_us, repeats=letter.repeats + report.repeats))
    over_us = letter.over_at_us or 0
    if report.course is Course.STANDS and report.at_us < over_us + REOPENED_AFTER_S * MICROSECONDS:
        return letter
    if letter.told:  # nobody was told that it was over: to people it never was
        return _due(replace(said, stands=True, over_at_us=None, repeats=letter.repeats + 1))
    flaps = report.at_us - over_us < FLAPS_WITHIN_S * MICROSECONDS
    return _due(replace(
        said, stands=True, over_at_us=None, began_at_us=report.at_us, repeats=report.repeats,
        rounds=letter.rounds + 1 if flaps else 0,
    ))


def new_letter(channel: str, report: Report) -> Letter:
    """The letter to that channel with which a condition begins."""
    at_us = report.at_us
    return _due(Letter(channel, report.subject, report.symbol, report.text, True, at_us, at_us, repeats=report.repeats))


def delivered(letter: Letter, message: Owed, at_us: int) -> Letter:
    """The letter once its channel took that message, whatever else happened meanwhile."""
    told = 0 if message is Owed.OVER else letter.told + 1
    return _due(replace(
        letter, told=told, told_at_us=at_us, failures=0, failing_since_us=None, tried_at_us=at_us, why=""
    ))


def failed(letter: Letter, why: str, at_us: int) -> Letter:
    """The letter after its channel did not take a message."""
    since_us = at_us if letter.failing_since_us is None else letter.failing_since_us
    return _due(replace(
        letter, failures=letter.failures + 1, failing_since_us=since_us, tried_at_us=at_us, why=why
    ))


UNCONFIRMED = "no process says any more that it stands; it was: "


def lapsed(letter: Letter, at_us: int) -> Letter:
    """The letter about something that nobody has confirmed for too long: whoever saw it is gone."""
    return _due(replace(letter, stands=False, over_at_us=at_us, text=UNCONFIRMED + letter.text))


def merged(stored: Letter, ours: Letter) -> Letter:
    """What the database has, after what was told without it."""
    newer = ours if ours.confirmed_at_us >= stored.confirmed_at_us or not ours.stands else stored
    both = (stored.told_at_us or 0, ours.told_at_us or 0)
    last = ours if both[1] >= both[0] else stored
    return _due(replace(
        stored, symbol=newer.symbol, text=newer.text, stands=newer.stands, over_at_us=newer.over_at_us,
        confirmed_at_us=max(stored.confirmed_at_us, ours.confirmed_at_us), began_at_us=newer.began_at_us,
        repeats=max(stored.repeats, ours.repeats), told=last.told, told_at_us=last.told_at_us,
        failures=last.failures, failing_since_us=last.failing_since_us, tried_at_us=last.tried_at_us, why=last.why,
    ))


def _due(letter: Letter) -> Letter:
    return replace(letter, due_at_us=_due_at_us(letter))
