"""The control plane at ``/_venue``: plant faults, move a price, ask for the truth. It is no part of any exchange."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from aiohttp import web

from atomicpos.sim.faults import KINDS, Fault
from atomicpos.sim.markets import MARKETS
from atomicpos.sim.orders import RefusalReason, Refused
from atomicpos.sim.venue import Venue

from .arrivals import Arrivals
from .control_acts import Acts
from .control_fields import rows
from .control_rows import truth_row
from .manner import Manner
from .spelling import Json, reply

FAULT_FIELDS = ("call", "symbol", "kind", "nth", "seconds", "code")


class Control:
    """The routes of the control plane. Bad input is answered with 400 and one sentence under ``error``."""

    def __init__(self, venue: Venue, arrivals: Arrivals, manner: Manner) -> None:
        self._venue = venue
        self._arrivals = arrivals
        self._acts = Acts(venue, manner)

    def routes(self) -> list[web.RouteDef]:
        """All paths of the control plane."""
        return [
            web.get("/_venue/faults", _answering(self._kinds)),
            web.post("/_venue/faults", _answering(self._add_faults)),
            web.delete("/_venue/faults", _answering(self._clear_faults)),
            web.get("/_venue/truth", _answering(self._truth)),
            web.get("/_venue/requests", _answering(self._requests)),
            web.get("/_venue/counts", _answering(self._counts)),
            *(web.post(path, _answering(act)) for path, act in self._acts.paths().items()),
        ]

    def _kinds(self, body: Any) -> Json:
        return {"kinds": {str(kind): text for kind, text in KINDS.items()}}

    def _add_faults(self, body: Any) -> Json:
        faults = [fault(row) for row in rows(body, "faults")]
        self._venue.faults.add(*faults)
        return {"added": len(faults)}

    def _clear_faults(self, body: Any) -> Json:
        self._venue.faults.clear()
        return {}

    def _truth(self, body: Any) -> Json:
        return {market.market_id: self._told(market.symbol) for market in MARKETS}

    def _told(self, symbol: str) -> Json:
        told = truth_row(self._venue.truth(symbol))
        sides = {side: truth_row(self._venue.truth(symbol, side)) for side in self._venue.sides if side is not None}
        return {**told, "sides": sides} if sides else told

    def _requests(self, body: Any) -> list[Json]:
        return [asdict(entry) for entry in self._arrivals.entries]

    def _counts(self, body: Any) -> Json:
        return dict(self._arrivals.counts)


def fault(row: Any) -> Fault:
    """One fault from its JSON. Raises ValueError naming the field, the value and what is allowed."""
    if not isinstance(row, dict) or not {"call", "kind"} <= row.keys():
        raise ValueError(f"a fault is {row!r}; it must be a JSON object with at least call and kind")
    if unknown := sorted(row.keys() - set(FAULT_FIELDS)):
        raise ValueError(f"a fault has no field {unknown[0]!r}; its fields are {', '.join(FAULT_FIELDS)}")
    given: dict[str, Any] = {name: row.get(name) for name in FAULT_FIELDS}
    planted = Fault(**given)
    _check_code(planted.code)
    return planted


def _check_code(code: str | None) -> None:
    if code is None or code in list(RefusalReason) or code.removeprefix("-").isdecimal():
        return
    raise ValueError(f"code is {code!r}; it must be a code of the exchange or one of {', '.join(RefusalReason)}")


def _answering(answer: Callable[[Any], Any]) -> Callable[[web.Request], Any]:
    async def respond(request: web.Request) -> web.Response:
        try:
            return reply(answer(_parsed(await request.text())))
        except (ValueError, Refused) as refused:
            return reply({"error": str(refused)}, status=400)

    return respond


def _parsed(body: str) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError as wrong:
        raise ValueError(f"the body is not JSON: {wrong}") from None
