"""Seeds that once broke an invariant, each with a sentence on what it found; they are played in every test run."""

from __future__ import annotations

FOUND: dict[int, str] = {}
