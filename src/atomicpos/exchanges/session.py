"""The HTTP session of a view: our own, traced and kept warm, never the caller's."""

from __future__ import annotations

import ssl
from typing import Any

import aiohttp

from .call import trace

KEEPALIVE_S = 75.0
"""How long an idle connection is kept: aiohttp's 15 s would make a protective write pay for TCP and TLS again."""


class Session:
    """Opens a session when one is needed and closes only what it opened itself."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._open: aiohttp.ClientSession | None = None

    def current(self) -> aiohttp.ClientSession:
        """An open session. When the connector it shares was closed by its owner, a new one of our own."""
        if self._open is None or self._open.closed:
            self._open = _session(self._client)
        return self._open

    async def close(self) -> None:
        """Close our session; a connector that belongs to the caller stays open."""
        if self._open is not None:
            await self._open.close()
            self._open = None


def _session(client: Any) -> aiohttp.ClientSession:
    given = client.session
    if not client.own_session and isinstance(given, aiohttp.ClientSession) and not given.closed:
        return _sharing(given)
    # limit=0: behind aiohttp's pool of 100 a protective write would wait for the bot's slow requests
    connector = aiohttp.TCPConnector(ssl=_tls(client), limit=0, keepalive_timeout=KEEPALIVE_S)
    return aiohttp.ClientSession(connector=connector, trust_env=client.aiohttp_trust_env, trace_configs=[trace()])


def _sharing(given: aiohttp.ClientSession) -> aiohttp.ClientSession:
    """A traced session over the caller's connector, with its proxies, resolver, cookies and headers."""
    return aiohttp.ClientSession(
        connector=given.connector,
        connector_owner=False,
        cookie_jar=given.cookie_jar,
        headers=given.headers,
        trust_env=given.trust_env,
        trace_configs=[trace()],
    )


def _tls(client: Any) -> Any:
    if client.ssl_context is not None:
        return client.ssl_context
    return ssl.create_default_context(cafile=client.cafile) if client.verify else False
