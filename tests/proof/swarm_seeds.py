"""Seeds that once broke an invariant, each with a sentence on what it found; they are played in every test run."""

from __future__ import annotations

_DEAD = "the world waited for a request of a killed process to arrive, since nobody awake was told that it had"
_SHOWN_NOTHING = "a row was held to have been called protected anew by looks that had shown nothing at all"
_BOTH_STOPS = "one jump took a stop and its successor, and with them a part of what another hand held beside ours"
_OTHERWISE = "a stop that a killed process had sent under the same id by another trigger was waited for as ours"
FOUND: dict[int, str] = {
    32: _DEAD, 65: _DEAD, 90: _DEAD, 113: _DEAD, 342: _BOTH_STOPS, 508: _SHOWN_NOTHING, 685: _OTHERWISE,
    1190: _OTHERWISE, 1291: _BOTH_STOPS,
}
