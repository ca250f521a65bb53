"""Point a ccxt client at a venue on the wire."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

ADDRESSED_ERRORS = {"binanceusdm": "linear"}
"""Whose errors are told apart by address, and under which name those of linear contracts stand."""


def connect(client: Any, url: str) -> None:
    """Rewrite scheme and host of every address in ``client.urls['api']`` to those of ``url``, keeping the paths.

    Stream addresses keep being streams (``ws``), a client without any gets those of its ccxt.pro class, so that whoever
    listens for it listens here, and errors keep their classes. Nothing else is touched: keys, options and markets stay
    as they are.
    Raises ValueError when ``url`` is not an http address with a host.
    """
    target = urlsplit(url)
    if target.scheme not in ("http", "https") or not target.netloc:
        raise ValueError(f"url is {url!r}; it must be an http address such as http://127.0.0.1:8080")
    client.urls["api"] = _pointed(_with_streams(client), target.scheme, target.netloc)
    _keep_errors(client)


def _with_streams(client: Any) -> Any:
    """The client's addresses, with those of the streams that only ccxt.pro knows; bare where there are none."""
    import ccxt.pro

    addresses, kind = client.urls["api"], getattr(ccxt.pro, client.id, None)
    if not isinstance(addresses, dict) or "ws" in addresses or kind is None:
        return addresses
    streams = kind().urls["api"].get("ws")
    return addresses if streams is None else {**addresses, "ws": streams}


def _keep_errors(client: Any) -> None:
    """Let the client map errors as it does at the exchange's own address.

    ccxt 4.5.90 finds the classes of Binance's codes by the beginning of the address that was asked, and knows them as
    bare errors anywhere else (measured). They are put where it looks whatever the address.
    """
    market = ADDRESSED_ERRORS.get(client.id)
    if market is not None:
        for matching in ("exact", "broad"):
            client.exceptions[matching].update(client.exceptions[market].get(matching, {}))


def _pointed(address: Any, scheme: str, host: str) -> Any:
    if isinstance(address, dict):
        return {name: _pointed(inner, scheme, host) for name, inner in address.items()}
    if isinstance(address, list):
        return [_pointed(inner, scheme, host) for inner in address]
    return _pointed_string(address, scheme, host) if isinstance(address, str) else address


def _pointed_string(address: str, scheme: str, host: str) -> str:
    parts = urlsplit(address)
    if not parts.netloc:
        return address
    socket = parts.scheme in ("ws", "wss")
    return urlunsplit(parts._replace(scheme=_socket_scheme(scheme) if socket else scheme, netloc=host))


def _socket_scheme(scheme: str) -> str:
    return "wss" if scheme == "https" else "ws"
