"""Guards of rows in the database, through crashes, restarts and several writers."""

from __future__ import annotations

from mutant import Edit, Mutant

ROWS = (
    Mutant(
        "F47", "the entry leaves before its row is stored",
        (Edit(
            "opener.py",
            "change = Change(record, (intent_entry(record),))",
            "change = Change(record, (intent_entry(record),))\n"
            "        from .engine.requests import place_request\n"
            "        await self._means.exchange.write(place_request(record, record.entry))",
        ),),
    ),
    Mutant(
        "F48", "only the last transition of a turn is journaled",
        (Edit(
            "advance/walking.py",
            "entries.append(_transition_entry(record.state, dest, meaning, verdict))",
            "entries = [_transition_entry(record.state, dest, meaning, verdict)]",
        ),),
    ),
    Mutant(
        "F49", "an order that was only intended counts as not sent after a restart",
        (Edit(
            "record.py",
            "sending=Sending.UNKNOWN,",
            "sending=Sending.NOT_SENT,",
        ),),
    ),
    Mutant(
        "F50", "a successor closes before it has looked",
        (Edit(
            "plan/exits.py",
            "if record.sightings.taken_over:",
            "if False:",
        ),),
    ),
    Mutant(
        "F52", "a position's size is the number of contracts that a client computed",
        (Edit(
            "exchanges/bybit/parse.py",
            'needed(amount(row, "size"), "size")',
            'needed(amount(row, "contracts") or amount(row, "size"), "size")',
        ),),
    ),
    Mutant(
        "F52", "a listed row without a size is a position",
        (Edit(
            "exchanges/bybit/listings.py",
            "for row in rows if row.view.quantity}",
            "for row in rows}",
        ),),
        tests="size_zero",
    ),
    Mutant(
        "F51", "a listing that failed is an empty one",
        (Edit(
            "exchanges/bybit/replies.py",
            'raise ReadFailed(f"{what}: {exchanged.message}", exchanged.raw)',
            'return {"list": []}',
        ),),
        tests="fails_the_listing",
    ),
    Mutant(
        "F46", "what is held on a market that was not loaded has no name",
        (Edit(
            "exchanges/markets.py",
            "return symbols.get(its_id, its_id)",
            'return symbols.get(its_id, "")',
        ),),
        tests="market_that_nobody_loaded",
    ),
)
