"""What a letter owes follows from what is so, what was told, and the time."""

from __future__ import annotations

import pytest

from atomicpos.letters import (
    Course,
    Letter,
    Owed,
    Report,
    Subject,
    delivered,
    failed,
    lapsed,
    merged,
    new_letter,
    owed,
    pause_us,
    quiet_us,
    reported,
)
from atomicpos.models import MICROSECONDS

ABOUT = Subject("bybit", "live", "default", "p1", "orphan_suspected")
AT = 1_760_000_000 * MICROSECONDS
MINUTE = 60


def report(course: Course, after_s: float, text: str = "it stands", repeats: int = 0) -> Report:
    return Report(ABOUT, course, AT + round(after_s * MICROSECONDS), "AVL/USDT:USDT", text, repeats)


def begun(condition: str = "orphan_suspected") -> Letter:
    about = Subject("bybit", "live", "default", "p1", condition)
    return new_letter("a", Report(about, Course.BEGUN, AT, "AVL/USDT:USDT", "it stands"))


def at(seconds: float) -> int:
    return AT + round(seconds * MICROSECONDS)


def times_told(letter: Letter, until_s: int) -> list[float]:
    """When each message about it is delivered by a channel that takes all, in minutes since it began."""
    told = []
    while letter.due_at_us is not None and letter.due_at_us <= at(until_s):
        now, message = letter.due_at_us, owed(letter, letter.due_at_us)
        assert message is not None, "it is due and owes nothing"
        assert owed(letter, now - 1) is None, "it owes something before it is due"
        told.append((now - AT) / MICROSECONDS / MINUTE)
        letter = delivered(letter, message, now)
    return told


def test_what_stands_is_told_again_ever_more_rarely() -> None:
    """Money at risk: at once, after 5, 15 and 60 minutes, then hourly. A warning after an hour, then daily."""
    assert times_told(begun(), 4 * 3600) == [0, 5, 15, 60, 120, 180, 240]
    assert times_told(begun("foreign_stop"), 3 * 86_400) == [0, 60, 60 + 1440, 60 + 2880]


def test_a_late_first_telling_is_not_followed_by_what_it_missed() -> None:
    """A channel that took the first message after twenty minutes hears the next one an hour after it began."""
    letter = delivered(begun(), Owed.BEGUN, at(20 * MINUTE))
    assert letter.due_at_us == at(3600)
    letter = delivered(letter, Owed.STILL, at(3 * 3600 + 5))
    assert letter.due_at_us == at(4 * 3600)


def test_the_end_is_told_at_once_and_only_to_who_heard_the_beginning() -> None:
    """Told: the end is owed. Not told: nothing is, and nothing is ever due again."""
    told = reported(delivered(begun(), Owed.BEGUN, at(1)), report(Course.OVER, 9, "it is protected"))
    assert (owed(told, at(9)), told.text, told.over_at_us) == (Owed.OVER, "it is protected", at(9))
    untold = reported(begun(), report(Course.OVER, 9))
    assert (owed(untold, at(10_000)), untold.due_at_us) == (None, None)
    done = delivered(told, Owed.OVER, at(10))
    assert (done.told, done.due_at_us, owed(done, at(99_999))) == (0, None, None)


def test_it_began_again_before_its_end_was_told() -> None:
    """To people it never ended: nothing is owed but the next reminder."""
    letter = delivered(begun(), Owed.BEGUN, at(1))
    letter = reported(reported(letter, report(Course.OVER, 9)), report(Course.BEGUN, 10))
    assert (letter.stands, letter.began_at_us, letter.repeats) == (True, AT, 1)
    assert (owed(letter, at(11)), letter.due_at_us) == (None, at(5 * MINUTE))


def test_what_flaps_is_over_later_each_time() -> None:
    """Each round within an hour doubles how long it must be quiet before its end is told; an hour of quiet forgets."""
    letter, waits = begun(), []
    for n in range(4):
        letter = delivered(letter, Owed.BEGUN, at(1000 * n + 1))
        letter = reported(letter, report(Course.OVER, 1000 * n + 2))
        assert letter.due_at_us is not None
        waits.append((letter.due_at_us - at(1000 * n + 2)) // MICROSECONDS)
        letter = delivered(letter, Owed.OVER, letter.due_at_us)
        letter = reported(letter, report(Course.BEGUN, 1000 * (n + 1)))
        assert letter.began_at_us == at(1000 * (n + 1))
    assert waits == [0, 30, 60, 120]
    letter = delivered(reported(letter, report(Course.OVER, 5000)), Owed.OVER, at(6000))
    assert reported(letter, report(Course.BEGUN, 20_000)).rounds == 0
    assert quiet_us(40) == 900 * MICROSECONDS


def test_a_channel_that_fails_is_left_alone_ever_longer() -> None:
    """Five seconds, doubled each time, five minutes at the most; what it takes then starts over."""
    letter, pauses = begun(), []
    now = AT
    for _ in range(8):
        letter = failed(letter, "refused", now)
        assert letter.due_at_us is not None
        pauses.append((letter.due_at_us - now) // MICROSECONDS)
        now = letter.due_at_us
    assert pauses == [5, 10, 20, 40, 80, 160, 300, 300]
    assert (letter.failing_since_us, letter.failures, letter.why) == (AT, 8, "refused")
    taken = delivered(letter, Owed.BEGUN, now)
    assert (taken.failing_since_us, taken.failures, taken.why) == (None, 0, "")
    assert pause_us(10_000) == 300 * MICROSECONDS


@pytest.mark.parametrize(("after_s", "stands"), [(30, False), (61, True)])
def test_one_process_saw_it_end_and_another_still_sees_it(after_s: int, stands: bool) -> None:
    """Who merely goes on seeing it is believed a minute later; who sees it begin, at once."""
    over = delivered(reported(delivered(begun(), Owed.BEGUN, at(1)), report(Course.OVER, 9)), Owed.OVER, at(9))
    assert reported(over, report(Course.STANDS, 9 + after_s)).stands is stands
    assert reported(over, report(Course.BEGUN, 9 + after_s)).stands


def test_an_end_from_before_it_began_ends_nothing() -> None:
    """Reports of two processes may be written down in another order."""
    assert reported(begun(), report(Course.OVER, -5)).stands


def test_repeats_only_count() -> None:
    """Five hundred more reports owe no message, and change nothing but the count and what was said last."""
    letter = delivered(begun(), Owed.BEGUN, at(1))
    after = reported(letter, report(Course.STANDS, 30, "it stands yet", repeats=500))
    assert (after.repeats, after.text, after.due_at_us) == (500, "it stands yet", letter.due_at_us)


def test_what_nobody_confirms_is_over_and_says_so() -> None:
    """Whoever saw it is gone: who heard of it hears that nobody sees it any more."""
    letter = lapsed(delivered(begun(), Owed.BEGUN, at(1)), at(200))
    assert owed(letter, at(200)) is Owed.OVER
    assert letter.text == "no process says any more that it stands; it was: it stands"


def test_what_was_told_without_the_database_is_not_told_again() -> None:
    """The stored letter knows of nothing; merged with ours it owes what ours does."""
    stored = begun()
    ours = delivered(reported(stored, report(Course.STANDS, 20)), Owed.BEGUN, at(20))
    assert merged(stored, ours).due_at_us == at(300)
    over = reported(ours, report(Course.OVER, 40))
    both = merged(stored, over)
    assert (both.stands, owed(both, at(40))) == (False, Owed.OVER)
    assert merged(stored, delivered(over, Owed.OVER, at(41))).due_at_us is None
