"""Requests against published budgets: the most that any window held, for each budget."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass

from atomicpos.exchanges.budgets import Budget


@dataclass(frozen=True)
class Asked:
    """One request, by the venue's clock; ``symbol`` where the budget is an instrument's."""

    at_us: int
    method: str
    path: str
    symbol: str = ""


def fullest(budget: Budget, asked: Iterable[Asked]) -> float:
    """The heaviest window of that budget, wherever it begins."""
    most = 0.0
    held: dict[str, deque[tuple[int, float]]] = defaultdict(deque)
    sums: dict[str, float] = defaultdict(float)
    for one in sorted(asked, key=lambda one: one.at_us):
        weight = budget.weight(one.method, one.path)
        if not weight:
            continue
        of = one.symbol if budget.by_symbol else ""
        held[of].append((one.at_us, weight))
        sums[of] += weight
        while held[of][0][0] <= one.at_us - budget.window_s * 1e6:
            sums[of] -= held[of].popleft()[1]
        most = max(most, sums[of])
    return most


def over(published: Iterable[Budget], asked: list[Asked]) -> dict[str, tuple[float, float]]:
    """Every budget that was exceeded: what the fullest window held, and what it may hold."""
    found = {budget.name: (fullest(budget, asked), budget.most) for budget in published}
    return {name: (held, most) for name, (held, most) in found.items() if held > most}
