"""Actions signed as they are sent: with the pinned timestamp as their nonce, and the receive window as their end."""

from __future__ import annotations

from typing import Any

from ..call import CALL
from ..transport import Ask, Params


class Signer:
    """Signs actions through the view, with the caller's own key. No two of its nonces are the same.

    ccxt's unified methods first send ``approveBuilderFee`` and ``setReferrer`` with the caller's key, and set options
    on the client (measured with 4.5.90): none of that is done here, and no builder's fee is put on an order.
    """

    def __init__(self) -> None:
        self._last_ms = 0

    def ask(self, action: Params) -> Ask:
        """The action, to be signed when it is sent."""
        return Ask("privatePostExchange", {"action": action}, finish=self._sign)

    def _sign(self, view: Any, params: Params) -> Params:
        """Documented: a nonce is taken once, and after ``expiresAfter`` the action is refused."""
        call = CALL.get()
        stamp_ms = int(view.nonce())
        bots_ms = view.safe_integer(view.options, "lastNonce", 0) or 0
        nonce = max(stamp_ms, self._last_ms + 1, bots_ms + 1)
        window_ms = call.recv_window_ms if call is not None and call.recv_window_ms is not None else 0
        expires_ms = stamp_ms + window_ms
        signature = view.sign_l1_action(params["action"], nonce, None, expires_ms)
        self._last_ms = nonce
        return {**params, "nonce": nonce, "signature": signature, "expiresAfter": expires_ms}
