"""Raw payloads are kept without secrets and in bounds."""

from __future__ import annotations

import pytest

from atomicpos.exchanges.redact import KEPT, redacted


def test_given_secrets_are_hidden_wherever_they_stand() -> None:
    """A key inside an address or a sentence does not survive."""
    kept = redacted("GET https://x/?k=KEY123 then s3cret", ["KEY123", "s3cret", ""])
    assert "KEY123" not in kept
    assert "s3cret" not in kept


@pytest.mark.parametrize(
    "text",
    ['{"apiKey": "abc-1"}', "X-BAPI-SIGN: abc-1", "{'X-BAPI-API-KEY': 'abc-1'}", "?api_key=abc-1&x=1", "sign=abc-1"],
)
def test_named_keys_and_signatures_are_hidden(text: str) -> None:
    """What calls itself a key, a secret or a signature is hidden though its value is not known."""
    assert "abc-1" not in redacted(text)


def test_a_long_payload_is_cut() -> None:
    """No reply fills the database."""
    assert len(redacted("x" * 100_000)) == KEPT
    assert redacted('{"side":"Sell","assigned":"yes"}') == '{"side":"Sell","assigned":"yes"}'
