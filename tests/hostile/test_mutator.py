"""The mutator: every operator does something, and the same seed does the same."""

from __future__ import annotations

import json

import pytest

from atomicpos.testing.hostile import FORGERIES, LIES, Operator, Reply, strike

ROW = {"symbol": "AVLUSDT", "side": "Buy", "size": "10", "orderId": "u-1", "orderLinkId": "ap-1", "positionIdx": 0,
       "updatedTime": "1760000000000"}  # fmt: skip
HONEST = Reply(json.dumps(
    {"retCode": 0, "retMsg": "OK", "result": {"list": [ROW, {**ROW, "size": "7"}], "nextPageCursor": ""}},
    separators=(",", ":"),
).encode())  # fmt: skip
SEEDS = range(40)


@pytest.mark.parametrize("operator", Operator)
def test_every_operator_strikes_and_a_seed_repeats(operator: Operator) -> None:
    """Over some seeds the reply is another one, and every seed makes the same twice."""
    struck = [strike(HONEST, operator, seed) for seed in SEEDS]
    assert struck == [strike(HONEST, operator, seed) for seed in SEEDS]
    assert any(one not in (None, HONEST) for one in struck)


@pytest.mark.parametrize("body", [b"", b"x", b"[]", b"{}", b"null", b'{"retCode":0}', b'{"result":{"list":null}}'])
@pytest.mark.parametrize("operator", Operator)
def test_any_reply_may_be_struck(operator: Operator, body: bytes) -> None:
    """What has nothing to strike is left alone, and nothing is raised."""
    for seed in SEEDS:
        strike(Reply(body), operator, seed)


@pytest.mark.parametrize("operator", sorted(set(Operator) - LIES))
def test_what_is_no_lie_leaves_no_other_reply_to_read(operator: Operator) -> None:
    """Struck by it, the rows read as they were, less what was taken away, or not at all."""
    true = {value for row in (ROW, {**ROW, "size": "7"}) for value in row.values() if isinstance(value, str)}
    for seed in SEEDS:
        struck = strike(HONEST, operator, seed)
        rows = _rows(struck)
        texts = {value for row in rows for value in row.values() if isinstance(value, str) and value.isdecimal()}
        assert {text for text in texts if text.isascii() and len(text) < 20} <= true


def _rows(reply: Reply | None) -> list[dict[str, object]]:
    try:
        rows = json.loads(reply.body)["result"]["list"] if reply is not None else []
    except (ValueError, TypeError, KeyError, RecursionError):
        return []
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def test_a_forgery_is_a_lie() -> None:
    """Both are what a single reply can say with the exchange's own authority."""
    assert FORGERIES < LIES
