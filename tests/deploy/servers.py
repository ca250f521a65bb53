"""A real Prometheus and a real Alertmanager on loopback, and a webhook that they tell; all of it ends with the test."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

import yaml
from shipped import ALERTS, DEPLOY, binary

T = TypeVar("T")

LIMIT_S = 60.0
"""How long anything may take here, on a busy machine."""
LOOK_AGAIN_S = 0.1


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def until(ask: Callable[[], T | None], what: str) -> T:
    """The first answer that is something. Fails when there is none in time."""
    ends_s = time.monotonic() + LIMIT_S
    while time.monotonic() < ends_s:
        if (answer := ask()) is not None:
            return answer
        time.sleep(LOOK_AGAIN_S)
    raise AssertionError(f"not within {LIMIT_S:g} s: {what}")


class Webhook:
    """Keeps what Alertmanager tells: status and labels of each alert, in order."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, str], dict[str, str]]] = []
        told = self.told

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                told.extend((a["status"], a["labels"], a["annotations"]) for a in body["alerts"])
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Nothing is to be read here."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def heard(self, status: str, alert: str) -> dict[str, str] | None:
        """The labels of the first such alert that was told with that status."""
        found = (labels for said, labels, _ in self.told if (said, labels["alertname"]) == (status, alert))
        return next(found, None)

    def close(self) -> None:
        """Hear no more."""
        self._server.shutdown()
        self._server.server_close()


class Prometheus:
    """One that runs: what it knows is asked over HTTP."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}"

    def get(self, path: str) -> Any:
        """The data of an answer; None while there is none."""
        try:
            with urllib.request.urlopen(self._url + path, timeout=5) as reply:
                return json.loads(reply.read())["data"]
        except OSError:
            return None

    def value(self, query: str) -> float | None:
        """The one value of a query; None when there is none."""
        found = self.get(f"/api/v1/query?query={urllib.parse.quote(query)}")
        return float(found["result"][0]["value"][1]) if found and found["result"] else None

    def values(self, query: str, label: str) -> dict[str, float]:
        """The values of a query by one label."""
        found = self.get(f"/api/v1/query?query={urllib.parse.quote(query)}")
        return {s["metric"].get(label, ""): float(s["value"][1]) for s in found["result"]} if found else {}


def hastened(rules: str) -> str:
    """The shipped rules with short windows, so that a test need not wait for minutes; nothing else is changed."""
    rules = re.sub(r"\[5m\]|offset 5m", lambda found: found[0].replace("5m", "10s"), rules)
    return re.sub(r"for: \w+", "for: 1s", rules)


@contextmanager
def running(where: Path, targets: list[str], webhook: str) -> Iterator[Prometheus]:
    """Both, with the shipped rules and routes; only windows, addresses and intervals are the test's own."""
    ports = [free_port() for _ in range(2)]
    config = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config["scrape_configs"][0]["static_configs"] = [{"targets": targets}]
    config["alerting"]["alertmanagers"][0]["static_configs"] = [{"targets": [f"127.0.0.1:{ports[1]}"]}]
    (where / "alerts.yml").write_text(hastened(ALERTS.read_text()))
    (where / "prometheus.yml").write_text(yaml.safe_dump(config))
    routes = (DEPLOY / "alertmanager" / "alertmanager.yml").read_text().replace("http://127.0.0.1:9099/", webhook)
    (where / "alertmanager.yml").write_text(routes.replace("group_interval: 10s", "group_interval: 1s"))
    with (
        ended(
            where / "prometheus.log", binary("prometheus"), f"--config.file={where / 'prometheus.yml'}",
            f"--storage.tsdb.path={where / 'figures'}", f"--web.listen-address=127.0.0.1:{ports[0]}",
        ),
        ended(
            where / "alertmanager.log", binary("prometheus-alertmanager"),
            f"--config.file={where / 'alertmanager.yml'}", f"--storage.path={where / 'silences'}",
            f"--web.listen-address=127.0.0.1:{ports[1]}", "--cluster.listen-address=",
        ),
    ):
        prometheus = Prometheus(ports[0])
        until(lambda: prometheus.get("/api/v1/rules"), "Prometheus answers")
        yield prometheus


@contextmanager
def ended(log: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is ended, by its own id, when the block is left."""
    with log.open("wb") as said:
        process = subprocess.Popen(words, stdout=said, stderr=said, env={**os.environ, "LC_ALL": "C"})
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
