"""The machine: a bot that opens, repeats, closes, moves, asks, stops and is killed, on an exchange that lies."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from atomicpos.testing.interleavings.kinds import Kind

from . import choices
from .holding import Holding
from .process import Process
from .signals import Signals
from .surroundings import Surroundings


class Machine(Signals, Holding, Process, Surroundings):
    """All the rules together, from the first moment of an account on."""

    @initialize(
        kind=st.sampled_from(Kind), looks_back_s=st.sampled_from(choices.LAGS_S), hands=st.booleans(),
        dies_at=choices.deaths, first=choices.opens, data=st.data(),
    )
    def begins(
        self, kind: Kind, looks_back_s: float, hands: bool, dies_at: int | None, first: dict[str, Any],
        data: st.DataObject,
    ) -> None:
        """A new account, some things that go wrong, and a first position.

        How old what a look shows may be, and whether others act on the account, holds for all of its life.
        """
        self.account(kind, looks_back_s=looks_back_s, hands=hands, dies_at=dies_at)
        faults = st.lists(choices.faults(hands, looks_back_s), max_size=2)
        self.ground.goes_wrong(*data.draw(faults, label="goes wrong"))
        self.opens_one(**first)
