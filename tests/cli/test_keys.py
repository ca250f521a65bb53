"""Where keys may come from, and that they show nowhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from atomicpos.cli.keys import API_KEY, SECRET, Keys, UnreadableKeys, read_keys
from atomicpos.errors import NotReady

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
