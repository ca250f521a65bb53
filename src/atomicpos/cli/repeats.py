"""How often each stored finding was repeated: the journal shows a repeat once, the table counts them."""

from __future__ import annotations

from .options import database_url
from .timeline import Repeats


def repeats_of(database: str, position_id: str) -> tuple[Repeats, ...]:
    """One for each finding of the position, in the order in which the history has them. Raises StoreUnavailable."""
    from sqlalchemy import select

    from ..store.connect import reading_engine
    from ..store.failures import told
    from ..store.schema import existing
    from ..store.tables import evidence

    location = existing(database_url(database))
    counted = select(evidence.c.repeats, evidence.c.last_answered_at_us)
    wanted = counted.where(evidence.c.position_id == position_id).order_by(evidence.c.seq)
    engine = reading_engine(location)
    try:
        with told(location.place), engine.begin() as connection:
            rows = connection.execute(wanted).all()
    finally:
        engine.dispose()
    return tuple(Repeats(count, last_at_us) for count, last_at_us in rows)
