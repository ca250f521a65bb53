"""The knobs, read once, in seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from .errors import InvalidRequest
from .events import Event
from .models import MarginMode, TriggerBy

FLATTEN = "flatten"
HOLD = "hold"
UNPROTECTABLE_POLICIES = (FLATTEN, HOLD)
RESTORE = "restore"
ACCEPT = "accept"
FOREIGN_STOP_POLICIES = (RESTORE, ACCEPT)
ALERT = "alert"
IGNORE = "ignore"
EXTERNAL_POLICIES = (ALERT, IGNORE)
OFF = "off"
ONCE = "once"
ALWAYS = "always"
CANARY_POLICIES = (OFF, ONCE, ALWAYS)
AUTO = "auto"
STREAM_POLICIES = (AUTO, OFF)


@dataclass(frozen=True, slots=True)
class Settings:
    """Keyword arguments of ``AtomicPositions``, with their units and defaults. None means: the exchange profile's."""

    account: str = "default"
    """Names the account in the slot; two accounts of one exchange in one database need two names."""
    verification_deadline_s: float | None = None
    """Past it, with nothing shown, ``orphan_suspected``. Default: the horizon plus 5 s; never below the horizon."""
    exposure_deadline_s: float = 10.0
    """How long a fill may be without a stop before ``on_unprotectable`` acts."""
    on_unprotectable: str = FLATTEN
    """``flatten`` closes the position at the exposure deadline, ``hold`` goes on trying to protect it."""
    on_foreign_stop: str = RESTORE
    """When somebody else changes the position's own stop: ``restore`` ours, or ``accept`` theirs when it is tighter."""
    write_patience_s: float = 2.0
    """How long a write may be unanswered before looking and protecting start."""
    journal_patience_s: float = 0.1
    """How long a protective request waits for its journal line before it leaves first."""
    visibility_s_max: float | None = None
    """How late a read may lag."""
    recv_window_s: float | None = None
    """How long after its timestamp the exchange takes a request; sent with every write."""
    clock_skew_s_max: float | None = None
    """How far our clock and the exchange's may lie apart."""
    trigger_by: TriggerBy = TriggerBy.MARK
    """The price the stop is compared with."""
    max_slippage_percent: float | None = None
    """Turns entries into immediate-or-cancel limit orders so far beyond the mark price, in percent of it."""
    margin_mode: MarginMode | None = None
    """``isolated`` or ``cross``, set and read back before the entry; None leaves it as it is."""
    look_timeout_s: float = 10.0
    """How long one look of one source may take, waiting for its turn in the client's limiter included."""
    watch_s: float = 5.0
    """How often the watchdog looks at each protected position, and at the account as a whole."""
    lease_s: float | None = None
    """How long a position belongs to the process that drives it, without being renewed; another takes it over then.
    Default, and the least: three times (``recv_window_s`` + three times ``clock_skew_s_max``)."""
    audit_s: float = 86400.0
    """How far back the account is searched for late fills of positions that are settled."""
    on_external: str = ALERT
    """What no row claims, positions of others and orders of another installation: ``alert`` or ``ignore``. Either
    way it is neither adopted nor cancelled."""
    stop_canary: str = OFF
    """``once``: before the first entry on a symbol in a process, a reduce-only stop far from the price is put up, read
    back and cancelled, where the exchange takes one without a position; ``always``: before each entry. ``off``, since
    it is an order that nobody asked for, and makes the entry wait for it."""
    streams: str = AUTO
    """``auto`` also hears what the exchange tells by itself, where its profile says that it does: fills are then known
    sooner. ``off`` leaves it at asking. No proof rests on it either way."""
    alerts: tuple[object, ...] = ()
    """Who hears of each alert and of its end: a function, an Apprise URL (`tgram://...`, `mailto://...`; extra
    `alerts`), a channel of one's own, or a list of these. Without any they go to the log only."""
    metrics: object = None
    """Metrics for Prometheus (extra ``metrics``): True keeps them in ``prometheus_client``'s default registry, a
    registry in that one, an address such as ``127.0.0.1:9464`` serves them there. Give a loopback address: whoever
    reaches it reads symbols and counts, and no secret."""
    verifiers: tuple[object, ...] = ()
    """The caller's own verifiers, added to the three built in."""
    listeners: tuple[Callable[[Event], object], ...] = ()
    """Called with every fact after its commit. A plain function runs in a thread of its own, one fact after the other,
    and may take its time; an ``async def`` is run on the loop beside everything, and must not block. What one raises is
    logged; one that is too slow loses the oldest of what waits for it."""

    @classmethod
    def read(cls, knobs: dict[str, Any]) -> Settings:
        """Check and freeze the keyword arguments. Raises InvalidRequest naming the knob, the value and the limit."""
        known = {f.name for f in fields(cls)}
        if unknown := sorted(set(knobs) - known):
            raise InvalidRequest(f"unknown setting {unknown[0]!r}; the settings are {', '.join(sorted(known))}")
        given = dict(knobs)
        for name in ("verifiers", "listeners"):
            given[name] = _several(name, given.get(name))
        given["alerts"] = _sinks(given.get("alerts"))
        for name, words in (("trigger_by", TriggerBy), ("margin_mode", MarginMode)):
            if given.get(name) is not None:
                given[name] = _word(name, given[name], words)
        given["metrics"] = _metrics(given.get("metrics"))
        settings = cls(**given)
        settings._check()
        return settings

    def _check(self) -> None:
        for f in fields(self):
            value = getattr(self, f.name)
            if f.name.endswith(("_s", "_s_max")) and value is not None and not _positive(value):
                raise InvalidRequest(f"{f.name} is {value!r}; it must be a number of seconds above 0")
        if self.on_unprotectable not in UNPROTECTABLE_POLICIES:
            raise InvalidRequest(
                f"on_unprotectable is {self.on_unprotectable!r}; it must be one of {', '.join(UNPROTECTABLE_POLICIES)}"
            )
        if self.on_foreign_stop not in FOREIGN_STOP_POLICIES:
            raise InvalidRequest(
                f"on_foreign_stop is {self.on_foreign_stop!r}; it must be one of {', '.join(FOREIGN_STOP_POLICIES)}"
            )
        if self.on_external not in EXTERNAL_POLICIES:
            raise InvalidRequest(
                f"on_external is {self.on_external!r}; it must be one of {', '.join(EXTERNAL_POLICIES)}"
            )
        if self.stop_canary not in CANARY_POLICIES:
            raise InvalidRequest(
                f"stop_canary is {self.stop_canary!r}; it must be one of {', '.join(CANARY_POLICIES)}"
            )
        if self.streams not in STREAM_POLICIES:
            raise InvalidRequest(f"streams is {self.streams!r}; it must be one of {', '.join(STREAM_POLICIES)}")
        slippage = self.max_slippage_percent
        if slippage is not None and not (_positive(slippage) and slippage < 100):
            raise InvalidRequest(f"max_slippage_percent is {slippage!r}; it must lie above 0 and below 100")
        if not self.account or not isinstance(self.account, str):
            raise InvalidRequest(f"account is {self.account!r}; it must be a name of at least one character")


def _several(name: str, value: object) -> tuple[Any, ...]:
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise InvalidRequest(f"{name} is {value!r}; it must be a list")
    return tuple(value)


def _metrics(value: object) -> object:
    """None for none; what is no registry, address or True is refused."""
    if value is None or value is False:
        return None
    host, colon, port = value.rpartition(":") if isinstance(value, str) else ("", "", "")
    address = host and colon and port.isascii() and port.isdigit() and int(port) < 65536
    if value is True or address or (hasattr(value, "register") and hasattr(value, "collect")):
        return value
    raise InvalidRequest(f"metrics is {value!r}; it must be True, a registry or an address such as 127.0.0.1:9464")
def _sinks(value: object) -> tuple[Any, ...]:
    """One or several. What is none of them is named by its kind: a URL that was mangled shall not show its secrets."""
    if value is None:
        return ()
    several = isinstance(value, Iterable) and not (isinstance(value, str) or callable(value))
    sinks = tuple(value) if several else (value,)  # type: ignore[arg-type]
    for sink in sinks:
        if not (isinstance(sink, str) or callable(sink) or callable(getattr(sink, "deliver", None))):
            kind = type(sink).__name__
            raise InvalidRequest(f"alerts has a {kind}; it must be a function, a URL, a channel, or a list of these")
    return sinks


def _positive(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e9


def _word(name: str, value: object, words: type[StrEnum]) -> StrEnum:
    try:
        return words(str(value).lower())
    except ValueError:
        allowed = ", ".join(word.value for word in words)
        raise InvalidRequest(f"{name} is {value!r}; it must be one of {allowed}") from None
