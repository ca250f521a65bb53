"""Where the metrics are kept: the caller's registry, the default one, or one of our own, served at an address."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from ...announcer import log
from ...errors import InvalidRequest
from .observing import Metrics

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

_lock = threading.Lock()
_of_registry: WeakKeyDictionary[CollectorRegistry, Metrics] = WeakKeyDictionary()
_served: dict[str, _Served] = {}


@dataclass(slots=True)
class _Served:
    """One address, served for as long as anybody wants it."""

    registry: CollectorRegistry
    stop: Callable[[], None]
    wanted: int = 0


@dataclass(frozen=True, slots=True)
class Observed:
    """A listener, and how to let go of what was opened for it."""

    listener: Metrics
    close: Callable[[], None]


def installed(where: object) -> None:
    """Nothing, where no metrics are wanted or they can be had. Raises InvalidRequest without ``prometheus_client``."""
    if where is not None and find_spec("prometheus_client") is None:
        raise InvalidRequest("metrics needs prometheus_client: pip install 'atomicpos[metrics]'")


def observed(where: object) -> Observed:
    """The metrics where the setting says: True, a registry, or an address ``HOST:PORT``.

    Everything that shares a registry, or an address, shares its metrics. Raises InvalidRequest without
    ``prometheus_client``. An address that cannot be served is logged, and nothing else: positions are watched all the
    same.
    """
    installed(where)
    import prometheus_client as client

    if isinstance(where, str):
        return _at(where, client)
    registry: Any = client.REGISTRY if where is True else where
    return Observed(_metrics(registry), lambda: None)


def _metrics(registry: CollectorRegistry) -> Metrics:
    with _lock:
        if registry not in _of_registry:
            _of_registry[registry] = Metrics(registry)
        return _of_registry[registry]


def _at(address: str, client: Any) -> Observed:
    host, _, port = address.rpartition(":")
    with _lock:
        if (served := _served.get(address)) is None:
            registry = client.CollectorRegistry()
            client.ProcessCollector(registry=registry)
            served = _Served(registry, _serve(client, host.strip("[]"), int(port), registry))
            _served[address] = served
        served.wanted += 1
    return Observed(_metrics(served.registry), lambda: _let_go(address))


def _serve(client: Any, host: str, port: int, registry: CollectorRegistry) -> Callable[[], None]:
    try:
        server, thread = client.start_http_server(port, host, registry)
    except OSError as error:
        log.error("metrics cannot be served at %s:%s: %s", host, port, error)
        return lambda: None

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    log.info("metrics are served at http://%s:%s/metrics", host, server.server_port)
    return stop


def _let_go(address: str) -> None:
    with _lock:
        served = _served[address]
        served.wanted -= 1
        if served.wanted:
            return
        del _served[address]
    served.stop()
