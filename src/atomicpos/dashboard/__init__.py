"""The dashboard: a page of our own over a database that is read from outside, with acts that go through the engine."""

from .serving import Dashboard

__all__ = ["Dashboard"]
