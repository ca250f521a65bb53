"""The rules of the tables, as CHECKs that mean the same on SQLite and on PostgreSQL.

A comparison with NULL is neither true nor false, and a CHECK lets that pass: so a rule that needs a value asks for NOT
NULL before it compares.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import CheckConstraint

from atomicpos.models import SETTLED, PositionMode, PositionSide, ProofKind, State

FLAT_PROOFS = tuple(kind for kind in ProofKind if kind is not ProofKind.STOP_READ_BACK)
"""The proofs a row may end with: a stop that was read back proves protection, never flatness."""

TIMELESS_PROOFS = (ProofKind.NOT_SENT, ProofKind.OPERATOR)
"""The proofs that need not be newer than the last send."""


def listed(words: Iterable[StrEnum]) -> str:
    """The words as an SQL list, in the order given."""
    return "(" + ", ".join(f"'{word.value}'" for word in words) + ")"


def among(table: str, column: str, words: Iterable[StrEnum]) -> CheckConstraint:
    """One of the words, or NULL."""
    return CheckConstraint(f"{column} IN {listed(words)}", name=f"ck_{table}_{column}")


def number(table: str, column: str, least: str) -> CheckConstraint:
    """A finite number with that lower bound (``>= 0``), or NULL."""
    # the cast is for SQLite, where a decimal is text and every text is greater than every number; the other end is for
    # PostgreSQL, whose NaN is greater than Infinity, and says nothing in SQLite
    value = f"CAST({column} AS NUMERIC)"
    return CheckConstraint(f"{value} {least} AND {value} < 'Infinity'", name=f"ck_{table}_{column}")


def above_zero(table: str, column: str) -> CheckConstraint:
    """A finite number greater than zero, or NULL."""
    return number(table, column, "> 0")


def one_of(table: str, rule: str) -> CheckConstraint:
    """A stop rule is a percentage or a price, and not both; both NULL: there is no such rule."""
    return CheckConstraint(f"{rule}_percent IS NULL OR {rule}_price IS NULL", name=f"ck_{table}_{rule}")


_ENDS = listed(state for state in State if state in SETTLED)

SETTLED_PROVEN = (
    f"state NOT IN {_ENDS} OR (proof_kind IS NOT NULL AND proof_at_us IS NOT NULL AND settled_at_us IS NOT NULL "
    f"AND open_orders = 0 AND proof_kind IN {listed(FLAT_PROOFS)} "
    f"AND (proof_kind IN {listed(TIMELESS_PROOFS)} OR proof_at_us >= coalesce(last_send_at_us, 0)))"
)
"""I2: no proof, no end."""

SLOT_HELD = (
    f"(holds_slot AND state NOT IN {_ENDS}) OR (NOT holds_slot AND (state IN {_ENDS} OR suspected_at_us IS NOT NULL))"
)
"""I7: the slot is held in every state but the ends; a row that is reopened may find it taken by another."""

def claims(side: PositionSide) -> str:
    """I7: which rows hold that side of their symbol: those of it, and all of one-way mode, which holds both."""
    return f"(position_mode = '{PositionMode.ONE_WAY.value}' OR side = '{side.value}')"


SETTLED_DATED = (
    f"(settled_at_us IS NULL AND state NOT IN {_ENDS}) OR (settled_at_us IS NOT NULL AND state IN {_ENDS})"
)
"""What is settled says since when, and nothing else does: the indexes over settled rows go by it."""
