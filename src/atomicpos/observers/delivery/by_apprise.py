"""A channel made of an Apprise URL: each delivery in a thread of its own, that nobody waits for without an end.

Apprise calls block. A thread that hangs is left to its fate: it is a daemon, and until it has its answer the channel
takes nothing else, so that one that hangs costs one thread.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from atomicpos.errors import InvalidRequest
from atomicpos.letters import Owed
from atomicpos.redaction import redacted
from atomicpos.severity import Severity

from .channel import DeliveryFailed, Message

INSTALL = "pip install 'atomicpos[alerts]'"
SERVICES = "https://appriseit.com/services/"
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]{0,19})://")
_SECRET_LEAST = 6
"""Parts of a URL that are shorter than this many characters are not looked for in what Apprise says."""


class AppriseChannel:
    """Implements Channel by Apprise."""

    def __init__(self, url: str, where: str = "alerts") -> None:
        """``where`` names the setting in errors. Raises InvalidRequest, without the URL, for one that Apprise does not
        understand, and when Apprise is not installed.
        """
        found = _SCHEME.match(url)
        self._scheme = found[1].lower() if found else ""
        self._service = _service(url, where, self._scheme)
        plain = str(self._service.url(privacy=False))
        self._secrets = tuple(_parts(url) | _parts(plain))
        self._name = f"{self._scheme}-{hashlib.sha256(plain.encode()).hexdigest()[:6]}"
        self._underway = False

    @property
    def name(self) -> str:
        """The URL's scheme and a few digits of its hash: the same in every process that has this URL."""
        return self._name

    def __repr__(self) -> str:
        return f"AppriseChannel({self._name})"

    async def deliver(self, message: Message) -> None:
        """Hand the message to Apprise. Raises DeliveryFailed with what Apprise said, without a secret."""
        if self._underway:
            raise DeliveryFailed("the delivery before this one still hangs")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[str | None] = loop.create_future()

        def work() -> None:
            why = self._notified(message)
            self._underway = False  # before anybody hears of it: who does may deliver the next one at once
            with suppress(RuntimeError):  # the loop has ended meanwhile: nobody is left to hear of it
                loop.call_soon_threadsafe(_settle, done, why)

        self._underway = True
        self._start(work)
        if (why := await done) is not None:
            raise DeliveryFailed(why)

    def _start(self, work: Callable[[], None]) -> None:
        try:
            threading.Thread(target=work, name=f"atomicpos-alerts-{self._scheme}", daemon=True).start()
        except RuntimeError as error:  # no more threads
            self._underway = False
            raise DeliveryFailed(f"no thread could be started: {error}") from None

    def _notified(self, message: Message) -> str | None:
        """None when it was taken; else why not."""
        said: list[str] = []
        try:
            with _overheard(said):
                taken = self._service.notify(
                    title=message.title, body=message.body, notify_type=_type_of(message), body_format="text"
                )
        except BaseException as error:
            return redacted(f"{type(error).__name__}: {error}", self._secrets)
        return None if taken else redacted(said[-1] if said else "Apprise does not say why", self._secrets)


def _settle(done: asyncio.Future[str | None], why: str | None) -> None:
    if not done.done():
        done.set_result(why)


def _type_of(message: Message) -> str:
    if message.kind is Owed.OVER:
        return "success"
    return "failure" if message.severity is Severity.CRITICAL else "warning"


def _service(url: str, where: str, scheme: str) -> Any:
    try:
        import apprise
    except ImportError:
        raise InvalidRequest(f"{where} is a URL, and Apprise is not installed: {INSTALL}") from None
    with _overheard([]):
        try:
            service = apprise.Apprise.instantiate(url, suppress_exceptions=True)
        except Exception:
            service = None
    if service is None:
        # what is no service's name may be a secret that lost its beginning
        shown = f"the {scheme}:// URL given" if scheme in _services() else "the text given"
        raise InvalidRequest(f"{where}: {shown} is none that Apprise can deliver to; see {SERVICES}")
    return service


def _services() -> frozenset[str]:
    """The schemes that Apprise knows."""
    from apprise.manager_plugins import NotificationManager

    known: Any = NotificationManager
    return frozenset(known().schemas())


@contextmanager
def _overheard(said: list[str]) -> Iterator[None]:
    """Keep what Apprise logs in this thread to ourselves: it may show the URL."""
    me, logger = threading.get_ident(), logging.getLogger("apprise")

    def hear(line: logging.LogRecord) -> bool:
        if line.thread != me:
            return True
        if line.levelno >= logging.WARNING:
            said.append(line.getMessage())
        return False

    logger.addFilter(hear)
    try:
        yield
    finally:
        logger.removeFilter(hear)


def _parts(url: str) -> set[str]:
    """What of a URL may be secret: everything but its scheme, its host where that is one, and its port."""
    with suppress(ValueError):
        split = urlsplit(url)
        pieces = re.split(r"[/?&=,@:]", "/".join((split.username or "", split.password or "", split.path, split.query)))
        host = split.hostname or ""
        if "." not in host and host != "localhost":
            pieces.append(split.netloc.rpartition("@")[2].partition(":")[0])
        both = {form for piece in pieces for form in (piece, unquote(piece))}
        return {piece for piece in both if len(piece) >= _SECRET_LEAST}
    return set()
