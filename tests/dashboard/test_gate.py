"""The gate's rules by themselves: tokens, hosts, meters."""

from __future__ import annotations

import pytest

from atomicpos.dashboard import Dashboard
from atomicpos.dashboard.gate import Head, Lock, drawn_token, hosts_of, is_loopback, judge, weakness
from atomicpos.dashboard.limits import ADDRESSES_MOST, REQUESTS_A_MINUTE
from atomicpos.dashboard.meters import Meter, Meters
from atomicpos.errors import InvalidRequest, NotReady

LOCK = Lock(hosts_of("127.0.0.1", 8321, ()), drawn_token(), reading_needs_token=False)
HOST = ("host", "127.0.0.1:8321")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "localhost", "::1"])
def test_only_this_machine_reaches_loopback(host: str) -> None:
    """These need no token of one's own."""
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.1", "", "127.0.0.1.evil.example", "::", "bot.example", "127.1"])
def test_any_other_address_is_refused_without_a_token(host: str) -> None:
    """The sentence names the address and says what it needs."""
    assert not is_loopback(host)
    with pytest.raises(InvalidRequest, match="needs a token"):
        Dashboard("sqlite:///x.db", host=host)


@pytest.mark.parametrize("token", [
    "", "short", "a" * 31, "a" * 200, "ab" * 16, "x" * 513, "with a space in it, and long enough",
    "päßwörter-sind-lang-genug-aber-nicht-ascii",
])
def test_a_weak_token_is_refused_and_never_quoted(token: str) -> None:
    """Less than 128 bits, too much of the same, or what no header can carry."""
    why = weakness(token)
    assert why is not None
    assert not token or token not in why
    with pytest.raises(InvalidRequest):
        Dashboard("sqlite:///x.db", token=token)


def test_a_drawn_token_is_strong_and_new_each_time() -> None:
    """256 bits; two draws differ."""
    assert weakness(drawn_token()) is None
    assert drawn_token() != drawn_token()


def test_the_address_that_leads_in_has_a_drawn_token_only() -> None:
    """One's own token is never part of an address, and no token is in the plain one."""
    own = drawn_token()
    assert own not in Dashboard("sqlite:///x.db", token=own).entrance
    drawn = Dashboard("sqlite:///x.db")
    assert "#token=" in drawn.entrance
    assert drawn.url == "http://127.0.0.1:8321/"


def test_a_token_of_ones_own_closes_reading_too() -> None:
    """Without it only the page itself is had, which holds nothing."""
    lock = Lock(LOCK.hosts, LOCK.token, reading_needs_token=True)
    refused = judge(Head("GET", "/api/first", (HOST,)), lock, opened=False)
    assert refused is not None
    assert refused.status == 401
    assert judge(Head("GET", "/api/first", (HOST,)), lock, opened=True) is None
    assert judge(Head("GET", "/", (HOST,)), lock, opened=False) is None


@pytest.mark.parametrize(("host", "port", "meant", "not_meant"), [
    ("127.0.0.1", 8321, "localhost:8321", "localhost"),
    ("127.0.0.1", 80, "localhost", "localhost:81"),
    ("::1", 8321, "[::1]:8321", "::1:8321"),
    ("10.0.0.1", 8321, "10.0.0.1:8321", "localhost:8321"),
])
def test_which_hosts_mean_us(host: str, port: int, meant: str, not_meant: str) -> None:
    """The address with its port, and loopback's names where it is one."""
    hosts = hosts_of(host, port, ("Bot.example",))
    assert meant in hosts
    assert not_meant not in hosts
    assert "bot.example" in hosts


def test_a_header_that_comes_twice_is_none() -> None:
    """Two answers to one question are no answer: a proxy and we must not read them differently."""
    head = Head("GET", "/", (HOST, HOST, ("authorization", "Bearer a"), ("authorization", "Bearer b")))
    assert head.token == ""
    refused = judge(head, LOCK, opened=False)
    assert refused is not None
    assert refused.status == 421


def test_a_meter_is_full_until_its_minute_is_over() -> None:
    """So many in a minute, and again so many in the next one."""
    meter = Meter(2)
    assert [meter.take(at) for at in (0.0, 1.0, 59.0, 60.0, 61.0, 62.0)] == [True, True, False, True, True, False]


def test_addresses_are_counted_apart_and_not_without_an_end() -> None:
    """One address that asks too often keeps no other from asking; the count of addresses is bounded."""
    meters = Meters()
    assert all(meters.request("1", 0.0) for _ in range(REQUESTS_A_MINUTE))
    assert not meters.request("1", 0.0)
    assert meters.request("2", 0.0)
    for number in range(2 * ADDRESSES_MOST):
        meters.request(f"n{number}", 0.0)
    assert len(meters._requests) <= ADDRESSES_MOST


async def test_it_is_viewed_inside_its_block_only() -> None:
    """Outside there is no page to wait for."""
    with pytest.raises(NotReady, match="inside its block"):
        await Dashboard("sqlite:///x.db").viewed()
