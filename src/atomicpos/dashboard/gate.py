"""Who may pass: a pure judgement over a request's head, made before anything of it is carried out.

A browser that visits another site can be made to send requests here. It cannot set our own header nor read our answers,
it says where it comes from (``Origin``, ``Sec-Fetch-Site``), and a name that was pointed at this address carries itself
in ``Host``. Nothing is kept in cookies: a browser adds nothing by itself that would let a request pass, and another
service on this host, whose cookies would be ours, learns nothing.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from .limits import BODY_BYTES_MOST, TOKEN_BITS_LEAST, TOKEN_CHARACTERS_MOST

OWN_HEADER = "x-atomicpos"
OWN_VALUE = "act"
_BEARER = "Bearer "
_BITS_A_CHARACTER = 4
"""What one character of a token is taken to hold at the least: that of a hexadecimal digit."""
TOKEN_CHARACTERS_LEAST = TOKEN_BITS_LEAST // _BITS_A_CHARACTER


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not carried out, in one sentence."""

    status: int
    why: str


@dataclass(frozen=True, slots=True)
class Lock:
    """What a request must bring: a host of the list; the token for acts, and for reading too where that is closed."""

    hosts: frozenset[str]
    """The values of ``Host`` that mean us, in small letters, with the port where one is needed."""
    token: str
    reading_needs_token: bool

    def opens(self, given: str) -> bool:
        """Whether that is the token; takes equally long whatever is wrong with it."""
        return hmac.compare_digest(given.encode(), self.token.encode())


@dataclass(frozen=True, slots=True)
class Head:
    """A request's head: names of headers in small letters, each as often as it came."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]

    def every(self, name: str) -> list[str]:
        """All values of that header."""
        return [value for found, value in self.headers if found == name]

    def one(self, name: str) -> str | None:
        """The value of that header; None when it is missing, or came more than once."""
        found = self.every(name)
        return found[0] if len(found) == 1 else None

    @property
    def token(self) -> str:
        """What it brings as a token; empty for nothing."""
        given = self.one("authorization") or ""
        return given.removeprefix(_BEARER) if given.startswith(_BEARER) else ""


ACTS = "/api/act/"
API = "/api/"
_READING = frozenset({"GET", "HEAD"})


def judge(head: Head, lock: Lock, *, opened: bool) -> Refusal | None:
    """Why this request may not pass; None when it may. ``opened``: it brought the right token.

    In this order: where it was sent to, where it comes from, what it is, and only then who sends it.
    """
    return _misdirected(head, lock) or _from_elsewhere(head, lock) or _malformed(head) or _unknown(head, lock, opened)


def _misdirected(head: Head, lock: Lock) -> Refusal | None:
    host = head.one("host")
    if host is None or host.lower() not in lock.hosts:
        return Refusal(421, "this host name is not one of the dashboard's; --allow-host adds one")
    return None


def _from_elsewhere(head: Head, lock: Lock) -> Refusal | None:
    site, origins = head.one("sec-fetch-site"), head.every("origin")
    followed = head.method == "GET" and head.path == "/" and head.one("sec-fetch-mode") == "navigate"
    if any(not _ours(origin, lock) for origin in origins) or len(origins) > 1:
        return Refusal(403, "the request comes from another site")
    # a link in a message may lead to the page itself; the page holds nothing, and nobody may frame it
    if head.every("sec-fetch-site") and site not in ("same-origin", "none") and not followed:
        return Refusal(403, "the request comes from another site")
    if followed and head.one("sec-fetch-dest") not in (None, "document"):
        return Refusal(403, "the page cannot be part of another one")
    return None


def _ours(origin: str, lock: Lock) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc.lower() in lock.hosts and not parts.path


def _malformed(head: Head) -> Refusal | None:
    if not head.path.startswith(ACTS):
        return None if head.method in _READING else Refusal(405, f"{head.method} is not answered here")
    if head.method != "POST":
        return Refusal(405, "an act is a POST")
    if head.one(OWN_HEADER) != OWN_VALUE:
        return Refusal(403, f"an act carries the header {OWN_HEADER}: {OWN_VALUE}")
    if not _is_json(head.one("content-type")):
        return Refusal(415, "an act is JSON: Content-Type: application/json")
    if head.every("content-encoding"):
        return Refusal(415, "an act is not compressed")
    length = head.every("content-length")
    if length and (len(length) > 1 or not length[0].isascii() or not length[0].isdigit()):
        return Refusal(400, "Content-Length is no number")
    if length and int(length[0][:10]) > BODY_BYTES_MOST:
        return Refusal(413, f"an act has at most {BODY_BYTES_MOST} bytes")
    return None


def _is_json(given: str | None) -> bool:
    kind, _, parameters = (given or "").partition(";")
    return kind.strip().lower() == "application/json" and parameters.strip().lower() in ("", "charset=utf-8")


def _unknown(head: Head, lock: Lock, opened: bool) -> Refusal | None:
    needed = head.path.startswith(ACTS) or (head.path.startswith(API) and lock.reading_needs_token)
    if not needed or opened:
        return None
    what = "an act needs" if head.path.startswith(ACTS) else "reading here needs"
    return Refusal(401, f"{what} the dashboard's token, as Authorization: Bearer ...")


# --- the token ------------------------------------------------------------------------------------------------


def drawn_token() -> str:
    """A new token of 256 bits."""
    return secrets.token_urlsafe(32)


def weakness(token: str) -> str | None:
    """Why this is no token; None when it is one. Never quotes it."""
    if not token.isascii() or not token.isprintable() or " " in token:
        return "the token has characters that no header can carry; use letters, digits, - and _"
    if not TOKEN_CHARACTERS_LEAST <= len(token) <= TOKEN_CHARACTERS_MOST:
        return (
            f"the token has {len(token)} characters; it needs {TOKEN_CHARACTERS_LEAST} to {TOKEN_CHARACTERS_MOST}, "
            f"{TOKEN_BITS_LEAST} bits: python -c 'import secrets; print(secrets.token_urlsafe(32))' makes one"
        )
    if len(set(token)) < 8:
        return "the token repeats too few characters to be a secret"
    return None


def hosts_of(host: str, port: int, others: tuple[str, ...]) -> frozenset[str]:
    """The values of ``Host`` that mean us: the address itself, the names of loopback where it is one, and others."""
    names = {f"[{host}]" if ":" in host else host}
    if is_loopback(host):
        names |= {"127.0.0.1", "localhost", "[::1]"}
    own = {f"{name}:{port}" for name in names} | (names if port == 80 else set())
    return frozenset(name.lower() for name in (*own, *others))


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches that address."""
    return host in ("localhost", "::1") or _in_127(host)


def _in_127(host: str) -> bool:
    parts = host.split(".")
    return len(parts) == 4 and parts[0] == "127" and all(part.isdigit() and int(part) < 256 for part in parts)


HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
"""Nothing is loaded from anywhere else, nothing is shown inside anything else, and nothing stays in a cache."""
