"""What is played, in batches: reads, writes and new clients one by one, and whole openings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial

from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.ports import OutcomeKind, ReadFailed
from atomicpos.testing.hostile import FORGERIES, Operator

from . import hurried, newcomers, opens
from .acts import ACTS
from .asks import READS, populate
from .ground import Ground, ground
from .hand import Tally
from .honest import false_claims, left_out


class Share(StrEnum):
    """What is asked while replies are hostile."""

    READ = "read"
    WRITE = "write"
    NEWCOMER = "newcomer"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Case:
    """One call under one operator; of whole openings the operator is drawn by the seed."""

    share: Share
    name: str
    operator: Operator | None
    seed: int

    @property
    def command(self) -> str:
        """What plays it again."""
        operator = "" if self.operator is None else f" {self.operator.value}"
        return f"python tests/hostile {self.share.value} {self.name!r} {self.seed}{operator}"


@dataclass(slots=True)
class Results:
    """What came of many cases."""

    tally: Tally = field(default_factory=Counter)
    played: Counter[Share] = field(default_factory=Counter)
    struck: Counter[Share] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    """Each with the command that plays it again."""

    def add(self, other: Results) -> None:
        """Count another batch in."""
        self.tally += other.tally
        self.played += other.played
        self.struck += other.struck
        self.findings += other.findings


def cases(share: Share, seed: int) -> Iterator[Case]:
    """All that this share has for one seed."""
    if share is Share.OPEN:
        yield Case(share, "five", None, seed)
        return
    names = {Share.READ: READS, Share.WRITE: ACTS, Share.NEWCOMER: newcomers.PATHS}[share]
    for name in names:
        for operator in Operator:
            yield Case(share, name, operator, seed)


def play(batch: list[Case]) -> Results:
    """Play them one after the other, in hurried time."""
    if batch[0].share is Share.OPEN:
        return _opened(batch)
    return hurried.run(partial(_on_one_ground, batch))


def _opened(batch: list[Case]) -> Results:
    results = Results()
    for case in batch:
        played = hurried.run(partial(opens.play, case.seed, case.operator))
        results.add(Results(played.tally, Counter([case.share]), Counter({case.share: played.tally.total()})))
        results.findings += [f"{case.command}: {why}" for why in played.wrong]
    return results


async def _on_one_ground(batch: list[Case]) -> Results:
    results = Results()
    async with ground() as where:
        exchange = where.adapter()
        await exchange.open()
        await populate(where, exchange)
        one = _ONE[batch[0].share](where, exchange)
        for case in batch:
            results.findings += [f"{case.command}: {why}" for why in await _unexpected(one, case)]
            where.hand.rest()
        share = batch[0].share
        results.tally, results.played = where.hand.tally, Counter({share: len(batch)})
        results.struck[share] = where.hand.tally.total()
        await exchange.close()
    return results


async def _unexpected(one: One, case: Case) -> list[str]:
    """What was wrong; whatever is raised beyond what is documented is."""
    try:
        return await one(case)
    except Exception as error:
        return [f"it raised {type(error).__name__}: {str(error)[:200]}"]


One = Callable[[Case], Awaitable[list[str]]]


def _reading(where: Ground, exchange: CcxtExchange) -> One:
    """The true answers are read once: on this ground nothing moves."""
    true: dict[str, object] = {}

    async def one(case: Case) -> list[str]:
        if case.operator is None:
            return []
        if case.name not in true:
            true[case.name] = await READS[case.name](exchange)
        where.hand.choice = lambda path: (case.operator, case.seed) if case.operator else None
        try:
            told = await READS[case.name](exchange)
        except ReadFailed:
            return []
        so = true[case.name]
        return false_claims(told, so, case.operator) + left_out(told, so, case.operator)

    return one


def _writing(where: Ground, exchange: CcxtExchange) -> One:
    async def one(case: Case) -> list[str]:
        act, request = ACTS[case.name], ACTS[case.name].request()
        if act.before is not None:
            await act.before(exchange, request)
        where.hand.choice = lambda path: (case.operator, case.seed) if case.operator else None
        told = await exchange.write(request)
        where.hand.rest()
        if act.after is not None:
            await act.after(exchange, request)
        if case.operator in FORGERIES or told.kind in (act.comes_to, OutcomeKind.UNKNOWN):
            return []
        return [f"{told.kind.value} ({told.code}: {told.why}), and {act.comes_to.value} is so"]

    return one


def _newcomers(where: Ground, exchange: CcxtExchange) -> One:
    async def one(case: Case) -> list[str]:
        if case.operator is None:
            return []
        true = await exchange.instrument("AVLUSDT")
        return await newcomers.made_ready(where, case.name, case.operator, case.seed, true)

    return one


_ONE: dict[Share, Callable[[Ground, CcxtExchange], One]] = {
    Share.READ: _reading,
    Share.WRITE: _writing,
    Share.NEWCOMER: _newcomers,
}
