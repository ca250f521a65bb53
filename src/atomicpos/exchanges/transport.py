"""One request through the view and all that is known of it afterwards. It never raises (cancellation apart)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from atomicpos.events import ABOUT, OPENING, Event, EventKind
from atomicpos.models import MICROSECONDS
from atomicpos.ports import Clock, Permit

from .call import CALL, Call
from .redact import redacted
from .refusals import Code
from .tab import READ_DEBT_S_MAX

Value = str | int | bool | list["Value"] | dict[str, "Value"]
Params = dict[str, Value]
"""What a request says, in the exchange's own words."""

_SOCKS = ("socksProxy", "socks_proxy", "socksProxyCallback", "socks_proxy_callback")
_CCXT_FETCH = "ccxt.async_support.base.exchange"
GARBLED = "\ufffd"
"""Stands in a body where its bytes are no text: what else they garbled, an id perhaps, nobody can tell."""
UNSEEN = "unseen"
"""Stands for the request heads of a call whose requests no trace sees."""
_SECRETS = ("apiKey", "secret", "password", "token", "privateKey")


@dataclass(frozen=True, slots=True)
class Ask:
    """One request in the exchange's own words: a ccxt implicit method and its parameters.

    Values are text, integers or booleans: ccxt reads a Decimal among parameters as absent, and on several exchanges
    a stop then becomes an immediate market order (measured with ccxt 4.5.90).
    """

    endpoint: str
    params: Params | list[Params]
    """A list where the exchange's body is one."""
    expiry_header: str | None = None
    """The header that says until when the exchange may take it, where it has one for this request only: our receive
    window after the signed moment, in milliseconds."""
    finish: Callable[[Any, Params], Params] | None = None
    """Given the view and the parameters while the request is being made, what is to be sent: for an exchange that
    wants a signature among the parameters themselves, over our pinned timestamp. None: they are sent as they are."""


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What came of a request. ``left`` False means that certainly no byte of it was written."""

    reply: object
    error: Exception | None
    left: bool
    status: int | None
    raw: str
    """The body of the reply, redacted and bounded; the error's text where there was no body."""
    code: Code | None
    """The exchange's own return code: an integer whatever its type was (F09), a label where it writes words."""
    message: str
    """The exchange's own sentence, or the error's."""
    asked_at_us: int
    answered_at_us: int


Reading = Callable[[dict[str, object]], tuple[Code | None, str]]
"""How an exchange's replies name their return code, 0 for success, and the sentence beside it (empty: none)."""


class Transport:
    """Sends requests through one view. Our clock stamps them; nothing is ever sent a second time."""

    def __init__(
        self, view: Any, clock: Clock, recv_window_s: float, reading: Reading, expiry_header: str | None = None
    ) -> None:
        self._expiry_header = expiry_header
        self._view = view
        self._clock = clock
        self._recv_window_ms = round(recv_window_s * 1000)
        self._reading = reading
        self.publish: Callable[[Event], None] | None = None
        """Told of every call that was answered, or given up."""

    @property
    def markets(self) -> dict[str, Any]:
        """ccxt's markets by unified symbol; empty before they were loaded."""
        markets = self._view.markets
        return markets if isinstance(markets, dict) else {}

    async def read(self, ask: Ask, *, urgent: bool = False) -> Exchanged:
        """Send a read with the caller's receive window; an urgent one overtakes the limiter's line, within bounds."""
        return await self._exchange(ask, Call(self._now_ms, urgent, READ_DEBT_S_MAX))

    async def write(self, ask: Ask, permit: Permit) -> Exchanged:
        """Send a write with our receive window, if the permit still allows it right before its first byte.

        It pays the limiter and never waits in its line: a stop that waits is exposure; an entry that waits is a market
        order at another moment than was decided, and one whose sending nobody can date.
        """
        window_ms, header = self._recv_window_ms, ask.expiry_header or self._expiry_header
        call = Call(self._now_ms, urgent=True, recv_window_ms=window_ms, expiry_header=header, permit=permit)
        return await self._exchange(ask, call)

    def redacted(self, text: str) -> str:
        """The text without the client's credentials, bounded."""
        return redacted(text, (str(getattr(self._view, name, None) or "") for name in _SECRETS))

    def _now_ms(self) -> int:
        return self._clock.now_us() * 1000 // MICROSECONDS

    async def _exchange(self, ask: Ask, call: Call) -> Exchanged:
        asked_at_us = self._clock.now_us()
        reply: object = None
        error: Exception | None = None
        token = CALL.set(call)
        try:
            if self._blind():
                _hand_over(call)
            reply = await getattr(self._view, ask.endpoint)(_finished(ask, self._view))
        except Exception as caught:  # whatever it is, the request may have left: it is weighed, not raised (F06)
            error = caught
        finally:
            CALL.reset(token)
        told = self._told(call, reply, error, asked_at_us)
        if self.publish is not None:
            self.publish(_fact(ask, call, told))
        return told

    def _told(self, call: Call, reply: object, error: Exception | None, asked_at_us: int) -> Exchanged:
        if GARBLED in call.body:
            reply = None
        said = _said(call.body, reply, error)
        code, sentence = self._reading(said)
        text = call.forbidden or sentence or (f"{type(error).__name__}: {error}" if error else "")
        return Exchanged(
            reply=reply,
            error=error,
            left=bool(call.heads),
            status=call.status,
            raw=self.redacted(call.body or text),
            code=code,
            message=self.redacted(text),
            asked_at_us=asked_at_us,
            answered_at_us=self._clock.now_us(),
        )

    def _blind(self) -> bool:
        """True when requests may leave where no trace sees them.

        Behind a SOCKS proxy ccxt uses a session of its own, and a client with a ``fetch`` of its own does as it likes.
        """
        own_fetch = any(name in self._view.__dict__ for name in ("fetch", "fetch2", "request"))
        module = getattr(type(self._view).fetch, "__module__", "")
        return own_fetch or module != _CCXT_FETCH or any(getattr(self._view, name, None) for name in _SOCKS)


def _fact(ask: Ask, call: Call, told: Exchanged) -> Event:
    """The call as listeners hear of it; what was said in it stays out."""
    if told.error is None:
        outcome = "ok"
    elif not told.left:
        outcome = "not_sent"
    else:
        outcome = "no_reply" if told.status is None else "error"
    took_us = told.answered_at_us - told.asked_at_us
    data = {"endpoint": ask.endpoint, "outcome": outcome, "took_us": str(took_us), "waited_us": str(call.waited_us)}
    if opening := OPENING.get():
        data["open"] = opening
    text = f"{ask.endpoint}: {outcome} after {took_us / MICROSECONDS:.3f} s"
    return Event(EventKind.CALL, told.answered_at_us, ABOUT.get(), "", text, data=data)


def _finished(ask: Ask, view: Any) -> Params | list[Params]:
    """The parameters as they are sent."""
    if ask.finish is None or isinstance(ask.params, list):
        return ask.params
    return ask.finish(view, ask.params)


def _hand_over(call: Call) -> None:
    """Where no trace sees what leaves, the permit is asked now, with the timestamp fixed now. Raises Forbidden."""
    if call.permit is not None:  # a read is stamped when it leaves the limiter's line
        call.stamp_ms()
        call.ask_permit()
    call.heads.append(UNSEEN)


def _said(body: str, reply: object, error: Exception | None) -> dict[str, object]:
    """What the exchange itself said: the body as it came, else the reply, else the JSON in the error's text.

    A body counts as a whole: a page that quotes a reply, or a reply with something behind it, is none.
    """
    if body:
        return {} if GARBLED in body else _object(body, json.loads)
    if isinstance(reply, dict):
        return reply
    said = str(error or "")
    return _object(said[said.find("{") :], lambda text: json.JSONDecoder().raw_decode(text)[0]) if "{" in said else {}


def _object(text: str, read: Callable[[str], Any]) -> dict[str, object]:
    try:
        said = read(text)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
