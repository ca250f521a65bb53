"""Replies as no exchange should send them: an honest one in, a damaged one out."""

from __future__ import annotations

from hypothesis import strategies as st

from ..hostile import Operator, Reply, strike

operators = st.sampled_from(Operator)
"""Any one way in which a reply is not what it should be."""


def replies(honest: bytes) -> st.SearchStrategy[Reply]:
    """That reply with one thing done to it; as it is where an operator finds nothing to do. Shrinks to small seeds."""
    reply = Reply(honest)
    return st.builds(lambda one, seed: strike(reply, one, seed) or reply, operators, st.integers(0, 10_000))
