"""What databases say when they cannot be used, and what that means for whoever reads it."""

from __future__ import annotations

_CHECK = "the row breaks a rule of the schema and was not stored"
_CONTRADICTION = "the row contradicts another row and was not stored"
_FULL = "the disk is full; free some space"
_LOCKED = "another program holds a lock on it; close that program, or wait until it is done"
_RIGHTS = "this user may not do that; grant it the right, or give another user in the URL"
_GONE = "the server went away or was restarted; it is connected to again as soon as it answers"
_STARTING = "the server is starting or shutting down; try again in a moment"

BY_CODE = (
    ("08", _GONE),
    ("22P05", "the database cannot hold every character; create it with ENCODING 'UTF8'"),
    ("23514", _CHECK),
    ("23", _CONTRADICTION),
    ("25006", "the server takes no writes (a replica?); name the primary server in the URL"),
    ("25P03", "we were stopped in the middle of a transaction, which the server has undone"),
    ("25P04", "we were stopped in the middle of a transaction, which the server has undone"),
    ("40", "another process was at the same rows; nothing was stored"),
    ("42501", _RIGHTS),
    ("42P01", "a table is missing; run 'atomicpos db check'"),
    ("42703", "a column is missing; run 'atomicpos db check'"),
    ("53100", _FULL),
    ("53200", "the server is out of memory"),
    ("53300", "the server has no connection left; raise its max_connections, or close some"),
    ("55P03", _LOCKED),
    ("57014", "the server did not answer in time; look at its load"),
    ("57P03", _STARTING),
    ("57P04", "the database was dropped"),
    ("57P", _GONE),
    ("58030", "the disk failed or is full; look at the server's log"),
)
"""By the beginning of PostgreSQL's SQLSTATE, the longer ones before the shorter."""

BY_WORDS = (
    # SQLite
    ("database is locked", "another program holds its write lock; close that program"),
    ("not a database", "the file is no SQLite database; give atomicpos a file of its own"),
    ("malformed", "the file is damaged; restore it from a copy"),
    ("readonly", "the file is read-only; give this user write permission on it and on its directory"),
    ("disk is full", _FULL),
    ("disk I/O error", "the disk failed or is full; look at the system's log"),
    ("unable to open", "the file cannot be opened; look at its permissions and those of its directory"),
    ("CHECK constraint failed", _CHECK),
    ("constraint failed", _CONTRADICTION),
    # PostgreSQL, where connecting fails: its client gives no code then
    ("authentication failed", "give the right user and password in the URL"),
    ("no password supplied", "give a password in the URL, or in the file ~/.pgpass"),
    ("pg_hba.conf", "the server does not let this user in from here; add a line to its pg_hba.conf"),
    ("role ", "the server knows no such user; create it, or give another one in the URL"),
    ("does not exist", "create it with 'createdb', or give another name in the URL"),
    ("too many", "the server has no connection left; raise its max_connections, or close some"),
    ("remaining connection slots", "the server has no connection left; raise its max_connections, or close some"),
    ("starting up", _STARTING),
    ("shutting down", _STARTING),
    ("recovery mode", _STARTING),
    ("resolve host", "the server's name is unknown; look at the host in the URL"),
    ("Connection refused", "no server listens there; start it, or look at host and port in the URL"),
    ("No such file", "no server listens there; start it, or look at host and port in the URL"),
    ("timeout", "no server answers there; look at host and port in the URL, and at the network"),
    ("NUL", "text with a zero byte cannot be stored"),
    ("connection", _GONE),
)
"""By what the message holds, the first that fits."""
