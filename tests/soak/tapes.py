"""What went before a broken promise, written down: the rows with all that was appended to them, and what arrived."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from atomicpos.evidence import Evidence
from atomicpos.models import MICROSECONDS
from atomicpos.record import Record

from .ground import Ground
from .judging import told
from .lanes import Lane


async def write_down(
    ground: Ground, lane: Lane, rows: Sequence[Record], wrong: Sequence[str], account: str | None = None
) -> Path:
    """A file with the whole story of these rows, in order of time."""
    lines, reader = [(0, word) for word in wrong], await ground.reader(account or lane.account)
    for row in rows:
        history = await reader.history(row.id)
        lines += [(0, f"{told(row)}, owner {row.owner}, fence {row.fence}")]
        lines += [(entry.at_us, f"{entry.kind}: {entry.text}") for entry in history.entries]
        lines += [(found.asked_at_us, _evidence(found)) for found in history.evidence]
    lines += [_arrival(request) for request in await asyncio.to_thread(ground.venue.requests) if _is_of(request, lane)]
    lines.append((1 << 62, f"the truth: {json.dumps(await ground.truth(lane))}"))
    with tempfile.NamedTemporaryFile("w", prefix=f"atomicpos-{lane.symbol}-", suffix=".txt", delete=False) as file:
        file.writelines(f"{at_us / MICROSECONDS:.4f} {text}\n" for at_us, text in sorted(lines))
    return Path(file.name)


def _evidence(found: Evidence) -> str:
    orders = ", ".join(f"{o.client_order_id} {o.status.value}" for o in found.orders or ())
    seen = f"{found.source} {found.kind.value} {found.quantity or ''} [{orders}] absent: {', '.join(found.absent_ids)}"
    return f"    saw: {seen}, answered at {found.answered_at_us / MICROSECONDS:.4f}"


def _is_of(request: dict[str, Any], lane: Lane) -> bool:
    return request["method"] == "POST" and f'"{lane.symbol}"' in request["body"]


def _arrival(request: dict[str, Any]) -> tuple[int, str]:
    return request["at_us"], f"        arrived: {request['path']} {request['body']}, signed {request['timestamp']}"
