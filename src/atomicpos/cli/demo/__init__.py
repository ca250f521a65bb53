"""The demo: an open in every weather at once, over the wire, beside the venue's own truth."""

from .command import demo

__all__ = ["demo"]
