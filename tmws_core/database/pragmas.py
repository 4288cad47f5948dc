"""How each connection to a SQLite file is set, in whichever way it was opened."""

_EVERY = (
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=30000",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-32768",
    "PRAGMA journal_size_limit=67108864",
)
WRITER = _EVERY
READER = (*_EVERY, "PRAGMA query_only=ON", "PRAGMA wal_autocheckpoint=0")
