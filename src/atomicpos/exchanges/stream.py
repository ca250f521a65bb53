"""The account's private stream through ccxt.pro: an object of our own, never the caller's.

ccxt.pro shares sockets and caches through the client's own state, and what comes between two awaits of ``watch_*`` is
lost for whoever awaits (measured with 4.5.90). So each connection has an object of its own, made anew from the caller's
keys, options and addresses as they are then, and every raw message is taken where ccxt takes it from the socket, before
anything else is made of it. ccxt does what is its own: connecting, signing, subscribing, pinging.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Any

from atomicpos.ports import Clock, Hear, Notice, ReadFailed, StreamEnded

from .fields import Row
from .session import Session
from .transport import Transport

_COPIED = (
    "apiKey", "secret", "password", "uid", "login", "token", "privateKey", "walletAddress", "twofa",
    "hostname", "headers", "userAgent", "origin", "verify", "cafile", "ssl_context", "timeout", "aiohttp_trust_env",
    "wsProxy", "wssProxy", "wsSocksProxy", "ws_proxy", "wss_proxy", "ws_socks_proxy", "isSandboxModeEnabled",
    "markets", "markets_by_id", "currencies", "currencies_by_id", "symbols", "ids",
)  # fmt: skip
"""What a connection needs of the caller's client; the market data are the same objects, and only read."""
_ENVIRONMENTS = ("api", "test", "demotrading", "demo")
"""Under which names ccxt keeps the sets of addresses that a client can be switched to."""


class CcxtStream(ABC):
    """``ports.Stream`` over the ccxt.pro class of the caller's exchange; what differs by exchange is abstract."""

    up_when_connected = False
    """True where nothing has to be subscribed to once the socket is open."""

    def __init__(self, client: Any, transport: Transport, clock: Clock) -> None:
        self._client = client
        self._transport = transport
        self._clock = clock

    async def follow(self, hear: Hear, up: Callable[[], None]) -> None:
        """One connection. Raises StreamEnded when it cannot be had or is over; its words hold no secret."""
        session, pro = Session(self._client), None
        try:
            pro = listener(self._client, session)
            self._take(pro, hear, up)
            await self._subscribe(pro)
        except StreamEnded:
            raise
        except Exception as error:  # whatever ccxt makes of an end: it has ended
            why = f"{type(error).__name__}: {error}"
            raise StreamEnded(self._transport.redacted(why)) from None
        finally:
            if pro is not None:
                await pro.close()
            await session.close()
        raise StreamEnded("the exchange ended it")

    def _take(self, pro: Any, hear: Hear, up: Callable[[], None]) -> None:
        """Take every message before ccxt does; ccxt gets only what is not about orders, fills or positions."""
        theirs = pro.handle_message

        def take(socket: Any, message: object) -> None:
            try:
                news = isinstance(message, dict) and self._is_news(message)
            except StreamEnded as ended:
                socket.reset(ended)
                return
            if isinstance(message, dict) and news:
                for notice in self._notices(message):
                    hear(notice)
                return
            theirs(socket, message)
            if isinstance(message, dict) and self._is_up(message):
                up()

        connected = pro.on_connected

        def on_connected(socket: Any, message: object = None) -> None:
            connected(socket, message)
            if self.up_when_connected:
                up()

        pro.handle_message, pro.on_connected = take, on_connected

    def _notices(self, message: Row) -> Iterable[Notice]:
        """What can be understood of it; the rest is a hint that is lost, and is read like anything else."""
        try:
            read = self._read(message, self._clock.now_us())
            return [notice for notice in read if notice.orders or notice.fills or notice.position is not None]
        except (ReadFailed, TypeError, ValueError, KeyError, AttributeError):
            return ()

    def _symbol(self, market_id: str) -> str | None:
        """The unified symbol of a linear perpetual by the exchange's own id; None for any other market."""
        listed = (self._client.markets_by_id or {}).get(market_id)
        for market in listed if isinstance(listed, list) else [listed]:
            if market and market.get("swap") and market.get("linear"):
                return str(market["symbol"])
        return None

    @abstractmethod
    async def _subscribe(self, pro: Any) -> None:
        """Connect, sign in and subscribe; does not return while the connection stands, and raises when it ends."""

    @abstractmethod
    def _is_news(self, message: Row) -> bool:
        """Whether a message tells of orders, fills or positions. Raises StreamEnded for one that says it is over."""

    @abstractmethod
    def _is_up(self, message: Row) -> bool:
        """Whether with this reply everything is subscribed to."""

    @abstractmethod
    def _read(self, message: Row, heard_at_us: int) -> list[Notice]:
        """The notices in a message. Raises ReadFailed for what cannot be understood."""


def listener(client: Any, session: Session) -> Any:
    """A ccxt.pro object of our own that signs and connects as the client would. Raises StreamEnded."""
    import ccxt.pro  # a tenth of a second once; who wants no stream does not pay it

    kind = getattr(ccxt.pro, client.id, None)
    if kind is None:
        raise StreamEnded(f"ccxt.pro has no {client.id}")
    pro = kind({"options": copy.deepcopy(dict(client.options))})
    addresses = _addresses(client, pro)
    for name in _COPIED:
        if name in client.__dict__ or hasattr(type(client), name):
            setattr(pro, name, getattr(client, name))
    pro.urls = {**pro.urls, "api": addresses}
    pro.number = str
    pro.session, pro.own_session = session.current(), False
    pro.timeout_on_exit = 0
    return pro


def _addresses(client: Any, pro: Any) -> dict[str, Any]:
    """The client's own addresses with those of the streams: its own where it has any, else those of ccxt.pro's
    environment that the client is in. An address that the caller changed is never guessed from.
    """
    theirs = client.urls["api"]
    if not isinstance(theirs, dict):
        raise StreamEnded("the client's addresses are not understood")
    if isinstance(theirs.get("ws"), dict | str):
        return copy.deepcopy(theirs)
    plain = {name: address for name, address in theirs.items() if name != "ws"}
    for environment in _ENVIRONMENTS:
        known = pro.urls.get(environment)
        if isinstance(known, dict) and {n: a for n, a in known.items() if n != "ws"} == plain and "ws" in known:
            return copy.deepcopy(known)
    raise StreamEnded("the client's addresses were changed, and name none of the streams")
