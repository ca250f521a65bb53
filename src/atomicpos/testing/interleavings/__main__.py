"""``python -m atomicpos.testing.interleavings SPACE TAPE``: play one history again, and tell what happens in it.

Prints the choices by name, a line for each thing that a process passes, says, sends or hears and for each change at the
exchange, and the invariants that break. Ends with 1 when one does.
"""

from __future__ import annotations

import argparse

from .catalogue import MODULE, SPACES
from .odometer import Space, Tape
from .replay import replay


def main(arguments: list[str] | None = None) -> int:
    """Play what was asked for."""
    parser = argparse.ArgumentParser(prog=f"python -m {MODULE}", description="Play one history again.")
    parser.add_argument("space", choices=SPACES, metavar="SPACE", help=", ".join(SPACES))
    parser.add_argument("tape", metavar="TAPE", help="one index for each domain, such as 0,3,1")
    asked = parser.parse_args(arguments)
    try:
        tape = read_tape(SPACES[asked.space], asked.tape)
    except ValueError as error:
        parser.error(str(error))
    replayed = replay(SPACES[asked.space], tape)
    print(replayed)
    return int(bool(replayed.told.broken))


def read_tape(space: Space, text: str) -> Tape:
    """The tape in those words. Raises ValueError naming the domain and how many values it has."""
    try:
        tape = tuple(int(index) for index in text.split(","))
    except ValueError:
        raise ValueError(f"{text!r} is no tape: it must be whole numbers with commas between them") from None
    if len(tape) != len(space.domains):
        names = ", ".join(domain.name for domain in space.domains)
        raise ValueError(f"{text!r} has {len(tape)} indices; it must have {len(space.domains)}: {names}")
    for domain, index in zip(space.domains, tape, strict=True):
        if not 0 <= index < len(domain.values):
            raise ValueError(f"{domain.name} is {index}; it must be from 0 to {len(domain.values) - 1}")
    return tape


if __name__ == "__main__":
    raise SystemExit(main())
