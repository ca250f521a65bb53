"""One source being asked again and again, at its own pace: none starves or silences another (F16)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal

from ..allowance import Crowd
from ..events import ABOUT
from ..evidence import OURS, Evidence, Kind
from ..frozen import replace
from ..policies import Pace, asking_again, rhythm_of
from ..ports import Clock, ReadFailed
from ..verifiers import Question, Verifier

RAW_KEPT = 4000
"""Characters of a raw payload that evidence keeps."""


class Looker:
    """Asks one verifier until stopped; every answer, error or silence becomes evidence."""

    def __init__(self, verifier: Verifier, question: Callable[[], Question], tell: Callable[[Evidence], None],
                 clock: Clock, pace: Pace, timeout_s: Callable[[], float], crowd: Crowd) -> None:
        """``timeout_s``: how long a look that begins now may take. ``crowd``: who else asks this source."""
        self._verifier = verifier
        self._question = question
        self._tell = tell
        self._clock = clock
        self._pace = pace
        self._timeout_s = timeout_s
        self._task: asyncio.Task[None] | None = None
        self._sleeping = False
        self._slowly = False
        self._crowd = crowd
        self._counted: bool | None = None
        """At which speed it counts among those at risk; None while it does not."""

    @property
    def name(self) -> str:
        """The source's name."""
        return self._verifier.name

    def start(self, *, slowly: bool, at_risk: bool = True) -> None:
        """Go on asking; nothing changes when it already is, at that speed."""
        self._count(slowly if at_risk else None)
        if self._task is not None and slowly == self._slowly:
            return
        self._slowly = slowly
        self.nudge() if self._task is not None else self._begin()

    def nudge(self) -> None:
        """Something new was done: ask soon, at the first pace again. A look under way is left to finish."""
        self._pace.reset(rhythm_of(self._verifier.name, self._slowly))
        if self._task is not None and self._sleeping:
            self._task.cancel()
            self._begin()

    def stop(self) -> asyncio.Task[None] | None:
        """Stop asking; the task that is ending, if there was one."""
        self._count(None)
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
        return task

    def _count(self, slowly: bool | None) -> None:
        if self._counted is slowly:
            return
        if self._counted is not None:
            self._crowd.leaves(self.name, slowly=self._counted)
        if slowly is not None:
            self._crowd.joins(self.name, slowly=slowly)
        self._counted = slowly

    def _begin(self) -> None:
        self._pace.reset(rhythm_of(self._verifier.name, self._slowly))
        self._sleeping = False
        self._task = asyncio.ensure_future(self._look_on())

    async def _look_on(self) -> None:
        if self._pace.delay_s:
            await self._sleep(self._pace.delay_s)
        await asking_again(self._pause, self._pace)(self._ask)

    async def _pause(self, seconds: float) -> None:
        """Between two looks: longer when so many positions are looked at that the exchange would be asked too often."""
        await self._sleep(max(seconds, self._crowd.least_s(self.name)))

    async def _sleep(self, seconds: float) -> None:
        self._sleeping = True
        await self._clock.sleep(seconds)
        self._sleeping = False

    async def _ask(self) -> Evidence:
        asked = self._clock.now_us()
        finding = await self._look()
        evidence = replace(
            finding,
            source=self._verifier.name,
            asked_at_us=asked,
            answered_at_us=self._clock.now_us(),
            raw=finding.raw[:RAW_KEPT],
        )
        self._tell(evidence)
        return evidence

    async def _look(self) -> Evidence:
        timeout_s = self._timeout_s()
        try:
            question = self._question()
            ABOUT.set(question.position_id)  # of this looker's task alone
            async with asyncio.timeout(timeout_s):
                finding = await self._verifier.look(question)
        except ReadFailed as failure:
            return replace(Evidence.unknown(str(failure)), raw=failure.raw)
        except TimeoutError:
            return Evidence.unknown(f"no answer within {timeout_s:g} s")
        except Exception as error:
            return Evidence.unknown(f"{type(error).__name__}: {error}")
        return finding if self._verifier.name in OURS else plain(finding)


def plain(finding: object) -> Evidence:
    """What counts of a plug-in's answer: seen, absent or unknown. Only built-in sources can show orders or fills."""
    if not isinstance(finding, Evidence) or not isinstance(finding.kind, Kind):
        return replace(Evidence.unknown("the answer is no Evidence"), raw=repr(finding))
    if finding.kind is not Kind.SEEN:
        return Evidence(finding.kind, why=str(finding.why), raw=str(finding.raw))
    if not isinstance(finding.quantity, Decimal) or not finding.quantity.is_finite():
        return replace(Evidence.unknown("it saw a quantity that is no number"), raw=repr(finding))
    price = finding.price if isinstance(finding.price, Decimal) else None
    return Evidence(Kind.SEEN, finding.quantity, price, raw=str(finding.raw))
