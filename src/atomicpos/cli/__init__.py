"""The command line, ``atomicpos``."""

from .commands import app, main

__all__ = ["app", "main"]
