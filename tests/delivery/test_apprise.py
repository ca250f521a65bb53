"""Real channels: Apprise's own client posts to a webhook on loopback, and whatever goes wrong shows no secret."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from webhook import Webhook

from atomicpos.app import AtomicPositions
from atomicpos.cli.watch import _urls as watch_urls
from atomicpos.errors import InvalidRequest
from atomicpos.events import Event, EventKind
from atomicpos.letters import Owed
from atomicpos.observers.delivery import DeliveryFailed, Message, Sinks, sinks_of
from atomicpos.observers.delivery.by_apprise import AppriseChannel
from atomicpos.severity import Severity
from atomicpos.sim.wire.server import Server
from channels import FakeChannel, until
from wired import bybit_client, library

SECRET = "tok3nOfTheWebh00k"
A_MESSAGE = Message(Owed.BEGUN, Severity.CRITICAL, "[CRITICAL] a title", "the body")


async def test_a_position_is_told_through_a_webhook(bybit: Server, tmp_path: Path) -> None:
    """The library over real ccxt, a real file, and Apprise's json:// to a webhook: one message, and one at its end."""
    with Webhook() as hook:
        url = f"json://user:{SECRET}@127.0.0.1:{hook.port}/{SECRET}"
        async with library(bybit_client(bybit), database=f"sqlite:///{tmp_path}/a.db", alerts=url) as positions:
            row = await positions.open_position_atomic("AVLUSDT", "buy", "10", stop_loss_percent="2")
            publish = positions._running.means.announcer.publish
            for kind in (EventKind.ALERT, EventKind.RESOLVED):
                for _ in range(500):
                    publish(Event(kind, row.updated_at_us, row.id, row.symbol, "said", condition="foreign_stop"))
                wanted = 1 if kind is EventKind.ALERT else 2
                await until(lambda wanted=wanted: len(hook.posts) == wanted)  # type: ignore[misc]
            assert (await positions.health()).problems == ()
    first, last = hook.posts
    assert (first["title"], first["type"]) == ("[WARNING] foreign stop: AVL/USDT:USDT long", "warning")
    assert f"position {row.id}, protected\nAt risk: 10 AVL, notional 1" in first["message"]
    assert "Without a stop: 0.0 s; a stop is at work now" in first["message"]
    assert f"'atomicpos show {row.id}'" in first["message"]
    assert (last["title"], last["type"]) == ("[resolved] foreign stop: AVL/USDT:USDT long", "success")
    assert SECRET.encode() not in (tmp_path / "a.db").read_bytes()


@pytest.mark.parametrize("how", ["refuses", "is not there"])
async def test_a_channel_that_fails_says_why_and_no_secret(how: str, caplog: pytest.LogCaptureFixture) -> None:
    """What Apprise logs is kept from the log, and told without what the URL holds."""
    with Webhook() as hook:
        hook.status = 500
        port = hook.port
        channel = AppriseChannel(f"json://user:{SECRET}@127.0.0.1:{port}/{SECRET}/?+X-Key={SECRET}")
        if how == "refuses":
            with pytest.raises(DeliveryFailed, match="500") as failed:
                await channel.deliver(A_MESSAGE)
    if how == "is not there":
        with caplog.at_level(logging.DEBUG), pytest.raises(DeliveryFailed) as failed:
            await channel.deliver(A_MESSAGE)
    assert SECRET not in str(failed.value) + repr(channel) + channel.name + caplog.text
    assert len(str(failed.value)) > 10


async def test_one_that_hangs_costs_one_thread() -> None:
    """While a delivery hangs the next one fails at once, and the loop goes on all the while."""
    with Webhook() as hook:
        hook.takes_s = 1.0
        channel = AppriseChannel(f"json://127.0.0.1:{hook.port}/")
        hanging = asyncio.ensure_future(channel.deliver(A_MESSAGE))
        began, turns = time.monotonic(), 0
        await asyncio.sleep(0.1)
        for _ in range(3):
            with pytest.raises(DeliveryFailed, match="still hangs"):
                await channel.deliver(A_MESSAGE)
        while not hanging.done():
            await asyncio.sleep(0.001)
            turns += 1
        assert time.monotonic() - began >= 1.0
        assert turns > 50
        await hanging
        hook.takes_s = 0
        await channel.deliver(A_MESSAGE)
        assert len(hook.posts) == 2


async def test_a_thread_that_has_its_answer_and_has_not_ended_yet_hinders_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever hears that a message was taken may deliver the next one at once."""
    loop, ends = asyncio.get_running_loop(), threading.Event()
    tell = loop.call_soon_threadsafe

    def tell_and_stay(*given: Any) -> None:
        tell(*given)
        ends.wait(10)

    monkeypatch.setattr(loop, "call_soon_threadsafe", tell_and_stay)
    with Webhook() as hook:
        channel = AppriseChannel(f"json://127.0.0.1:{hook.port}/")
        await channel.deliver(A_MESSAGE)
        await channel.deliver(A_MESSAGE)
        ends.set()
        assert len(hook.posts) == 2


async def test_where_no_thread_can_be_started_the_delivery_fails_and_the_next_one_is_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A process that has as many threads as it may have is told of, and is no end of the channel."""

    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with Webhook() as hook:
        channel = AppriseChannel(f"json://127.0.0.1:{hook.port}/")
        with monkeypatch.context() as patched:
            patched.setattr(threading.Thread, "start", start)
            with pytest.raises(DeliveryFailed, match="no thread could be started"):
                await channel.deliver(A_MESSAGE)
        await channel.deliver(A_MESSAGE)
        assert len(hook.posts) == 1


BAD = {
    "no URL": "nonsense", "an unknown service": f"foo://{SECRET}", "half a URL": "tgram://", "an empty text": "",
    "a mangled one": f"{SECRET}://x:y:z@@", "a URL of a page": "://", "a secret alone": SECRET,
}


@pytest.mark.parametrize("url", BAD.values(), ids=BAD.keys())
def test_a_bad_url_is_one_sentence_before_anything_starts(
    url: str, bybit: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It names the place in the list and the scheme, never the URL, and no file is made."""
    database = f"sqlite:///{tmp_path}/a.db"
    with caplog.at_level(logging.DEBUG), pytest.raises(InvalidRequest) as refused:
        AtomicPositions(bybit_client(bybit), database=database, alerts=[lambda event: None, url])
    said = str(refused.value)
    assert said.startswith("alerts[1]: the ")
    assert said.endswith("is none that Apprise can deliver to; see https://appriseit.com/services/")
    assert SECRET not in said + caplog.text
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("given", [7, [7], {"url": "json://x"}.items(), [None]])
def test_what_is_no_sink_is_named_by_its_kind(given: object, bybit: Server) -> None:
    """A number, a pair, nothing in a list: none of them can be told."""
    with pytest.raises(InvalidRequest, match=r"alerts has a (int|tuple|NoneType); it must be a function, a URL"):
        AtomicPositions(bybit_client(bybit), alerts=given)


def test_sinks_are_sorted() -> None:
    """Functions are called here, channels delivered to from the outbox; two of one name are one too many."""

    def called(event: Event) -> None:
        """Hears."""

    fake = FakeChannel()
    sinks = sinks_of(["json://127.0.0.1:1/", called, fake])
    assert sinks.functions == (called,)
    assert sinks.channels[1] is fake
    assert not Sinks()
    with pytest.raises(InvalidRequest, match=r"alerts\[1\] is the channel json-\w{6}, which is there already"):
        sinks_of(["json://127.0.0.1:1/", "json://127.0.0.1:1"])


def test_a_channel_has_the_same_name_everywhere() -> None:
    """It is what tells two processes that they have the same channel."""
    one, two = (AppriseChannel(f"json://u:{SECRET}@127.0.0.1:9/") for _ in range(2))
    other = AppriseChannel(f"json://u:{SECRET}2@127.0.0.1:9/")
    assert one.name == two.name != other.name


WITHOUT = """
import sys
import threading
sys.modules["apprise"] = None
from atomicpos.errors import InvalidRequest
from atomicpos.observers.delivery import sinks_of
try:
    sinks_of(["json://127.0.0.1:1/"])
except InvalidRequest as refused:
    print(refused)
"""


def test_without_the_extra_one_sentence_names_it() -> None:
    """Nothing of Apprise is imported before a URL is given."""
    said = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True).stdout
    assert said == "alerts[0] is a URL, and Apprise is not installed: pip install 'atomicpos[alerts]'\n"
    lazily = "import sys, atomicpos.app; print('apprise' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", lazily], capture_output=True, text=True).stdout == "False\n"


def test_a_watchdog_reads_its_urls_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several between blanks, none when nothing is set: a command line would show them to every user."""
    monkeypatch.setenv("ATOMICPOS_ALERTS", " json://127.0.0.1:1/  json://127.0.0.1:2/\n")
    assert watch_urls() == ["json://127.0.0.1:1/", "json://127.0.0.1:2/"]
    monkeypatch.delenv("ATOMICPOS_ALERTS")
    assert watch_urls() == []
