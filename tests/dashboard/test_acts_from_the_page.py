"""Acts from the page: through the engine, journaled with who did it, and refused in the library's own words."""

from __future__ import annotations

import json
import sqlite3
import time
from typing import Any

import pytest
from serving import LIMIT_S, Served, opened, served

from atomicpos.dashboard.acts import ACTS, read_words
from atomicpos.errors import InvalidRequest
from atomicpos.sim.wire.process import VenueProcess

pytestmark = pytest.mark.process
BY = "Ada (dashboard, 127.0.0.1)"


def journal(served: Served, position_id: str) -> str:
    """All lines of its journal that are acts or decisions."""
    with sqlite3.connect(f"file:{served.database}?mode=ro", uri=True) as connection:
        wanted = "SELECT text || ' ' || cause || ' ' || data FROM journal WHERE position_id = ? AND kind != 'outcome'"
        return "\n".join(row[0] for row in connection.execute(wanted, (position_id,)))


def protected(served: Served, market_id: str) -> str:
    """The position's id once it is protected: a stop that was just moved is confirmed by the next look."""
    position_id = served.id_of(market_id)
    ends = time.monotonic() + LIMIT_S
    while served.get(f"/api/position/{position_id}").json["row"]["state"] != "protected":
        assert time.monotonic() < ends
        time.sleep(0.1)
    return position_id


def test_a_stop_is_moved_and_the_venue_has_it_there(acting: Served, venue: VenueProcess) -> None:
    """Read back before it is answered; the journal names who did it and from where."""
    avl = acting.id_of("AVLUSDT")
    done = acting.act("move-stop", {"id": avl, "percent": "3", "by": "Ada"})
    assert done.status == 200, done.body
    page = acting.get(f"/api/position/{avl}").json
    stops = [stop for stop in venue.truth()["AVLUSDT"]["stops"] if stop]
    assert page["row"]["stop_price"] in str(stops)
    assert page["asked"]["stop_percent"] == "3"
    assert page["row"]["stop_price"] in done.json["text"]
    assert BY in journal(acting, avl)


def test_a_look_is_a_look(acting: Served, venue: VenueProcess) -> None:
    """Every source is asked once more; nothing is sent."""
    avl = protected(acting, "AVLUSDT")
    before = venue.truth()["AVLUSDT"]
    done = acting.act("look", {"id": avl, "by": "Ada"})
    assert done.status == 200, done.body
    assert "protected" in done.json["text"]
    assert venue.truth()["AVLUSDT"]["orders"] == before["orders"]


def test_a_part_is_closed_and_then_the_rest(acting: Served, venue: VenueProcess) -> None:
    """The venue holds what is left under its stop, and in the end nothing; a second asking changes nothing."""
    avl = protected(acting, "AVLUSDT")
    part = acting.act("close", {"id": avl, "quantity": "4", "by": "Ada"})
    assert part.status == 200, part.body
    assert venue.truth()["AVLUSDT"]["quantity"] == "6"
    whole = acting.act("close", {"id": avl, "by": "Ada"})
    assert whole.status == 200, whole.body
    truth = venue.truth()["AVLUSDT"]
    assert (truth["quantity"], truth["stops"], truth["orders"]) == ("0", [], [])
    page = acting.get(f"/api/position/{avl}").json
    assert (page["row"]["state"], page["row"]["cover"]) == ("closed", "over")
    assert acting.act("close", {"id": avl, "by": "Ada"}).status == 200
    assert venue.truth()["AVLUSDT"]["entries"] == 1
    assert BY in journal(acting, avl)


def test_what_is_refused_is_refused_in_the_librarys_words(acting: Served) -> None:
    """409 or 422 with the sentence that the bot would have got."""
    avl = acting.id_of("AVLUSDT")
    moved = acting.act("move-stop", {"id": avl, "price": "1", "by": "Ada"})
    assert moved.status == 422
    assert "only a protected stop can be moved" in moved.json["error"]
    resolved = acting.act("resolve", {"id": avl, "as": "closed", "reason": "seen flat", "by": "Ada"})
    assert resolved.status == 422
    assert "only a suspected orphan is resolved" in resolved.json["error"]


def test_rows_of_another_account_are_not_acted_on(acting: Served, venue: VenueProcess) -> None:
    """They are shown; the refusal names both accounts, and nothing is sent."""
    opened(venue, acting.database, ("SOLUSDT", "buy", "1"))
    sol = acting.id_of("SOLUSDT")
    with served(
        acting.database, "--exchange", "bybit", "--venue", venue.url, "--account", "other",
        keys=(venue.api_key, venue.secret),
    ) as other:
        assert other.get(f"/api/position/{sol}").status == 200
        refused = other.act("close", {"id": sol, "by": "Ada"})
        assert refused.status == 422
        assert "account default" in refused.json["error"]
        assert "account other" in refused.json["error"]
    assert venue.truth()["SOLUSDT"]["quantity"] == "1"


def test_everything_is_flattened_at_once(acting: Served, venue: VenueProcess) -> None:
    """With the word typed, every position of the account is closed and proven flat."""
    done = acting.act("flatten-all", {"confirm": "flatten", "by": "Ada"})
    assert done.status == 200, done.body
    assert "positions are proven flat" in done.json["text"]
    assert {symbol for symbol, truth in venue.truth().items() if truth["quantity"] != "0"} == set()


def test_without_an_exchange_acts_are_off_and_say_why(acting: Served) -> None:
    """The page is told so, and so is whoever sends one all the same."""
    with served(acting.database) as reading:
        about = reading.get("/api/about").json
        assert about["acts"] is False
        assert "--exchange" in about["why_not"]
        refused = reading.act("look", {"id": acting.id_of("AVLUSDT"), "by": "Ada"})
        assert (refused.status, refused.json["error"]) == (409, about["why_not"])


@pytest.mark.parametrize(("name", "words"), [
    ("look", {"id": "p1", "by": "Ada"}),
    ("close", {"id": "p1", "by": "Ada", "quantity": None}),
    ("move-stop", {"id": "p1", "by": " Ada ", "price": "1.5"}),
])
def test_the_words_of_an_act_are_read_as_they_are(name: str, words: dict[str, Any]) -> None:
    """Without what surrounds them; what may be left out may be null."""
    read = read_words(json.dumps(words).encode(), ACTS[name])
    assert read == {key: value.strip() for key, value in words.items() if value is not None}


def test_the_longest_words_are_refused_by_their_bound() -> None:
    """The sentence has the number and the limit, and not the word."""
    body = json.dumps({"id": "p1", "by": "Ada", "as": "closed", "reason": "r" * 501}).encode()
    with pytest.raises(InvalidRequest, match="501 characters; it must have 1 to 500"):
        read_words(body, ACTS["resolve"])
