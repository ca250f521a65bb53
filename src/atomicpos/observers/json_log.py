"""The log as JSON, one object a line, by one call: ``atomicpos.configure_logging(json=True)``."""

from __future__ import annotations

import json as jsons
import logging
from datetime import UTC, datetime
from typing import Any, TextIO

from ..redaction import redacted
from .redacting import fields_of, without_secrets

PLAIN = "%(asctime)s %(levelname)s %(name)s %(message)s"


class JsonFormatter(logging.Formatter):
    """One record as one JSON object: ``time``, ``level``, ``logger``, ``message``, then the record's own fields.

    Decimals and whatever else is no JSON are texts. A field that is empty is left out.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line. Secrets are taken out of records of other loggers too."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redacted(record.getMessage()),
        }
        own = {name: value for name, value in fields_of(record).items() if value not in ("", None, {}, ())}
        line |= {name: without_secrets(value) for name, value in own.items() if name not in line}
        if record.exc_info or record.exc_text:
            line["exception"] = redacted(record.exc_text or self.formatException(record.exc_info))  # type: ignore[arg-type]
        return jsons.dumps(line, default=str, ensure_ascii=False)


class _Ours(logging.StreamHandler[Any]):
    """The one handler that ``configure_logging`` puts up: a second call replaces it."""


def configure_logging(*, json: bool = False, level: int | str = "INFO", stream: TextIO | None = None) -> None:
    """Write the library's log to ``stream`` (standard error), as JSON or as text, from ``level`` on.

    It is for programs that have set up nothing themselves: one handler on the logger ``atomicpos``, which then passes
    nothing on to the root logger. Whoever configures logging gives ``JsonFormatter`` to a handler of its own. Called
    again, it replaces what it did before. Raises ValueError for an unknown level.
    """
    logger = logging.getLogger("atomicpos")
    logger.setLevel(level)
    for handler in [h for h in logger.handlers if isinstance(h, _Ours)]:
        logger.removeHandler(handler)
    handler = _Ours(stream)
    handler.setFormatter(JsonFormatter() if json else logging.Formatter(PLAIN))
    logger.addHandler(handler)
    logger.propagate = False
