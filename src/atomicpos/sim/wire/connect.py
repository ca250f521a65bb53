"""Point a ccxt client at a venue on the wire."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit


def connect(client: Any, url: str) -> None:
    """Rewrite scheme and host of every address in ``client.urls['api']`` to those of ``url``, keeping the paths.

    Nothing else is touched: keys, options and markets stay as they are. Stream addresses keep being streams (``ws``).
    Raises ValueError when ``url`` is not an http address with a host.
    """
    target = urlsplit(url)
    if target.scheme not in ("http", "https") or not target.netloc:
        raise ValueError(f"url is {url!r}; it must be an http address such as http://127.0.0.1:8080")
    client.urls["api"] = _pointed(client.urls["api"], target.scheme, target.netloc)


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
