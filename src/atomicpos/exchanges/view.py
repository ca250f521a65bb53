"""A view of the caller's ccxt client: it shares the client's state, and alters nothing of it.

The view is an object of a subclass of the client's own class with the *same* ``__dict__``: keys, options, markets,
urls, proxies and limiter are the caller's, also when the caller changes them later. What we need otherwise (a traced
session, one pinned timestamp, our receive window, no waiting for protective writes, no re-sends, numbers as strings)
is defined on the subclass by data descriptors, which win over attributes of the same name in the shared state. The
bot's own calls behave as before. Measured with ccxt 4.5.90.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import cache
from types import MethodType
from typing import Any

from .call import CALL, Call
from .session import Session
from .tab import Tab, in_debt

_REMEMBERED = (
    "last_http_response", "last_json_response", "last_response_headers", "last_request_body", "last_request_url",
    "last_request_headers", "lastRestRequestTimestamp",
)  # fmt: skip
"""What ccxt notes on the instance about its last request: ours stay on the view."""


class _Ours:
    """A method that no attribute of the shared state can hide; a patch that the caller sets stays the caller's."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    def __get__(self, view: Any, owner: type | None = None) -> Any:
        return self if view is None else MethodType(self._function, view)

    def __set__(self, view: Any, value: object) -> None:
        view.__dict__[self._function.__name__] = value


class _Fixed:
    """An attribute with one value on the view, whatever the shared state says; setting it changes nothing."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __get__(self, view: Any, owner: type | None = None) -> Any:
        return self._value

    def __set__(self, view: Any, value: object) -> None:
        return None


class _Private:
    """An attribute that is written on the view and not into the shared state."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, view: Any, owner: type | None = None) -> Any:
        return None if view is None else view.view_notes.get(self._name, 0 if "Timestamp" in self._name else None)

    def __set__(self, view: Any, value: object) -> None:
        view.view_notes[self._name] = value


def _theirs(view: Any, name: str) -> Any:
    """The caller's own patch of that method on the instance, else their class's method, bound to the view."""
    patched = view.__dict__.get(name)
    return patched if patched is not None else MethodType(getattr(type(view).__mro__[1], name), view)


def nonce(self: Any) -> Any:
    """Our clock, read once for each call, less the clock difference that the client measured."""
    call = CALL.get()
    if call is None:
        return _theirs(self, "nonce")()
    return call.signing_ms(self.safe_integer(self.options, "timeDifference", 0) or 0)


async def throttle(self: Any, cost: Any = None) -> Any:
    """An urgent call pays the shared limiter without standing in its first-come-first-served queue."""
    call = CALL.get()
    if call is None:
        return await _theirs(self, "throttle")(cost)
    if not call.urgent or (call.debt_s_max and in_debt(self.throttler, call.debt_s_max)):
        return await _in_line(call, _theirs(self, "throttle")(cost))
    self.view_tab.pay(self.throttler, cost)
    return None


async def _in_line(call: Call, waiting: Awaitable[Any]) -> Any:
    """Stand in line, and note for how long."""
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    try:
        return await waiting
    finally:
        call.waited_us += round((loop.time() - began_s) * 1_000_000)


def handle_option_integer_and_params(self: Any, params: Any, method: Any, option: Any, default: Any = None) -> Any:
    """Never a second send (F10): ccxt repeats any request, orders included, ``maxRetriesOnFailure`` times."""
    value, rest = _theirs(self, "handle_option_integer_and_params")(params, method, option, default)
    return [0 if option == "maxRetriesOnFailure" else value, rest]


def sign(self: Any, *args: Any, **kwargs: Any) -> Any:
    """Sign with our receive window. Bybit reads it from the options only: swapped and put back without a pause; OKX
    reads it from a header, which is added to what was signed."""
    call = CALL.get()
    if call is None or call.recv_window_ms is None:
        return _theirs(self, "sign")(*args, **kwargs)
    signed = _signed_in_window(self, call.recv_window_ms, args, kwargs)
    if expiry := call.expiry():
        signed["headers"] = {**(signed.get("headers") or {}), **expiry}
    return signed


def _signed_in_window(self: Any, recv_window_ms: int, args: Any, kwargs: Any) -> Any:
    missing = object()
    before = self.options.get("recvWindow", missing)
    self.options["recvWindow"] = recv_window_ms
    try:
        return _theirs(self, "sign")(*args, **kwargs)
    finally:
        if before is missing:
            del self.options["recvWindow"]
        else:
            self.options["recvWindow"] = before


def on_rest_response(self: Any, code: Any, reason: Any, url: Any, method: Any, headers: Any, body: Any,
                     *request: Any) -> Any:  # fmt: skip
    """Note the reply as it came, before anything is made of it."""
    if (call := CALL.get()) is not None:
        call.status, call.body = code, body
    return _theirs(self, "on_rest_response")(code, reason, url, method, headers, body, *request)


async def load_markets(self: Any, *args: Any, **kwargs: Any) -> Any:
    """On the owner, so that the bot's markets keep its number type; shielded, since waiters share one task."""
    return await asyncio.shield(asyncio.ensure_future(self.view_owner.load_markets(*args, **kwargs)))


def open(self: Any, lazy: bool = False) -> None:
    """Nothing to do: the view's session opens when it is asked for."""


async def close(self: Any, *args: Any, **kwargs: Any) -> None:
    """Close the view's session; the caller's stays open."""
    await self.view_session.close()


_OURS = (nonce, throttle, handle_option_integer_and_params, sign, on_rest_response, load_markets, open, close)


@cache
def _kind(cls: type) -> type:
    """The view's class for that client class."""
    namespace: dict[str, Any] = {
        "__slots__": ("view_notes", "view_owner", "view_session", "view_tab"),
        "__del__": lambda self: None,  # ccxt's own would complain about a session that is not the view's
        "__module__": cls.__module__,
        "number": _Fixed(str),
        "fetchHistoryCacheSize": _Fixed(0),
        "session": property(lambda self: self.view_session.current(), lambda self, value: None),
    }
    namespace.update({name: _Private() for name in _REMEMBERED})
    namespace.update({function.__name__: _Ours(function) for function in _OURS})
    return type(cls.__name__, (cls,), namespace)


def view(client: Any) -> Any:
    """A view of that async ccxt client: costs microseconds, opens nothing, and sets nothing on the client."""
    cls: Any = type(client)
    seen: Any = object.__new__(_kind(cls))
    seen.__dict__ = client.__dict__
    seen.view_notes, seen.view_owner, seen.view_session = {}, client, Session(client)
    seen.view_tab = Tab()
    return seen
