"""The three built in, and the example plug-in, keep what every verifier promises."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from atomicpos.testing.contracts import VerifierContract
from atomicpos.verifiers import Verifier
from atomicpos.verifiers.order_status import OrderStatus
from atomicpos.verifiers.position_poll import PositionPoll
from atomicpos.verifiers.trade_history import TradeHistory

EXAMPLE = Path(__file__).parents[2] / "examples" / "example-verifier" / "src"


class TestOrderStatus(VerifierContract):
    """It knows the entry's order, which stays filled whatever becomes of the position."""

    sees_the_end = False

    @pytest.fixture
    def verifier(self) -> Verifier:
        return OrderStatus()


class TestTradeHistory(VerifierContract):
    """It knows the entry's fills, which stay."""

    sees_the_end = False

    @pytest.fixture
    def verifier(self) -> Verifier:
        return TradeHistory()


class TestPositionPoll(VerifierContract):
    """It knows what the slot shows."""

    @pytest.fixture
    def verifier(self) -> Verifier:
        return PositionPoll()


class TestSecondLook(VerifierContract):
    """The example that is shown to authors."""

    @pytest.fixture
    def verifier(self, monkeypatch: pytest.MonkeyPatch) -> Verifier:
        monkeypatch.syspath_prepend(str(EXAMPLE))
        monkeypatch.delitem(sys.modules, "second_look", raising=False)
        import second_look  # its own package, which is not installed here

        verifier: Verifier = second_look.SecondLook()
        return verifier
