"""Log records without secrets, whichever handler writes them."""

from __future__ import annotations

import logging
from typing import Any

from ..redaction import redacted

_EXCEPTIONS = logging.Formatter()


class Redacting(logging.Filter):
    """Takes the secrets out of what a record says, of its fields and of its traceback; lets every record pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record where it shows a secret."""
        said = record.getMessage()
        clean = redacted(said)
        if clean != said:
            record.msg, record.args = clean, ()
        for name, value in list(fields_of(record).items()):
            if (shown := without_secrets(value)) != value:
                setattr(record, name, shown)
        if record.exc_info and not record.exc_text:
            record.exc_text = redacted(_EXCEPTIONS.formatException(record.exc_info))
        return True


_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """What was given as ``extra``."""
    return {name: value for name, value in vars(record).items() if name not in _OWN}


def without_secrets(value: Any) -> Any:
    """The same with every text in it redacted; what a name calls a secret is hidden whatever it looks like."""
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, dict):
        return {name: _named(str(name), kept) for name, kept in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(without_secrets, value)) if type(value) in (list, tuple) else value
    return value


def _named(name: str, value: Any) -> Any:
    if isinstance(value, str) and value:
        shown = redacted(f"{name}={value}")
        return shown[len(name) + 1:] if shown.startswith(f"{name}=") else shown
    return without_secrets(value)
