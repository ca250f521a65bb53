"""What is done to the return code of a reply."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from .operators import Operator
from .reply import Reply
from .trees import written

UNDECIDED = (
    (10000, "Server Timeout"), (10016, "Internal System Error."), (99999, "no such code"), (-1, "negative"),
    (170146, "Order creation timeout"), (110072, "OrderLinkedID is duplicate"), (12345678901234567890, "large"),
)  # fmt: skip
"""None of them says that nothing was carried out."""

REFUSALS = (
    (110007, "ab not enough for new order"), (10001, "params error"), (110017, "current position is zero"),
    (34040, "not modified"), (110001, "order not exists or too late to cancel"), (10006, "Too many visits!"),
    (110043, "leverage not modified"), (10002, "invalid request, please check your server timestamp"),
)  # fmt: skip


def on_the_code(reply: Reply, operator: Operator, rng: random.Random) -> Reply | None:
    """The reply with another code, or the same one written otherwise; None where it carries none."""
    tree: Any = reply.tree
    if not isinstance(tree, dict) or "retCode" not in tree:
        return None
    if operator is Operator.CODE_AS_TEXT:
        return replace(reply, body=written({**tree, "retCode": str(tree["retCode"])}))
    code, message = rng.choice(UNDECIDED if operator is Operator.CODE_UNDECIDED else REFUSALS)
    said = rng.choice([code, str(code)])
    return replace(reply, body=written({**tree, "retCode": said, "retMsg": message, "result": {}}))
