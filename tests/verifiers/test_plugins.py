"""A plug-in is had by its name, and what is wrong with one is said in a sentence when the library is built."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from foreign import GOOD, leave

from atomicpos.errors import InvalidRequest
from atomicpos.verifiers import assemble, built_in
from atomicpos.verifiers.registry import available


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory that packages are imported from."""
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def names(own: Any) -> list[str]:
    return [verifier.name for verifier in assemble(own)][len(built_in()):]


MAKERS = {
    "a class": "Second",
    "a factory": "make",
    "an object": "ready",
}


@pytest.mark.parametrize("value", MAKERS.values(), ids=MAKERS.keys())
def test_a_plug_in_is_a_class_a_factory_or_an_object(site: Path, value: str) -> None:
    """Whichever of the three the entry point names, the verifier is there under its own name."""
    package = f"brings_{value.lower()}"
    leave(site, package, module=GOOD + "\n\ndef make():\n    return Second()\n\n\nready = Second()\n", again=value)
    assert names(["again"]) == ["second"]


def test_installed_is_not_active(site: Path) -> None:
    """A plug-in that nobody names is not even imported."""
    leave(site, "never_imported", module="raise SystemExit('imported')", sleeper="Second")
    assert names([]) == []


def test_a_plug_in_stands_beside_an_object(site: Path) -> None:
    """Names and objects may be mixed, in their order."""
    leave(site, "stands_beside", beside="Second")

    class Mine:
        name = "mine"

        async def look(self, question: Any) -> Any: ...

    assert names([Mine(), "beside"]) == ["mine", "second"]


def test_an_unknown_name_is_refused_and_what_is_installed_is_listed(site: Path) -> None:
    """The sentence names what was asked for, and what there is."""
    leave(site, "lists_two", first="Second", other_one="Second")
    with pytest.raises(InvalidRequest, match="no verifier plug-in is called 'secnd'; installed: first, other-one"):
        assemble(["secnd"])


def test_a_name_that_two_packages_bring_is_refused(site: Path) -> None:
    """Which of the two would be meant is nobody's to guess: both are named."""
    leave(site, "one_of_two", twice="Second")
    leave(site, "two_of_two", twice="Second")
    with pytest.raises(InvalidRequest, match=r"installed 2 times \(one_of_two 1.0, .*two_of_two 1.0, .*installed: twi"):
        assemble(["twice"])


BROKEN = {
    "no such module": ("Second", "import nothing_of_the_kind", "No module named 'nothing_of_the_kind'"),
    "no such name": ("Third", GOOD, "has no attribute 'Third'"),
    "raises on import": ("Second", "1 / 0", "ZeroDivisionError"),
    "exits on import": ("Second", "raise SystemExit('no licence')", "SystemExit: no licence"),
    "needs an argument": ("Second", "class Second:\n    def __init__(self, key): ...", "missing 1 required"),
    "raises when made": ("make", "def make():\n    raise OSError('no disk')", "OSError: no disk"),
}


@pytest.mark.parametrize("case", BROKEN, ids=BROKEN.keys())
def test_a_plug_in_that_does_not_load_is_refused_with_its_reason(site: Path, case: str) -> None:
    """Import or construction fails: the plug-in, its package and the reason are named, and nothing else is raised."""
    value, module, reason = BROKEN[case]
    package = "broken_" + case.replace(" ", "_")
    leave(site, package, release="2.5", module=module, broken=value)
    told = rf"'broken' \({package} 2.5, .*cannot be loaded: .*{reason}.*installed: broken"
    with pytest.raises(InvalidRequest, match=told):
        assemble(["broken"])


NO_VERIFIERS = {
    "a module's text": "'second'",
    "nothing": "None",
    "no look": "type('Nameless', (), {'name': 'second'})()",
    "no name": "type('Lookless', (), {'look': print})()",
    "an empty name": "type('Empty', (), {'name': '', 'look': print})()",
    "a number for a name": "type('Numbered', (), {'name': 7, 'look': print})()",
}


@pytest.mark.parametrize("case", NO_VERIFIERS, ids=NO_VERIFIERS.keys())
def test_a_plug_in_that_is_no_verifier_is_refused(site: Path, case: str) -> None:
    """What comes out of it needs a name and a look."""
    leave(site, "odd_" + case.replace(" ", "_").replace("'", ""), module=f"thing = {NO_VERIFIERS[case]}", odd="thing")
    with pytest.raises(InvalidRequest, match="verifier plug-in 'odd' needs a name and an async look"):
        assemble(["odd"])


class Raising:
    """Whatever it is asked for, it raises."""

    @property
    def name(self) -> str:
        raise RuntimeError("its own defect")

    async def look(self, question: Any) -> Any: ...


@pytest.mark.parametrize(
    "given", [True, 7, b"second", None, object(), ["second"], Raising()], ids=lambda given: type(given).__name__
)
def test_what_is_neither_a_name_nor_a_verifier_is_refused(given: object) -> None:
    """Each is named in the sentence, and says what a verifier needs."""
    with pytest.raises(InvalidRequest, match="needs a name and an async look"):
        assemble([given])


def test_a_class_that_was_not_called_is_refused() -> None:
    """A class has a name and a look of its own, and could never answer: the sentence shows what was forgotten."""

    class OwnStream:
        name = "own_stream"

        async def look(self, question: Any) -> Any: ...

    with pytest.raises(InvalidRequest, match=r"is a class; give an object of it: OwnStream\(\)"):
        assemble([OwnStream])


@pytest.mark.parametrize("taken", ["position_poll", "second"])
def test_a_plug_in_cannot_take_a_name(site: Path, taken: str) -> None:
    """Neither a built-in name nor the one of a verifier before it."""
    leave(site, f"takes_{taken}", module=GOOD.replace('"second"', f'"{taken}"'), taker="Second")
    leave(site, f"had_{taken}", holder="Second")
    with pytest.raises(InvalidRequest, match=f"name '{taken}' is taken"):
        assemble(["holder", "taker"])


def test_the_list_says_what_would_load_and_why_not(site: Path) -> None:
    """Built in, loadable, broken and ambiguous: each with its package, version and entry point."""
    leave(site, "list_good", good="Second")
    leave(site, "list_bad", release="3.1", module="1 / 0", bad="Second")
    leave(site, "list_also", good_twin="Second")
    found = {each.name: each for each in available()}
    assert [each.name for each in found.values() if each.built_in] == [v.name for v in built_in()]
    assert (found["good"].loads, found["good"].why, found["good"].entry_point) == (True, None, "list_good:Second")
    bad = found["bad"]
    assert (bad.package, bad.version, bad.loads) == ("list_bad", "3.1", False)
    assert "ZeroDivisionError" in (bad.why or "")
    assert found["good-twin"].loads
