"""Where keys may come from, and that they show nowhere."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import ccxt
import ccxt.async_support as ccxt_async
import pytest
from stored_rows import Invoke

from atomicpos.cli.clients import Where, client_of
from atomicpos.cli.keys import (
    API_KEY,
    PRIVATE_KEY,
    SECRET,
    WALLET_ADDRESS,
    WALLETS,
    Keys,
    UnreadableKeys,
    read_keys,
)
from atomicpos.errors import NotReady
from atomicpos.exchanges import QUIRKS

ENVIRON = {API_KEY: "key-one", SECRET: "secret-one"}


def file_of(tmp_path: Path, content: str, mode: int = 0o600) -> Path:
    path = tmp_path / "keys"
    path.write_text(content)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"api_key": "key-two", "secret": "secret-two", "symbols": ["AVLUSDT"]}),
        json.dumps({"apiKey": "key-two", "secret": "secret-two"}),
        json.dumps({API_KEY: "key-two", SECRET: "secret-two"}),
        "ATOMICPOS_API_KEY=key-two\nATOMICPOS_SECRET=secret-two\n",
        "# mine\n\nexport ATOMICPOS_API_KEY='key-two'\nexport ATOMICPOS_SECRET=\"secret-two\"\n",
        "api_key = key-two\nsecret = secret-two",
    ],
)
def test_a_file_is_json_or_lines(tmp_path: Path, content: str) -> None:
    """JSON, a venue's announcement too, and KEY=VALUE lines give the same keys, and win over the environment."""
    assert read_keys(file_of(tmp_path, content), ENVIRON, pytest.fail) == Keys("key-two", "secret-two")


@pytest.mark.parametrize("name", ["password", "passphrase", "ATOMICPOS_PASSWORD"])
def test_a_passphrase_comes_with_the_keys_that_have_one(tmp_path: Path, name: str) -> None:
    """From the file as from the environment, and it shows in no repr."""
    content = json.dumps({"api_key": "key-two", "secret": "secret-two", name: "phrase-two"})
    keys = read_keys(file_of(tmp_path, content), ENVIRON, pytest.fail)
    assert (keys.password, "phrase-two" in repr(keys)) == ("phrase-two", False)
    assert read_keys(None, {**ENVIRON, "ATOMICPOS_PASSWORD": "phrase-one"}, pytest.fail).password == "phrase-one"


def test_without_a_file_the_environment_counts() -> None:
    """Both names are read from the environment."""
    assert read_keys(None, ENVIRON, pytest.fail) == Keys("key-one", "secret-one")


def test_what_is_missing_is_named() -> None:
    """A missing secret is named, and the key that is there is not shown."""
    with pytest.raises(NotReady, match=SECRET) as refused:
        read_keys(None, {API_KEY: "key-one"}, pytest.fail)
    assert "key-one" not in str(refused.value)


@pytest.mark.parametrize("content", ["secret-two", "[\"secret-two\"]", "a=1\nsecret-two\n"])
def test_a_malformed_file_is_not_quoted(tmp_path: Path, content: str) -> None:
    """A file of another form is refused by name, and nothing of it is shown."""
    path = file_of(tmp_path, content)
    with pytest.raises(UnreadableKeys, match=str(path)) as refused:
        read_keys(path, {}, pytest.fail)
    assert "secret-two" not in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A keys file that cannot be read is refused by name."""
    with pytest.raises(UnreadableKeys, match="FileNotFoundError"):
        read_keys(tmp_path / "none", ENVIRON, pytest.fail)


def test_a_file_that_others_may_read_is_warned_about(tmp_path: Path) -> None:
    """A keys file open to others is used, with a warning that says what to run."""
    warnings: list[str] = []
    path = file_of(tmp_path, "api_key=key-two\nsecret=secret-two", mode=0o644)
    read_keys(path, {}, warnings.append)
    assert warnings == [f"warning: others on this machine may read the keys file {path}; run: chmod 600 {path}"]


def test_a_repr_shows_no_key() -> None:
    """The repr of a pair of keys holds neither of them."""
    assert repr(Keys("key-one", "secret-one")) == "Keys()"


# --- wallets ------------------------------------------------------------------------------------------------------

ADDRESS, PRIVATE = "0x" + "aB" * 20, "0x" + "cD" * 32
WALLET = {WALLET_ADDRESS: ADDRESS, PRIVATE_KEY: PRIVATE}


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"wallet_address": ADDRESS, "private_key": PRIVATE}),
        json.dumps({"walletAddress": ADDRESS, "privateKey": PRIVATE}),
        f"{WALLET_ADDRESS}={ADDRESS}\nexport {PRIVATE_KEY}='{PRIVATE}'\n",
    ],
)
def test_a_wallet_comes_from_a_file_or_the_environment(tmp_path: Path, content: str) -> None:
    """Address and private key, in the same forms as keys; neither shows in a repr, and API keys are not needed."""
    keys = read_keys(file_of(tmp_path, content), ENVIRON, pytest.fail, wallet=True)
    assert keys == read_keys(None, WALLET, pytest.fail, wallet=True)
    assert keys.as_ccxt() == {"walletAddress": ADDRESS, "privateKey": PRIVATE}
    assert repr(keys) == "Keys()"


@pytest.mark.parametrize("missing", [WALLET_ADDRESS, PRIVATE_KEY])
def test_a_missing_half_of_a_wallet_is_named(missing: str) -> None:
    """API keys are no wallet: the sentence names what is missing, and shows nothing."""
    given = {**ENVIRON, **WALLET, missing: ""}
    with pytest.raises(NotReady, match=f"^{missing} must be set in the environment; nothing was sent$"):
        read_keys(None, given, pytest.fail, wallet=True)


@pytest.mark.parametrize(
    ("name", "value", "form"),
    [
        (WALLET_ADDRESS, PRIVATE, "66 characters that are not 0x and 40 hexadecimal digits"),
        (WALLET_ADDRESS, "ab" * 20, "40 characters that are not 0x and 40 hexadecimal digits"),
        (WALLET_ADDRESS, "0x" + "zz" * 20, "42 characters that are not 0x and 40 hexadecimal digits"),
        (PRIVATE_KEY, ADDRESS, "42 characters that are not 64 hexadecimal digits, with or without 0x"),
        (PRIVATE_KEY, "word " * 12, "59 characters that are not 64 hexadecimal digits, with or without 0x"),
    ],
)
def test_a_malformed_wallet_is_one_sentence_that_shows_nothing(name: str, value: str, form: str) -> None:
    """Nothing of it is quoted: the private key may stand where the address belongs."""
    with pytest.raises(NotReady, match=form) as refused:
        read_keys(None, {**WALLET, name: value}, pytest.fail, wallet=True)
    assert str(refused.value).startswith(f"{name} in the environment is ")
    assert value.strip() not in str(refused.value)


def test_wallets_are_those_that_ccxt_asks_one_of() -> None:
    """For every supported exchange: ccxt's own list of required credentials says the same."""
    asked = {name: getattr(ccxt, name)().requiredCredentials for name in QUIRKS}
    assert {name for name, needs in asked.items() if needs["walletAddress"] and needs["privateKey"]} == WALLETS
    assert all(needs["apiKey"] and needs["secret"] for name, needs in asked.items() if name not in WALLETS)


@pytest.mark.parametrize("from_file", [True, False])
def test_ccxt_s_client_is_given_the_wallet(
    invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, from_file: bool
) -> None:
    """``open --exchange hyperliquid`` hands the two over, and nothing else; what it prints shows neither."""
    given: list[object] = []

    def recording(config: object) -> None:
        given.append(config)
        raise NotReady("it was made")

    monkeypatch.setattr(ccxt_async, "hyperliquid", recording)
    file = file_of(tmp_path, json.dumps({"walletAddress": ADDRESS, "privateKey": PRIVATE}))
    for name, value in ({} if from_file else WALLET).items():
        monkeypatch.setenv(name, value)
    named = ("--keys-file", file) if from_file else ()
    where = ("--exchange", "hyperliquid", "--database", tmp_path / "a.db", *named)
    done = invoke("open", "BTC", "buy", "1", "--stop-loss-percent", "2", *where, "--json")
    assert given == [{"walletAddress": ADDRESS, "privateKey": PRIVATE}]
    assert (done.exit_code, ADDRESS in done.output, PRIVATE in done.output) == (1, False, False)


def test_a_real_client_has_the_wallet() -> None:
    """ccxt's own hyperliquid client is content with what it is given."""

    async def made() -> tuple[str, str]:
        keys = read_keys(None, WALLET, pytest.fail, wallet=True)
        async with client_of(Where("hyperliquid", False, None), keys) as client:
            client.check_required_credentials()
            return client.walletAddress, client.privateKey

    assert asyncio.run(made()) == (ADDRESS, PRIVATE)


def test_without_a_wallet_nothing_is_tried(invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """API keys are there, the wallet is not: exit code 1, both names, and no database."""
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    where = ("--exchange", "hyperliquid", "--database", tmp_path / "a.db")
    done = invoke("open", "BTC", "buy", "1", "--stop-loss-percent", "2", *where)
    assert (done.exit_code, list(tmp_path.iterdir())) == (1, [])
    assert f"{WALLET_ADDRESS} and {PRIVATE_KEY} must be set in the environment" in done.stderr
