"""The margin mode is the account's: read once at the opening, set and read back when asked for."""

from __future__ import annotations

from typing import Any

import pytest
from scripted import AVL, Script

from atomicpos.exchanges.ccxt_adapter import CcxtExchange
from atomicpos.models import MarginMode
from atomicpos.ports import Outcome, OutcomeKind, SetMarginMode

pytestmark = pytest.mark.wire

Scripted = tuple[Script, CcxtExchange]
SET, INFO, POSITION = "/v5/account/set-margin-mode", "/v5/account/info", "/v5/position/list"
OK: dict[str, Any] = {"retCode": "0", "retMsg": "OK", "result": {"reasons": []}}
ROW = {"symbol": "AVLUSDT", "size": "0", "positionIdx": 0, "tradeMode": 0}
ISOLATED, CROSS = MarginMode.ISOLATED, MarginMode.CROSS


def account(word: object) -> dict[str, Any]:
    return {"retCode": 0, "retMsg": "OK", "result": {"marginMode": word, "unifiedMarginStatus": 5}}


async def set_mode(script: Scripted, answer: dict[str, Any], word: object) -> Outcome:
    script[0].says(SET, answer)
    script[0].says(INFO, account(word))
    return await script[1].write(SetMarginMode(AVL, ISOLATED))


async def shown(script: Scripted) -> MarginMode | None:
    script[0].says(POSITION, {**OK, "result": {"list": [ROW]}})
    return (await script[1].reads.position(AVL)).position.margin_mode


@pytest.mark.parametrize(("word", "mode"), [
    ("ISOLATED_MARGIN", ISOLATED), ("REGULAR_MARGIN", CROSS), ("PORTFOLIO_MARGIN", CROSS),
    ("SOMETHING_NEW", None), ("", None), (None, None), (7, None),
])  # fmt: skip
async def test_opening_reads_the_margin_mode_and_never_fails_by_it(
    script: Scripted, word: object, mode: MarginMode | None
) -> None:
    """Position readings carry the account's mode; one that is not understood is None and no error."""
    script[0].says("/v5/user/query-api", {**OK, "result": {"readOnly": 0}})
    script[0].says(INFO, account(word))
    await script[1].open()
    assert await shown(script) is mode


async def test_an_account_that_cannot_be_read_does_not_keep_it_from_opening(script: Scripted) -> None:
    """HTML in place of the account leaves the mode unknown."""
    script[0].says("/v5/user/query-api", {**OK, "result": {"readOnly": 0}})
    script[0].bodies[INFO] = ["<html>maintenance</html>"]
    await script[1].open()
    assert await shown(script) is None


@pytest.mark.parametrize("answer", [
    OK, {**OK, "retCode": "110026", "retMsg": "not modified"}, {**OK, "retCode": "30084", "retMsg": "not modified"},
    {**OK, "retCode": 34040, "retMsg": "not modified"},
])  # fmt: skip
async def test_set_or_unchanged_and_read_back_alike_is_acknowledged(script: Scripted, answer: dict[str, Any]) -> None:
    """The reading agrees, the position readings show it from now on, and the request said it in Bybit's word."""
    outcome = await set_mode(script, answer, "ISOLATED_MARGIN")
    assert outcome.kind is OutcomeKind.ACKNOWLEDGED
    assert script[0].asked[0] == (SET, {"setMarginMode": "ISOLATED_MARGIN"})
    assert await shown(script) is ISOLATED


@pytest.mark.parametrize("answer", [OK, {**OK, "retCode": "110026", "retMsg": "not modified"}])
async def test_another_mode_read_back_is_a_refusal(script: Scripted, answer: dict[str, Any]) -> None:
    """What the exchange said counts only as far as the account shows it."""
    outcome = await set_mode(script, answer, "REGULAR_MARGIN")
    assert (outcome.kind, "cross" in outcome.why) == (OutcomeKind.REFUSED, True)
    assert await shown(script) is CROSS


async def test_a_mode_that_cannot_be_read_back_is_unknown(script: Scripted) -> None:
    """An answer without a reading proves nothing either way, and the mode known before is no longer known."""
    await set_mode(script, OK, "ISOLATED_MARGIN")
    outcome = await set_mode(script, OK, None)
    assert (outcome.kind, "not read back" in outcome.why) == (OutcomeKind.UNKNOWN, True)
    assert await shown(script) is None


async def test_a_refused_mode_is_refused_with_the_exchanges_own_words(script: Scripted) -> None:
    """The documented failure has a code of its own; ccxt knows no class for it."""
    answer = {"retCode": 3400045, "retMsg": "Set margin mode failed", "result": {"reasons": [{"reasonCode": "1"}]}}
    outcome = await set_mode(script, answer, "REGULAR_MARGIN")
    assert (outcome.kind, outcome.why, outcome.code) == (OutcomeKind.REFUSED, "Set margin mode failed", "3400045")
    assert [path for path, _ in script[0].asked] == [SET]


async def test_an_unknown_answer_stays_unknown_whatever_the_account_shows(script: Scripted) -> None:
    """A server error may still be carried out; the reading is kept for the next look."""
    outcome = await set_mode(script, {**OK, "retCode": 10016, "retMsg": "Server error"}, "ISOLATED_MARGIN")
    assert outcome.kind is OutcomeKind.UNKNOWN
    assert await shown(script) is ISOLATED
