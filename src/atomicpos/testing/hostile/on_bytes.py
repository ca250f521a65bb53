"""What is done to the bytes of a reply, whatever they say."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace

from .operators import Operator
from .reply import Reply

_HTML = "text/html; charset=utf-8"
_PAGE = b"<html><head><title>%s</title></head><body><script>var a={\"b\":1};</script></body></html>"

Act = Callable[[Reply, random.Random], Reply]


def on_bytes(reply: Reply, operator: Operator, rng: random.Random) -> Reply | None:
    """The reply with its bytes struck; None where there are none to strike."""
    return _ACTS[operator](reply, rng) if len(reply.body) > 1 else None


def _cut(reply: Reply, rng: random.Random) -> Reply:
    return replace(reply, body=reply.body[: rng.randrange(1, len(reply.body))])


def _page(reply: Reply, rng: random.Random) -> Reply:
    word = rng.choice([b"Just a moment...", b"502 Bad Gateway", b"{maintenance}"])
    return replace(reply, body=_PAGE % word, content_type=rng.choice([_HTML, reply.content_type]))


def _around(reply: Reply, rng: random.Random) -> Reply:
    return replace(reply, body=b"<html><pre>" + reply.body + b"</pre></html>", content_type=_HTML)


def _trailing(reply: Reply, rng: random.Random) -> Reply:
    return replace(reply, body=reply.body + rng.choice([b"{}", reply.body, b"\x00\x00", b"<!-- proxy -->", b"]"]))


def _garbage(reply: Reply, rng: random.Random) -> Reply:
    return replace(reply, body=rng.choice([rng.randbytes(80), reply.body]), encoding=rng.choice(["gzip", "deflate"]))


def _latin1(reply: Reply, rng: random.Random) -> Reply:
    place = rng.randrange(len(reply.body))
    return replace(reply, body=reply.body[:place] + "é£ÿ".encode("latin-1") + reply.body[place:])


def _encoded(encoding: str, named: str | None = None) -> Act:
    def act(reply: Reply, rng: random.Random) -> Reply:
        header = reply.content_type if named is None else f"application/json; charset={named}"
        return replace(reply, body=reply.text.encode(encoding), content_type=header)

    return act


def _error(reply: Reply, rng: random.Random) -> Reply:
    return replace(reply, status=rng.choice([400, 403, 404, 429, 500, 502, 503, 504, 524]))


_ACTS: Mapping[Operator, Act] = {
    Operator.CUT: _cut,
    Operator.NOTHING: lambda reply, rng: replace(reply, body=rng.choice([b"", b" ", b"null", b"0", b'""', b"[]"])),
    Operator.HTML: _page,
    Operator.HTML_AROUND: _around,
    Operator.TRAILING: _trailing,
    Operator.UTF16: _encoded("utf-16"),
    Operator.UTF16_NAMED: _encoded("utf-16", "utf-16"),
    Operator.LATIN1: _latin1,
    Operator.BOM: _encoded("utf-8-sig"),
    Operator.GZIP_GARBAGE: _garbage,
    Operator.SERVER_ERROR: _error,
}
