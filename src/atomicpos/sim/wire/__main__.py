"""``python -m atomicpos.sim.wire``: a venue process without the command line's own dependencies."""

from __future__ import annotations

import argparse
import asyncio

from .server import DIALECTS, serve_until_signal


def main() -> None:
    """Serve until SIGTERM or SIGINT, or until the parent is gone."""
    parser = argparse.ArgumentParser(prog="atomicpos.sim.wire")
    parser.add_argument("--dialect", default="bybit", choices=sorted(DIALECTS))
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--parent", type=int, default=None)
    chosen = parser.parse_args()
    asyncio.run(serve_until_signal(chosen.dialect, chosen.port, chosen.seed, chosen.parent))


if __name__ == "__main__":
    main()
