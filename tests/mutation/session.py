"""One pytest session for all mutants: it collects once, notes what each test runs, and then forks."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import Phase, settings

from mutation.covering import Covering
from mutation.forks import forked, one_more_test
from mutation.memory import Memory
from mutation.mutant import Mutant
from mutation.putting import in_place, instead
from mutation.suite import ALONE, FRESH, files, in_order

COULD_NOT = " could not be imported"
RECENT = 6
"""How many tests that killed in the same module's function before are tried first."""


@dataclass(slots=True)
class Result:
    """What became of one mutant."""

    mutant: Mutant
    killer: str | None
    """The test that noticed; None for a survivor."""


@dataclass(slots=True, eq=False)
class Rig:
    """Plays the part of pytest's loop: every mutant instead of every test."""

    root: Path
    """The copied tree."""
    mutants: list[Mutant]
    sources: dict[str, str]
    """By file, what each of the mutated modules is."""
    watched: tuple[str, ...]
    """The files whose lines are watched."""
    width: int
    heard: Callable[[Result], None]
    memory: Memory
    failed_unchanged: list[str] = field(default_factory=list)
    _killers: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    _tell: Callable[[str], NoReturn] | None = None

    @property
    def package(self) -> Path:
        """The library in the copied tree."""
        return self.root / "src" / "atomicpos"

    def run(self) -> None:
        """Collect, cover, and try every mutant."""
        quick_to_fail()
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        ended = pytest.main([*_WORDS, *(str(file) for file in files(self.root))], plugins=[self])
        if ended is not pytest.ExitCode.OK and not self.failed_unchanged:
            self.failed_unchanged.append(f"pytest ended with {ended!r}")

    # --- what pytest calls ----------------------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Every mutant instead of every test."""
        items = {item.nodeid: item for item in session.items}
        covering = self._covered(items)
        if not self.failed_unchanged:
            self.memory.covering = covering
            self.memory.write()
            self._try_all(items, covering)
        return True

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be imported shows nothing."""
        if report.failed:
            self.failed_unchanged.append(report.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test was red: with a mutant in place the child is done; without one nothing can be told by it."""
        if report.failed:
            if self._tell is not None:
                self._tell(report.nodeid)
            self.failed_unchanged.append(report.nodeid)

    # --- inside ---------------------------------------------------------------------------------------------------

    def _covered(self, items: dict[str, pytest.Item]) -> Covering:
        covering = self.memory.covering or Covering()
        covering.watch_in(self.package, self.watched)
        for name, item in items.items():
            if not covering.knows(name):
                with covering.watching(name):
                    _run(item)
        return covering

    def _try_all(self, items: dict[str, pytest.Item], covering: Covering) -> None:
        def work(job: int, tell: Callable[[str], NoReturn]) -> None:
            self._tell = tell
            self._try(self.mutants[job], items, covering)

        if self._red_anew():
            return
        for job, killer in forked(range(len(self.mutants)), work, self.width):
            mutant = self.mutants[job]
            if killer is not None and killer.startswith("tests/"):
                self._killers[mutant.file, mutant.where][killer] += 1
            self.heard(Result(mutant, killer))

    def _red_anew(self) -> bool:
        """True when a module that is imported anew as it is turns a test red: that it was imported is no change."""
        unchanged = [Mutant(file, "", (0, 0), "nothing", source) for file, source in self.sources.items()]
        tried = [mutant for mutant in unchanged if mutant.file in ALONE] or unchanged[:1]

        def work(job: int, tell: Callable[[str], NoReturn]) -> None:
            self._tell = tell
            self._start_anew(tried[job], (*ALONE.get(tried[job].file, ()), *([] if job else [FRESH])))

        told = forked(range(len(tried)), work, self.width)
        self.failed_unchanged += [f"{killer}, with {tried[job].file} anew" for job, killer in told if killer]
        return bool(self.failed_unchanged)

    def _try(self, mutant: Mutant, items: dict[str, pytest.Item], covering: Covering) -> None:
        """In the child: the tests that may notice, one after the other, until one does."""
        if not in_place(mutant, self.sources[mutant.file]):
            self._start_anew(mutant, self._places(mutant))
            return
        recent = (name for name, _ in self._killers[mutant.file, mutant.where].most_common(RECENT))
        first = list(dict.fromkeys((self.memory.hints.get(mutant.name, ""), *recent)))
        for name in in_order([t for t in covering.tests(mutant.file, mutant.lines) if t[0] in items], first):
            one_more_test()
            _run(items[name])

    def _places(self, mutant: Mutant) -> Iterator[str]:
        """Where the tests are that may notice a mutant which has to be imported, the likeliest first."""
        hint = self.memory.hints.get(mutant.name, "").removesuffix(COULD_NOT)
        yield from [hint] if hint.startswith(FRESH) else []
        yield from ALONE.get(mutant.file, ())
        yield from dict.fromkeys(_file(name) for name, _ in self._killers[mutant.file, mutant.where].most_common())
        yield FRESH

    def _start_anew(self, mutant: Mutant, places: Iterable[str]) -> None:
        """In the child: import all of it again with the mutant, and run the core's tests."""
        instead(mutant, self.package, self.root / "tests")
        for place in places:
            shared = ["--noconftest"] if _file(place) in ALONE.get(mutant.file, ()) else []
            pytest.main([*_WORDS, *shared, "-x", str(self.root / place)], plugins=[_Anew(self.anew_failed)])

    def anew_failed(self, name: str) -> None:
        """A test of the fresh import was red, or could not even be collected."""
        if self._tell is not None:
            self._tell(name)


@dataclass(slots=True, eq=False)
class _Anew:
    """Listens to a session in a child."""

    failed: Callable[[str], None]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.failed(f"{report.nodeid}{COULD_NOT}")

    def pytest_runtest_logstart(self, nodeid: str, location: Any) -> None:
        one_more_test()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed(report.nodeid)


def quick_to_fail() -> None:
    """Examples are drawn alike every time, and the first that fails is enough: nothing is made smaller."""
    settings.register_profile(
        "mutants", derandomize=True, database=None, phases=(Phase.explicit, Phase.generate), print_blob=False,
        deadline=None,
    )
    settings.load_profile("mutants")


PLUGINS = ("pytest_asyncio.plugin", "_hypothesis_pytestplugin")
"""No others: what else is installed beside the library is none of the mutants' business."""
_WORDS = ("-q", "--no-header", "--tb=no", "-p", "no:cacheprovider", *(word for one in PLUGINS for word in ("-p", one)))


def _file(test: str) -> str:
    return test.partition("::")[0]


def _run(item: pytest.Item) -> None:
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
