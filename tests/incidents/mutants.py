"""All the guards that are taken out, one at a time, by ``python tests/incidents/try_guards.py``: in a copy.

Each is expected to turn at least one test of its incident red.
"""

from __future__ import annotations

from guards_entry import ENTRY
from guards_exits import EXITS
from guards_face import FACE
from guards_looking import LOOKING
from guards_recovery import RECOVERY
from guards_rows import ROWS
from guards_shared import SHARED
from guards_stops import STOPS
from guards_telling import TELLING
from mutant import Mutant

MUTANTS: tuple[Mutant, ...] = (*ENTRY, *LOOKING, *STOPS, *EXITS, *ROWS, *SHARED, *RECOVERY, *FACE, *TELLING)
