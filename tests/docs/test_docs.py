"""The documentation does what it says: its blocks run, its links lead somewhere, its reference is the code's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from blocks import blocks_of, matches, ran
from generated import DOCS, SECTION, SECTIONS, renewed

ROOT = DOCS.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
RUNNING = [page for page in PAGES if list(blocks_of(page.read_text()))]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.wire
@pytest.mark.parametrize("page", RUNNING, ids=named)
def test_a_page_does_what_it_says(page: Path, tmp_path: Path) -> None:
    """Every marked block runs, in order, and prints what the page says it prints."""
    written = ""
    for block in blocks_of(page.read_text()):
        if block.mark == "prints":
            assert matches(block.text, written), f"{named(page)} says\n{block.text}\nbut it wrote\n{written}"
        else:
            written = ran(block, tmp_path)


def test_the_first_pages_run() -> None:
    """The README and the tutorial have blocks that run."""
    assert {"README.md", "docs/tutorial.md"} <= {named(page) for page in RUNNING}


def test_the_readme_reaches_code_within_thirty_lines() -> None:
    """Nobody scrolls to find out what using it looks like."""
    assert any(line.startswith("```") for line in (ROOT / "README.md").read_text().splitlines()[:30])


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link names a file that exists, and a heading in it where one is named."""
    for target in links_of(page):
        path, _, anchor = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        assert linked.exists(), f"{named(page)} links to {target}"
        assert not anchor or anchor in anchors_of(linked), f"{named(page)} links to {target}"


def test_every_page_is_reached_from_the_readme() -> None:
    """A page that nothing links to is read by nobody."""
    found = {ROOT / "README.md"}
    front = list(found)
    while front:
        page = front.pop()
        linked = {(page.parent / target.partition("#")[0]).resolve() for target in links_of(page)}
        new = {path for path in linked if path.suffix == ".md"} - found
        found |= new
        front += new
    assert set(PAGES) - found == set()


@pytest.mark.parametrize("page", sorted((DOCS / "reference").glob("*.md")), ids=named)
def test_the_reference_is_the_code_s(page: Path) -> None:
    """Generated sections are as the code writes them today; python tests/docs/generated.py renews them."""
    assert page.read_text() == renewed(page.read_text())


def test_every_section_is_shown_once() -> None:
    """Nothing that can be generated is forgotten or told twice."""
    shown = [name for page in PAGES for _, name, _ in SECTION.findall(page.read_text())]
    assert sorted(shown) == sorted(SECTIONS)


def links_of(page: Path) -> list[str]:
    return [t for t in LINK.findall(FENCED.sub("", page.read_text())) if not t.startswith(("http:", "https:"))]


def anchors_of(page: Path) -> set[str]:
    """The headings, spelled as anchors."""
    heads = re.findall(r"^#+ (.+)$", FENCED.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
