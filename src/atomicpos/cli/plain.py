"""JSON as the command line prints it: the same as everything else that shows a position."""

from ..story.plain import json_line, plain

__all__ = ["json_line", "plain"]
