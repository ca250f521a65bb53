"""The tables, with the rules the database itself refuses to see broken. Times are integer microseconds, UTC.

The CHECKs guard against a forgotten proof (I2) and the partial unique indexes against a second position on a slot
(I7), whatever the program above them believes.
"""

from .beside import accounts, installation, lags, watchdogs
from .histories import evidence, journal
from .orders import orders
from .outbox import DUE, outbox
from .positions import HELD, SETTLED, UNSETTLED, positions
from .scope import SCOPE, metadata, of_account

__all__ = [
    "DUE", "HELD", "SCOPE", "SETTLED", "UNSETTLED", "accounts", "evidence", "installation", "journal", "lags",
    "metadata", "of_account", "orders", "outbox", "positions", "watchdogs",
]
