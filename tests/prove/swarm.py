"""Seeded worlds of the whole library on a real SQLite file: faults, then none, and everything must rest."""

from __future__ import annotations

from atomicpos.testing.swarm.running import Swarm, run_swarm
from atomicpos.testing.swarm.table import missing
from atomicpos.testing.swarm.totals import summed

from .section import Section, section

SEEDS = 2000


def run(workers: int) -> Section:
    """Play the seeds, each twice."""
    with section("swarm") as found:
        whole = summed(run_swarm(Swarm(1, SEEDS), workers))
        assert whole is not None
        found.add("seeds, each played twice and hashed", whole.seeds, red=whole.seeds != SEEDS)
        found.add("opens; virtual hours", f"{whole.opens}; {whole.virtual_s / 3600:.1f}")
        found.add("faults struck", sum(whole.of("struck").values()))
        found.add("killed, stopped, left, cut off", ", ".join(
            str(whole.counts[name]) for name in ("killed", "stopped", "left", "cut off")
        ))
        found.add("rested after the faults, at most", f"{whole.rested_s:.0f} virtual s")
        found.add("situations never seen", ", ".join(missing(whole)) or "none", red=bool(missing(whole)))
        found.add("violations", [f"seed {one.seed}: {one.sentence}" for one in whole.broken] or 0,
                  red=bool(whole.broken))
    return found
