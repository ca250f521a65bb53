"""Replies as no exchange should send them: one reply and a seed make a hostile one, by operators that have names."""

from .mutator import strike
from .operators import FORGERIES, LIES, Operator
from .reply import Reply

__all__ = ["FORGERIES", "LIES", "Operator", "Reply", "strike"]
