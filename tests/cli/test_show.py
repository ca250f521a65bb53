"""What ``show`` tells of one position."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from stored_rows import PENDING, PROTECTED, Invoke, at

from atomicpos.evidence import Evidence, Kind, OrderView, PositionView
from atomicpos.models import Leg, Order, OrderSide, OrderStatus, PositionSide, TriggerBy
from atomicpos.ports import History
from atomicpos.story.findings import finding
from atomicpos.story.timeline import timeline
from atomicpos.testing.samples import a_record


def test_the_story_runs_from_the_intent_to_the_proof(invoke: Invoke, database: Path) -> None:
    """Asked, sent, seen and concluded come in order of time with seconds since the intent, proof and exposure last."""
    lines = invoke("show", PROTECTED, "--database", database).stdout.splitlines()
    starts = [line.split()[:2] for line in lines[1:]]
    assert starts[:3] == [["+0.000", "asked"], ["+0.100", "sent"], ["+0.100", "seen"]]
    assert ["+2.500", "concluded"] in starts
    assert lines[-2] == "proof     stop_read_back: our stop read back: sell 10 at 0.1226 (asked for at +2.400)"
    assert lines[-1] == "exposure  0.312 s"


def test_repeats_are_folded(invoke: Invoke, database: Path) -> None:
    """Twelve looks that saw the same are one line that says so, though another source spoke in between."""
    shown = invoke("show", PROTECTED, "--database", database).stdout
    assert "position_poll: no position  x12, last +1.200" in shown
    assert shown.count("position_poll") == 1


def test_findings_name_our_orders(invoke: Invoke, database: Path) -> None:
    """Orders of ours go by leg and attempt, amounts as the exchange said them, and brackets stay as they were."""
    shown = invoke("show", PROTECTED, "--database", database).stdout
    assert "order_status: entry 1 filled, 10 filled at 0.12510" in shown
    assert "trade_history: could not say: HTTP 502 [gateway]" in shown


def test_a_finding_tells_of_the_stop_on_the_position_itself() -> None:
    """Both witnesses of it are told: the position that shows its trigger, and the order that it is."""
    view = PositionView(Decimal(10), PositionSide.LONG, Decimal("0.125"), stop_price=Decimal("0.1226"))
    stop = OrderView(None, "7", OrderStatus.UNTRIGGERED, trigger_price=Decimal("0.1226"), trigger_by=TriggerBy.MARK)
    assert finding(Evidence(Kind.SEEN, position=view), {}) == "long 10 at 0.125, its own stop at 0.1226"
    told = finding(Evidence(Kind.SEEN, position_stop=stop), {})
    assert told == "the position's own stop untriggered at 0.1226 by mark price"


def test_a_stop_without_an_id_at_the_exchange_is_not_told_under_one() -> None:
    """What rides on the entry, and what is set on the position, is said to be that."""
    record = a_record(PROTECTED)
    for attempt in (1, 2):
        stop = Order(Leg.STOP, attempt, f"ours-{attempt}", OrderSide.SELL, Decimal(10), reduce_only=True, attached=True)
        record = record.with_order(replace(stop, sends=1, first_sent_at_us=at(attempt)))
    sent = [line.text for line in timeline(record, History()) if line.what == "sent"]
    assert sent == ["stop 1 with the entry", "stop 2 as the position's own stop"]


def test_a_unique_beginning_is_enough(invoke: Invoke, database: Path) -> None:
    """The beginning of an id that only one position has finds it."""
    assert invoke("show", "b", "--database", database).stdout.startswith(PENDING)


def test_an_ambiguous_beginning_is_refused(invoke: Invoke, database: Path) -> None:
    """A beginning that two positions share ends with exit code 1 and says so."""
    done = invoke("show", "aaaa", "--database", database)
    assert done.exit_code == 1
    assert "2 positions have an id that begins with 'aaaa'" in done.stderr


def test_an_unknown_id_is_one_sentence(invoke: Invoke, database: Path) -> None:
    """An id that no position has ends with exit code 1 and one line that names it."""
    done = invoke("show", "zzzz", "--database", database)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "UnknownPosition: no position has an id that begins with 'zzzz'\n"


def test_json_is_the_position_and_its_timeline(invoke: Invoke, database: Path) -> None:
    """The object has the position's attributes, its evidence and the folded timeline."""
    row = json.loads(invoke("show", PROTECTED, "--database", database, "--json").stdout)
    folded = [line for line in row["timeline"] if line["source"] == "position_poll"]
    assert (row["id"], row["state"], len(row["journal"])) == (PROTECTED, "protected", 2)
    assert [line["times"] for line in folded] == [12]


def test_an_unknown_id_in_json_is_an_object(invoke: Invoke, database: Path) -> None:
    """With --json the error is an object with the error's name, its message and no position."""
    error = json.loads(invoke("show", "zzzz", "--database", database, "--json").stdout)
    assert error["error"] == "UnknownPosition"
    assert error["position"] is None
