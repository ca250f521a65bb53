"""A real Chromium, Debian's own, driven without a download; it reaches this machine only."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ARTEFACTS = Path(__file__).parents[2] / "artifacts"
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
WAIT_MS = 20_000
WIDE = {"width": 1280, "height": 860}
PHONE = {"width": 360, "height": 740}


@contextmanager
def chromium() -> Iterator[Any]:
    """The browser; skips the test where there is none."""
    if not os.access(CHROMIUM, os.X_OK):
        pytest.skip("chromium is not installed: apt-get install chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        pytest.skip("playwright is not installed: pip install playwright")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"],
        )
        try:
            yield browser
        finally:
            browser.close()


class Visit:
    """One page in a window of its own, and what it asked for and complained of."""

    def __init__(self, browser: Any, **window: Any) -> None:
        self.context = browser.new_context(**{"viewport": WIDE, "reduced_motion": "reduce", **window})
        self.page = self.context.new_page()
        self.page.set_default_timeout(WAIT_MS)
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._console)

    def _console(self, said: Any) -> None:
        if said.type == "error" and "Failed to load resource" not in said.text:
            self.complaints.append(said.text)

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def to(self, url: str) -> Any:
        """Go there and wait for the first answer."""
        self.page.goto(url)
        self.page.wait_for_selector("#verdict:not([data-level=waiting])")
        return self.page

    def keep(self, name: str, *, whole: bool = False) -> None:
        """A screenshot among the artefacts."""
        ARTEFACTS.mkdir(exist_ok=True)
        self.page.evaluate("scrollTo(0, 0)")
        self.page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=whole)

    @property
    def elsewhere(self) -> list[str]:
        """What it asked of anybody but the dashboard."""
        return [url for url in self.asked if not url.startswith(("http://127.0.0.1:", "data:"))]


def contrast(page: Any, selector: str) -> float:
    """How much the text of an element stands out from what is behind it, by the WCAG's formula."""
    return float(page.evaluate(_CONTRAST, selector))


_CONTRAST = """selector => {
  const node = document.querySelector(selector);
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  const behind = [];
  for (let one = node; one; one = one.parentElement) behind.unshift(getComputedStyle(one).backgroundColor);
  const drawn = colours => { canvas.fillStyle = "#fff"; canvas.fillRect(0, 0, 1, 1); for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); } return canvas.getImageData(0, 0, 1, 1).data; };
  const light = data => { const [r, g, b] = [...data].slice(0, 3).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const [ground, ink] = [light(drawn(behind)), light(drawn([...behind, getComputedStyle(node).color]))];
  return (Math.max(ground, ink) + 0.05) / (Math.min(ground, ink) + 0.05);
}"""  # noqa: E501
