"""The library's own log, silenced while histories are played."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet() -> Iterator[None]:
    """Alerts of thousands of histories would drown the one that matters."""
    logger = logging.getLogger("atomicpos")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)
