"""The page in a real browser: the incident goes red and green, acts ask first, and a dead server shows no green."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

import pytest
from browsing import PHONE, WAIT_MS, Visit, chromium, contrast
from scenes import filled, protected, stored
from serving import LIMIT_S, Served, opened, served

from atomicpos.clock import SystemClock
from atomicpos.ports import Change
from atomicpos.sim.wire.process import VenueProcess
from atomicpos.testing.samples import a_record, moved, settled

pytestmark = pytest.mark.process
HOSTILE = "<img src=x onerror=alert(1)>/USDT:USDT"
READABLE = 4.5
"""The contrast of text that the WCAG asks for."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as running:
        yield running


@contextmanager
def demo(*weathers: str) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """``atomicpos demo --dashboard``: the process, the page's address, the venue's."""
    only = [word for name in weathers for word in ("--only", name)]
    words = [sys.executable, "-m", "atomicpos", "demo", "--json", "--dashboard", "--port", "0", "--for", "90", *only]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        venue = re.search(r"http://127\.0\.0\.1:\d+", next(line for line in process.stderr if "venue is on" in line))
        page = next(line for line in process.stderr if "dashboard is on" in line).split()[-1]
        assert venue
        yield process, page, venue[0]
    finally:
        process.kill()
        process.communicate()


def truth(venue: str, market_id: str) -> dict[str, Any]:
    """What the venue's engine holds there."""
    with build_opener(ProxyHandler({})).open(f"{venue}/_venue/truth", timeout=LIMIT_S) as reply:
        return dict(json.loads(reply.read())[market_id])


def named(page: Any, symbol: str) -> Any:
    """The position's row among those that need a person."""
    return page.locator(".alarm", has_text=symbol)


def test_the_incident_goes_red_then_green_and_another_is_flattened(browser: Any) -> None:
    """The demo on the page: the position whose reads lag is red while nothing proves its stop, and green once it was
    read back; its page tells the story; another one is flattened after a question, and the venue holds nothing of it.
    """
    with demo("calm", "original_incident", "liquidated") as (process, url, venue), Visit(browser) as visit:
        page = visit.to(url)
        red = named(page, "AVL/USDT:USDT").and_(page.locator(".naked"))
        red.wait_for()
        assert page.get_attribute("#verdict", "data-level") == "naked"
        assert "naked" in page.inner_text("#verdict-title")
        assert re.search(r"naked for\s+[\d.]+ s", red.inner_text())
        visit.keep("1-naked")
        page.wait_for_selector("#verdict[data-level=safe]")
        row = page.locator("tr", has_text="AVL/USDT:USDT")
        row.locator(".chip.covered").wait_for()
        assert "#token" not in page.url

        row.get_by_role("link", name="AVL/USDT:USDT").click()
        page.locator(".axis svg").wait_for()
        assert "stands behind a stop of ours" in page.inner_text(".summary")
        assert "was read back" in page.inner_text(".proof")
        assert page.locator(".mark.k-absent").count() > 0  # the position reads that showed nothing
        assert "no position" in page.inner_text("main")
        page.locator(".axis svg").focus()
        page.keyboard.press("Home")
        assert "asked: long 10 AVL/USDT:USDT" in page.inner_text(".told")
        visit.keep("2-position", whole=True)

        page.get_by_role("link", name="All positions").click()
        page.get_by_role("link", name="BTC/USDT:USDT").click()
        page.get_by_role("button", name="Flatten").click()
        assert "Flatten long 0.001 BTC/USDT:USDT?" in page.inner_text("#dialog-title")
        assert "Reduce-only market orders that sell" in page.inner_text("dialog")
        visit.keep("3-question")
        page.get_by_role("button", name="Cancel").click()
        assert truth(venue, "BTCUSDT")["quantity"] == "0.001"
        page.get_by_role("button", name="Flatten").click()
        page.get_by_label("Your name").fill("Ada")
        page.get_by_role("button", name="Flatten 0.001 BTC").click()
        page.locator(".answer.good").wait_for()
        held = truth(venue, "BTCUSDT")
        assert (held["quantity"], held["stops"], held["orders"]) == ("0", [], [])
        assert truth(venue, "AVLUSDT")["quantity"] == "10"
        page.get_by_role("button", name="Close").click()
        page.locator(".chip.over").first.wait_for()
        assert "Ada (dashboard, 127.0.0.1)" in page.inner_text("main")

        assert visit.elsewhere == []
        assert visit.complaints == []
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=LIMIT_S)
        rows = [json.loads(line) for line in out.splitlines()]
        # judged before anybody acted: what was done from the page is no difference
        assert [(row["scenario"], row["agrees"]) for row in rows] == [
            ("calm", True), ("original_incident", True), ("liquidated", True),
        ]
        assert process.returncode == 0


# --- over rows that stand still ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A naked one, one not known, covered and settled ones, and one whose symbol is markup; nobody watches."""
    path = tmp_path_factory.mktemp("mixed") / "rows.db"
    now = SystemClock().now_us()
    asked = [
        a_record(f"p{n}", symbol=symbol, created_at_us=now - n * 7_000_000)
        for n, symbol in enumerate(("AVL/USDT:USDT", "BTC/USDT:USDT", "ETH/USDT:USDT", HOSTILE, "XRP/USDT:USDT"), 1)
    ]
    naked, unknown, covered, hostile, over = asked
    stored(path, [Change(row) for row in asked])
    stored(path, [
        Change(replace(filled(naked), version=2)), Change(moved(protected(covered), wake_at_us=10**18)),
        Change(replace(filled(hostile), version=2)), Change(settled(over, now)),
    ])  # fmt: skip
    assert unknown.version == 1
    with served(path) as running:
        yield running


SCREENS = {"first": "#/", "position": "#/p/p1", "settled": "#/p/p5", "spread": "#/spread", "watch": "#/watch"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("size", "window"), [("wide", {}), ("phone", {"viewport": PHONE, "has_touch": True})])
def test_five_screens_fit_and_can_be_read(
    browser: Any, mixed: Served, scheme: str, size: str, window: dict[str, Any]
) -> None:
    """Wide and on a phone, light and dark: nothing to scroll sideways, text that stands out, fingers find buttons."""
    with Visit(browser, color_scheme=scheme, **window) as visit:
        page = visit.to(mixed.url)
        for name, place in SCREENS.items():
            page.goto(f"{mixed.url}{place}")
            page.wait_for_selector("main .panel")
            page.wait_for_timeout(400)
            wide = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
            assert wide[0] <= wide[1], (name, wide)
            visit.keep(f"{name}-{size}-{scheme}", whole=True)
            read = ["#verdict-title", "#verdict-detail", "#fresh-text", "main .note", "nav a", "main h2"]
            for selector in read:
                if page.locator(selector).count():
                    assert contrast(page, selector) >= READABLE, (name, selector)
        page.goto(f"{mixed.url}#/")
        for chip in (".chip.naked", ".chip.unknown", ".chip.covered", ".chip.over", ".doing", "td small", "th"):
            if page.locator(chip).first.is_visible():
                assert contrast(page, chip) >= READABLE, chip
        if size == "phone":
            heights = page.evaluate("[...document.querySelectorAll('main button')].map(b => b.offsetHeight)")
            assert min(heights) >= 44
        assert visit.elsewhere == []
        assert visit.complaints == []


def test_what_an_exchange_names_stays_text(browser: Any, mixed: Served) -> None:
    """A symbol that is markup is shown as it is written, on every screen, and runs nothing."""
    with Visit(browser) as visit:
        asked: list[str] = []
        visit.page.on("dialog", lambda box: (asked.append(box.message), box.dismiss()))
        page = visit.to(mixed.url)
        page.get_by_role("link", name=HOSTILE).first.click()
        page.wait_for_selector("h2.name")
        assert HOSTILE in page.inner_text("h2.name")
        page.goto(f"{mixed.url}#/")
        page.wait_for_selector("tbody tr")
        assert HOSTILE in page.inner_text("tbody")
        assert page.locator("main img").count() == 0
        assert asked == []
        # and were it ever tried, the page's own policy would refuse it
        tried = "() => { try { document.body.innerHTML = '<b>x</b>'; return 'set'; } catch { return 'refused'; } }"
        assert page.evaluate(tried) == "refused"


def only(page: Any, rows: int) -> None:
    """Wait until the table has so many rows and no more."""
    page.locator("tbody tr").nth(rows - 1).wait_for()
    page.locator("tbody tr").nth(rows).wait_for(state="detached")


def test_the_states_are_one_press_away(browser: Any, mixed: Served) -> None:
    """``rolled_back`` with one click; a text that nothing matches says so; the choice outlives a look at a position."""
    with Visit(browser) as visit:
        page = visit.to(mixed.url)
        page.get_by_role("button", name="rolled back 1").click()
        only(page, 1)
        assert "XRP/USDT:USDT" in page.inner_text("tbody")
        page.get_by_role("link", name="XRP/USDT:USDT").click()
        page.get_by_role("link", name="All positions").click()
        only(page, 1)
        page.keyboard.press("/")
        page.keyboard.type("nothing like this")
        page.get_by_text("No position is like that.").wait_for()


def test_without_an_exchange_the_buttons_say_why_they_are_off(browser: Any, mixed: Served) -> None:
    """They are there, cannot be pressed, and the reason is on the page."""
    with Visit(browser) as visit:
        page = visit.to(f"{mixed.url}#/p/p1")
        page.goto(f"{mixed.url}#/p/p1")
        page.get_by_text("The acts are off: this dashboard only reads").wait_for()
        button = page.get_by_role("button", name="Flatten")
        assert button.get_attribute("aria-disabled") == "true"
        button.click(force=True)
        assert not page.locator("dialog").is_visible()


def test_a_dead_server_never_shows_an_old_green(browser: Any, tmp_path: Path) -> None:
    """Within seconds of its death the answer is "not known" and nothing is green; when it is back the page is live."""
    path = tmp_path / "rows.db"
    stored(path, [Change(a_record())])
    stored(path, [Change(settled(a_record(), 1))])
    with Visit(browser) as visit:
        with served(path) as running:
            page = visit.to(running.url)
            page.wait_for_selector("#verdict[data-level=safe]")
            assert re.search(r"live, [\d.]+ s old", page.inner_text("#fresh-text"))
            green = page.evaluate("getComputedStyle(document.querySelector('#verdict')).backgroundColor")
            port = running.port
            running.process.kill()
            page.wait_for_selector("#verdict[data-level=stale]")
        assert page.inner_text("#verdict-title").startswith("Not known")
        assert "stale" in page.inner_text("#fresh-text")
        assert page.evaluate("getComputedStyle(document.querySelector('#verdict')).backgroundColor") != green
        visit.keep("4-stale")
        with served(path, "--port", str(port)):
            page.wait_for_selector("#verdict[data-level=safe]")


# --- by keyboard alone --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def one(venue: VenueProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A dashboard that can act, over one protected position."""
    path = tmp_path_factory.mktemp("one") / "bot.db"
    opened(venue, path, ("LINKUSDT", "buy", "1.3"))
    with served(path, "--exchange", "bybit", "--venue", venue.url, keys=(venue.api_key, venue.secret)) as running:
        yield running


def focused(page: Any) -> str:
    """What the focus is on, in words, and whether that can be seen."""
    return str(page.evaluate("document.activeElement.innerText || document.activeElement.name"))


def tab_to(page: Any, name: str) -> None:
    """Press Tab until the focus is on that."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if name in focused(page):
            seen = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert seen != "none", f"the focus on {name} cannot be seen"
            return
    raise AssertionError(f"no Tab leads to {name}")


def test_everything_is_done_by_keyboard_alone(browser: Any, one: Served, venue: VenueProcess) -> None:
    """The token is given, the position found, its stop moved and the position flattened without a mouse."""
    with Visit(browser) as visit:
        page = visit.to(one.url)  # without the token that is in the address that was printed
        page.wait_for_selector("tbody tr")
        page.keyboard.press("Tab")
        assert focused(page) == "To the content"
        tab_to(page, "LINK/USDT:USDT")
        page.keyboard.press("Enter")
        page.wait_for_selector("h2.name")

        tab_to(page, "Move stop")
        page.keyboard.press("Enter")
        page.wait_for_selector("dialog[open]")
        assert page.evaluate("document.activeElement.type") == "password"
        page.keyboard.type("not the token")
        page.keyboard.press("Enter")
        page.locator(".answer.bad").wait_for()
        page.evaluate("document.querySelector('dialog input').value = ''")
        page.keyboard.type(one.token)
        page.keyboard.press("Enter")
        page.get_by_text("Move the stop of long 1.3 LINK/USDT:USDT?").wait_for()

        page.keyboard.press("Escape")
        assert not page.locator("dialog").is_visible()
        assert focused(page) == "Move stop", "the focus goes back to where it was"
        page.keyboard.press("Enter")
        page.wait_for_selector("dialog[open]")
        assert page.evaluate("document.activeElement.name") == "price"
        page.keyboard.press("Tab")
        page.keyboard.type("5")
        page.keyboard.press("Tab")
        page.keyboard.type("Ada")
        page.keyboard.press("Enter")
        page.locator(".answer.good").wait_for()
        told = page.inner_text(".answer.good")
        (stop,) = venue.truth()["LINKUSDT"]["stops"]
        assert any(str(value) in told for value in stop.values())
        page.keyboard.press("Enter")  # the focus is on "Close"
        page.locator(".state.s-protected").wait_for()

        tab_to(page, "Flatten")
        page.keyboard.press("Enter")
        page.wait_for_selector("dialog[open]")
        tab_to(page, "Flatten 1.3 LINK")
        page.keyboard.press("Enter")
        page.locator(".answer.good").wait_for(timeout=2 * WAIT_MS)
        assert venue.truth()["LINKUSDT"]["quantity"] == "0"
        visit.keep("5-flattened")
        assert visit.complaints == []


def test_a_refused_act_says_why_and_leaves_all_as_it_was(browser: Any, one: Served, venue: VenueProcess) -> None:
    """The library's own sentence in the dialog, which stays open to be corrected."""
    opened(venue, one.database, ("WIFUSDT", "sell", "64"))
    before = venue.truth()["WIFUSDT"]
    with Visit(browser) as visit:
        page = visit.to(f"{one.url}#token={one.token}")
        page.get_by_role("link", name="WIF/USDT:USDT").click()
        page.get_by_role("button", name="Move stop").click()
        page.get_by_label("To this price").fill("0.0001")
        page.get_by_label("Your name").fill("Ada")
        page.get_by_role("button", name="Move the stop").click()
        page.locator(".answer.bad").wait_for()
        assert "Refused: " in page.inner_text(".answer.bad")
        assert "0.0001" in page.inner_text(".answer.bad")
    assert venue.truth()["WIFUSDT"]["stops"] == before["stops"]
