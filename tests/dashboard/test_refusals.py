"""Requests that must change nothing: unauthenticated, from other sites, and malformed ones."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from serving import Answer, Served, request

from atomicpos.sim.wire.process import VenueProcess

pytestmark = pytest.mark.process

FLATTEN = {"confirm": "flatten", "by": "nobody"}
EVIL = "http://evil.example"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request: an act as the page sends it, but for what is changed; ``None`` leaves a header out."""

    name: str
    status: int
    act: str = "close"
    headers: Mapping[str, str | None] = field(default_factory=dict)
    body: Any = None
    method: str = "POST"
    path: str = ""
    words: Mapping[str, Any] | None = None


def close_words(served: Served) -> dict[str, Any]:
    return {"id": served.id_of("AVLUSDT"), "by": "nobody"}


def made(attempt: Attempt, served: Served) -> bytes:
    """The bytes of the attempt."""
    own = {
        "Host": served.host, "Origin": f"http://{served.host}", "Sec-Fetch-Site": "same-origin",
        "Authorization": f"Bearer {served.token}", "X-Atomicpos": "act", "Content-Type": "application/json",
        "Connection": "close",
    }  # fmt: skip
    for name, value in attempt.headers.items():
        own.pop(name, None)
        if value is not None:
            own[name] = value.replace("{host}", served.host).replace("{token}", served.token)
    words = FLATTEN if attempt.act == "flatten-all" else close_words(served)
    if attempt.words is not None:
        words = {**words, **attempt.words}
        words = {name: value for name, value in words.items() if value is not ...}
    body = attempt.body if attempt.body is not None else json.dumps(words).encode()
    return request(attempt.method, attempt.path or f"/api/act/{attempt.act}", own, body)


WITHOUT_TOKEN = [
    Attempt("no token", 401, headers={"Authorization": None}),
    Attempt("an empty token", 401, headers={"Authorization": "Bearer "}),
    Attempt("another token", 401, headers={"Authorization": "Bearer " + "a" * 43}),
    Attempt("the token and a letter", 401, headers={"Authorization": "Bearer {token}x"}),
    Attempt("the token twice", 401, headers={"Authorization": "Bearer {token}{token}"}),
    Attempt("the token without its kind", 401, headers={"Authorization": "{token}"}),
    Attempt("the token as a password", 401, headers={"Authorization": "Basic {token}"}),
    Attempt("the token in small letters' kind", 401, headers={"Authorization": "bearer {token}"}),
    Attempt("the token in a cookie", 401, headers={"Authorization": None, "Cookie": "token={token}"}),
    Attempt("the token in the address", 401, headers={"Authorization": None}, path="/api/act/close?token={token}"),
    Attempt("a token that is not ASCII", 401, headers={"Authorization": "Bearer t\xf6ken"}),
    Attempt("a huge token", 401, headers={"Authorization": "Bearer " + "a" * 4_000}),
    *(
        Attempt(f"no token: {act}", 401, act=act, headers={"Authorization": None})
        for act in ("look", "move-stop", "resolve", "flatten-all")
    ),
]
FROM_ELSEWHERE = [
    Attempt("another origin", 403, headers={"Origin": EVIL}),
    Attempt("another port of this host", 403, headers={"Origin": "http://127.0.0.1:1"}),
    Attempt("an origin that begins like ours", 403, headers={"Origin": "http://{host}.evil.example"}),
    Attempt("an origin with ours as its user", 403, headers={"Origin": "http://{host}@evil.example"}),
    Attempt("an origin that hides itself", 403, headers={"Origin": "null"}),
    Attempt("an origin of another kind", 403, headers={"Origin": "file://{host}"}),
    Attempt("an extension's origin", 403, headers={"Origin": "chrome-extension://abcdefgh"}),
    Attempt("an empty origin", 403, headers={"Origin": ""}),
    Attempt("an origin that is no address", 403, headers={"Origin": "http://[::1"}),
    Attempt("a cross-site fetch", 403, headers={"Sec-Fetch-Site": "cross-site"}),
    Attempt("a same-site fetch", 403, headers={"Sec-Fetch-Site": "same-site"}),
    Attempt("a cross-site fetch that hides its origin", 403, headers={"Origin": None, "Sec-Fetch-Site": "cross-site"}),
    Attempt("a form of another site", 403, headers={
        "Origin": EVIL, "Content-Type": "application/x-www-form-urlencoded", "Authorization": None, "X-Atomicpos": None,
    }),
    Attempt("a name that was pointed here", 421, headers={"Host": "evil.example"}),
    Attempt("that name with the port", 421, headers={"Host": "evil.example:8321", "Origin": "http://evil.example:8321"}),
    Attempt("our address without its port", 421, headers={"Host": "127.0.0.1"}),
    Attempt("our address with another port", 421, headers={"Host": "127.0.0.1:1"}),
    Attempt("our address spelt otherwise", 421, headers={"Host": "2130706433"}),
    Attempt("an empty host", 421, headers={"Host": ""}),
    Attempt("a host behind a proxy", 421, headers={"Host": "evil.example", "X-Forwarded-Host": "{host}"}),
]
MALFORMED = [
    Attempt("no header of ours", 403, headers={"X-Atomicpos": None}),
    Attempt("our header with another word", 403, headers={"X-Atomicpos": "yes"}),
    Attempt("a form", 415, headers={"Content-Type": "application/x-www-form-urlencoded"}),
    Attempt("text", 415, headers={"Content-Type": "text/plain"}),
    Attempt("text that hides its kind", 415, headers={"Content-Type": "text/plain; application/json"}),
    Attempt("no kind", 415, headers={"Content-Type": None}),
    Attempt("another encoding", 415, headers={"Content-Type": "application/json; charset=utf-7"}),
    Attempt("compressed", 415, headers={"Content-Encoding": "gzip"}),
    Attempt("a get", 405, method="GET"),
    Attempt("a put", 405, method="PUT"),
    Attempt("a delete", 405, method="DELETE"),
    Attempt("a question before the act", 405, method="OPTIONS"),
    Attempt("a post to what is read", 405, path="/api/first"),
    Attempt("a method of one's own", 405, method="CLOSE"),
    Attempt("an act that does not exist", 404, act="open"),
    Attempt("an act with more of a path", 404, act="close/now"),
    Attempt("a path that goes up", 404, act="look/../close"),
    Attempt("a body that is too long", 413, body=b'{"id":"' + b"a" * 5_000 + b'"}'),
    Attempt("no JSON", 422, body=b"id=1"),
    Attempt("half a JSON", 422, body=b'{"id": "'),
    Attempt("JSON without an end", 422, body=b"[" * 4_000),
    Attempt("a list", 422, body=b'["close"]'),
    Attempt("null", 422, body=b"null"),
    Attempt("bytes that are no text", 422, body=b'{"id": "\xff\xfe", "by": "x"}'),
    Attempt("no name", 422, words={"by": ...}),
    Attempt("an empty name", 422, words={"by": "  "}),
    Attempt("a name that is too long", 422, words={"by": "n" * 65}),
    Attempt("a name with a line break", 422, words={"by": "a\nb"}),
    Attempt("a number as a name", 422, words={"by": 7}),
    Attempt("a word that no act has", 422, words={"force": "yes"}),
    Attempt("a list as the id", 422, words={"id": ["a"]}),
    Attempt("an id that is no position's", 404, words={"id": "nobodys"}),
    Attempt("an id with a pattern", 404, words={"id": "%"}),
    Attempt("a quantity that is no number", 422, words={"quantity": "all"}),
    Attempt("a negative quantity", 422, words={"quantity": "-1"}),
    Attempt("more than there is", 422, words={"quantity": "100000"}),
    Attempt("a quantity without an end", 422, words={"quantity": "NaN"}),
    Attempt("a stop without a place", 422, act="move-stop"),
    Attempt("a stop beyond the price", 422, act="move-stop", words={"price": "100000"}),
    Attempt("a stop at two places", 422, act="move-stop", words={"price": "1", "percent": "2"}),
    Attempt("an end that is none", 422, act="resolve", words={"as": "open", "reason": "because"}),
    Attempt("an end of what is protected", 422, act="resolve", words={"as": "closed", "reason": "because"}),
    Attempt("an end without a reason", 422, act="resolve", words={"as": "closed", "reason": ""}),
    Attempt("everything, without the word", 422, act="flatten-all", words={"confirm": "yes"}),
]
ATTEMPTS = [*WITHOUT_TOKEN, *FROM_ELSEWHERE, *MALFORMED]


@pytest.fixture
def unchanged(acting: Served, venue: VenueProcess) -> Iterator[None]:
    """Whatever the test does: rows, orders and acts, and what the venue holds, are afterwards what they were before."""
    rows, truth = acting.rows(), held(venue)
    yield
    assert acting.rows() == rows
    assert held(venue) == truth


def held(venue: VenueProcess) -> dict[str, Any]:
    """What the venue itself holds of both positions, and how many orders it ever took."""
    truth = venue.truth()
    kept = ("quantity", "stop_quantity", "stops", "orders", "entries")
    return {symbol: {name: truth[symbol][name] for name in kept} for symbol in ("AVLUSDT", "XRPUSDT")}


def test_there_are_at_least_fifty() -> None:
    """Each of its own: no two attempts are alike."""
    assert len(ATTEMPTS) >= 50
    assert len({attempt.name for attempt in ATTEMPTS}) == len(ATTEMPTS)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.name)
def test_a_request_that_must_not_pass_changes_nothing(acting: Served, attempt: Attempt) -> None:
    """It is answered with its status and one sentence, which holds neither the token nor a place in our code."""
    answer = acting.raw(made(attempt, acting))
    assert answer.status == attempt.status, answer.body
    assert acting.token.encode() not in answer.body
    assert b"Traceback" not in answer.body
    if answer.status not in (404, 405):
        assert set(answer.json) == {"error"}


def _no_host(served: Served) -> Answer:
    return served.raw(b"GET /api/first HTTP/1.1\r\nConnection: close\r\n\r\n")


def _two_hosts(served: Served) -> Answer:
    return served.raw(f"GET / HTTP/1.1\r\nHost: {served.host}\r\nHost: evil.example\r\n\r\n".encode())


def _two_lengths(served: Served) -> Answer:
    head = f"POST /api/act/close HTTP/1.1\r\nHost: {served.host}\r\nContent-Length: 2\r\nContent-Length: 40\r\n\r\n{{}}"
    return served.raw(head.encode())


def _smuggled(served: Served) -> Answer:
    """A request inside another one's body is never a request."""
    inner = made(Attempt("inner", 0), served)
    outer = request("POST", "/api/act/close", {
        "Host": served.host, "Content-Length": str(len(inner)), "Transfer-Encoding": "chunked", "Connection": "close",
    }, b"0\r\n\r\n" + inner)
    return served.raw(outer)


def _no_http(served: Served) -> Answer:
    return served.raw(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")


def _endless_head(served: Served) -> Answer:
    return served.raw(f"GET / HTTP/1.1\r\nHost: {served.host}\r\nX: ".encode() + b"a" * 40_000, close_after=True)


def _websocket(served: Served) -> Answer:
    return served.get("/api/stream", Upgrade="websocket", Connection="Upgrade", Origin=EVIL, Sec_WebSocket_Version="13")


def _untold_length(served: Served) -> Answer:
    """Chunks that never say how long they will be: counted as they come."""
    body = b"400\r\n" + b"a" * 0x400 + b"\r\n"
    head = {
        "Host": served.host, "Authorization": f"Bearer {served.token}", "X-Atomicpos": "act",
        "Content-Type": "application/json", "Transfer-Encoding": "chunked", "Connection": "close",
    }  # fmt: skip
    return served.raw(request("POST", "/api/act/close", head, body * 8 + b"0\r\n\r\n"))


RAW: list[tuple[Callable[[Served], Answer], set[int]]] = [
    (_no_host, {400}), (_two_hosts, {400, 421}), (_two_lengths, {400}), (_smuggled, {400, 401, 403}),
    (_no_http, {0, 400}), (_endless_head, {0, 400, 431}), (_websocket, {403}), (_untold_length, {413}),
]


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(("send", "statuses"), RAW, ids=lambda each: getattr(each, "__name__", ""))
def test_what_is_hardly_http_changes_nothing(
    acting: Served, send: Callable[[Served], Answer], statuses: set[int]
) -> None:
    """It is refused, or the connection is closed; the next request is answered as ever."""
    assert send(acting).status in statuses
    assert acting.get("/api/about").status == 200


@pytest.mark.usefixtures("unchanged")
def test_a_body_that_never_arrives_is_given_up(acting: Served) -> None:
    """After five seconds the act is refused; meanwhile others are answered."""
    head = {
        "Host": acting.host, "Authorization": f"Bearer {acting.token}", "X-Atomicpos": "act",
        "Content-Type": "application/json", "Content-Length": "100",
    }  # fmt: skip
    with socket.create_connection(("127.0.0.1", acting.port), timeout=10) as slow:
        slow.sendall(request("POST", "/api/act/close", head) + b"{")
        assert acting.get("/api/about").status == 200
        assert b" 408 " in slow.recv(65_536).split(b"\r\n")[0]


# --- reading ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "headers", "status"), [
    ("/", {}, 200),
    ("/", {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}, 200),
    ("/", {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "iframe"}, 403),
    ("/api/first", {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors"}, 403),
    ("/api/first", {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}, 403),
    ("/api/first", {"Origin": EVIL}, 403),
    ("/api/stream", {"Origin": EVIL}, 403),
    ("/assets/main.js", {"Sec_Fetch_Site": "cross-site"}, 403),
    ("/assets/../serving.py", {}, 404),
    ("/assets/%2e%2e%2fserving.py", {}, 404),
    ("/assets/nothing.js", {}, 404),
    ("/api/positions?state=naked", {}, 422),
    ("/api/positions?before=x", {}, 422),
    ("/api/positions?text=" + "a" * 101, {}, 422),
    ("/api/position/nobodys", {}, 404),
    ("/nothing", {}, 404),
    ("/api/first", {"Authorization": "Bearer wrong"}, 401),
])
def test_who_may_read(acting: Served, path: str, headers: dict[str, str], status: int) -> None:
    """A link may lead to the page; nothing else of it is had from another site, and nothing beside it is served."""
    assert acting.get(path, **headers).status == status


def test_every_answer_carries_the_rules_of_the_page(acting: Served) -> None:
    """Nothing from elsewhere, nothing framed, nothing kept; and no answer allows another origin anything."""
    for path in ("/", "/api/first", "/assets/main.js", "/nothing", "/api/act/close"):
        answer = acting.get(path)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'")
        assert "unsafe" not in policy
        assert "require-trusted-types-for 'script'" in policy
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert "set-cookie" not in answer.headers
        assert "server" not in answer.headers


def test_no_secret_is_in_anything_that_is_served(acting: Served, venue: VenueProcess) -> None:
    """Neither the token nor the exchange's keys, on no page and in no answer."""
    told = b"".join(acting.get(path).body for path in (
        "/", "/api/about", "/api/first", "/api/positions", "/api/leases", "/api/spread", "/api/symbols",
        f"/api/position/{acting.id_of('AVLUSDT')}", *(f"/assets/{name}" for name in ("main.js", "net.js", "acts.js")),
    ))  # fmt: skip
    for secret in (acting.token, venue.api_key, venue.secret):
        assert secret.encode() not in told
