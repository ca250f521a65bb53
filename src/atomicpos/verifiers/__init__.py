"""Sources of evidence: each looks in its own way and says seen, absent or unknown."""

from .order_status import OrderStatus
from .position_poll import PositionPoll
from .position_stream import PositionStream
from .question import Question, Sought, Verifier
from .registry import assemble, built_in
from .trade_history import TradeHistory

__all__ = [
    "OrderStatus",
    "PositionPoll",
    "PositionStream",
    "Question",
    "Sought",
    "TradeHistory",
    "Verifier",
    "assemble",
    "built_in",
]
