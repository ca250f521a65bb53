"""The outbox: a letter for each condition and channel, taken by one deliverer at a time, and kept until it is told."""

from __future__ import annotations

import asyncio

from atomicpos.frozen import replace
from atomicpos.letters import ANY, Course, Letter, Owed, Report, Subject, delivered, failed, lapsed
from atomicpos.models import MICROSECONDS
from atomicpos.ports import Journal, Taker

from ...samples import CREATED_AT_US, SCOPE
from .sharing import WORKERS, Another

NOW = CREATED_AT_US
MINUTE_US = 60 * MICROSECONDS
ORPHAN = "orphan_suspected"


def subject(position_id: str = "p1", condition: str = ORPHAN, key: str = "") -> Subject:
    """What is wrong with that position of the usual account."""
    return Subject(SCOPE.exchange, SCOPE.environment, SCOPE.account, position_id, condition, key)


def report(about: Subject, course: Course = Course.BEGUN, at_us: int = NOW, repeats: int = 0) -> Report:
    """That it stands, or is over."""
    return Report(about, course, at_us, "AVL/USDT:USDT", f"{about.condition} of {about.position_id}", repeats)


def taker(owner: str, channel: str = "a", *, lease_us: int = MINUTE_US, gone: tuple[str, ...] = ()) -> Taker:
    """Who asks for letters; a lease of 0 has lapsed as soon as it is given."""
    return Taker(SCOPE, channel, owner, NOW, lease_us, frozenset(gone))


class OutboxContract:
    """What one journal promises of its outbox."""

    async def test_a_condition_makes_one_letter_a_channel(self, journal: Journal) -> None:
        """However often it is reported; what was said again is counted."""
        box = journal.outbox
        await box.report(("a", "b"), [report(subject())])
        for _ in range(3):
            await box.report(("a", "b"), [report(subject(), Course.STANDS, NOW + 5, repeats=100)])
        wanted = Letter("a", subject(), "AVL/USDT:USDT", "orphan_suspected of p1", True, NOW, NOW + 5, repeats=300,
                        due_at_us=NOW)
        assert await box.letters() == (wanted, replace(wanted, channel="b"))
        assert await box.letters(replace(SCOPE, account="other")) == ()

    async def test_what_is_over_makes_no_letter(self, journal: Journal) -> None:
        """Nobody was told that it began, so there is nobody to be told that it ended."""
        await journal.outbox.report(("a",), [report(subject(), Course.OVER)])
        assert await journal.outbox.letters() == ()
        await journal.outbox.report(("a",), [report(subject()), report(subject("p2"))])
        await journal.outbox.report(("a",), [report(subject(), Course.OVER)])
        assert [x.subject.position_id for x in await journal.outbox.take(taker("t"), 9)] == ["p2"]

    async def test_a_position_that_is_over_ends_all_its_conditions(self, journal: Journal) -> None:
        """And those of no other position."""
        box = journal.outbox
        some = [subject(), subject(condition="close_refused"), subject("p2"), subject("", "external_position", "AVL")]
        await box.report(("a",), [report(about) for about in some])
        await box.report(("a",), [report(subject(condition=ANY), Course.OVER, NOW + 1)])
        standing = {x.subject for x in await box.letters() if x.stands}
        assert standing == {some[2], some[3]}

    async def test_a_letter_is_taken_once(self, journal: Journal) -> None:
        """While its lease lasts nobody else takes it, once it lapsed anybody does; the same taker asks again in vain
        never: what it took is what it is given.
        """
        box = journal.outbox
        await box.report(("a", "b"), [report(subject()), report(subject("p2"))])
        assert len(await box.take(taker("one"), 1)) == 1
        rest = await box.take(taker("two"), 9)
        assert [x.subject.position_id for x in rest] == ["p2"]
        assert await box.take(taker("three"), 9) == ()
        assert [x.subject.position_id for x in await box.take(taker("one"), 9)] == ["p1"]
        assert await box.takers(SCOPE) == {"one", "two"}
        assert len(await box.take(taker("four", gone=("one",)), 9)) == 1
        assert len(await box.take(taker("five", lease_us=0, gone=("two", "four")), 9)) == 2
        assert len(await box.take(taker("six"), 9)) == 2
        assert len(await box.take(taker("seven", "b"), 9)) == 2

    async def test_what_was_told_is_kept(self, journal: Journal) -> None:
        """A letter that was put back is due when it says so, and reads as it was written."""
        box = journal.outbox
        await box.report(("a",), [report(subject())])
        (letter,) = await box.take(taker("one"), 9)
        await box.put_back("one", letter, lambda now: failed(now, "refused", NOW))
        assert await box.letters() == (failed(letter, "refused", NOW),)
        assert await box.take(taker("two"), 9) == ()
        await box.put_back("one", letter, lambda now: delivered(now, Owed.BEGUN, NOW))
        (told,) = await box.letters()
        assert (told.told, told.told_at_us, told.failures, told.why) == (1, NOW, 0, "")
        assert told.due_at_us == NOW + 5 * MINUTE_US

    async def test_what_changes_during_a_delivery_is_not_lost(self, journal: Journal) -> None:
        """It ended while its beginning was being told: its end is due the moment that was done."""
        box = journal.outbox
        await box.report(("a",), [report(subject())])
        (letter,) = await box.take(taker("one"), 9)
        await box.report(("a",), [report(subject(), Course.OVER, NOW)])
        await box.put_back("one", letter, lambda now: delivered(now, Owed.BEGUN, NOW))
        (owing,) = await box.take(taker("two"), 9)
        assert (owing.stands, owing.told, owing.due_at_us) == (False, 1, NOW)

    async def test_a_letter_of_another_owner_is_not_given_back(self, journal: Journal) -> None:
        """Who delivered after its lease had lapsed says so, and leaves the letter to who has it by now."""
        box = journal.outbox
        await box.report(("a",), [report(subject())])
        (letter,) = await box.take(taker("one", lease_us=0), 9)
        assert len(await box.take(taker("two"), 9)) == 1
        await box.put_back("one", letter, lambda now: failed(now, "late", NOW - MINUTE_US))
        assert await box.takers(SCOPE) == {"two"}
        assert await box.take(taker("three"), 9) == ()

    async def test_what_nobody_confirms_lapses(self, journal: Journal) -> None:
        """Only what stands, and was not confirmed since then."""
        box = journal.outbox
        await box.report(("a",), [report(subject()), report(subject("p2"), at_us=NOW + 9)])
        before = await box.letters()
        await box.lapse(SCOPE, NOW + 5, NOW + 10)
        assert await box.letters() == (lapsed(before[0], NOW + 10), before[1])

    async def test_what_has_long_been_over_is_forgotten(self, journal: Journal) -> None:
        """What stands is not, however old it is."""
        box = journal.outbox
        await box.report(("a",), [report(subject()), report(subject("p2"))])
        await box.report(("a",), [report(subject(), Course.OVER, NOW + 5)])
        await box.forget(SCOPE, NOW + 5)
        assert len(await box.letters()) == 2
        await box.forget(SCOPE, NOW + 6)
        assert [x.subject.position_id for x in await box.letters()] == ["p2"]

    async def test_what_was_told_without_the_database_is_merged(self, journal: Journal) -> None:
        """It is not told again, and what only we know of is stored."""
        box = journal.outbox
        await box.report(("a",), [report(subject())])
        (stored,) = await box.letters()
        ours = delivered(stored, Owed.BEGUN, NOW)
        unknown = delivered(replace(stored, subject=subject("p2")), Owed.BEGUN, NOW)
        await box.merge([ours, unknown])
        assert await box.letters() == (ours, unknown)
        assert await box.take(taker("one"), 9) == ()


class SharedOutboxContract:
    """What the journals of one database promise each other of the outbox."""

    async def test_of_eight_processes_one_has_a_letter(self, journal: Journal, another: Another) -> None:
        """Eight report the same fifty conditions at once and take what is due: fifty letters, each taken once."""
        boxes = [(await another()).outbox for _ in range(WORKERS)]
        about = [subject(f"p{n}") for n in range(50)]
        await asyncio.gather(*(
            box.report(("a",), [report(one) for one in (about if n % 2 else about[::-1])])
            for n, box in enumerate(boxes)
        ))
        assert len(await journal.outbox.letters()) == 50
        took = await asyncio.gather(*(box.take(taker(f"t{n}.{k}"), 9) for n, box in enumerate(boxes) for k in (0, 1)))
        taken = [letter.address for letters in took for letter in letters]
        assert len(taken) == len(set(taken)) == 50
