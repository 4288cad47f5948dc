"""Triggers that keep the rows of both logs as they were written.

They stop a mistaken statement, and whoever may run SQL but not change the schema. Whoever may change the schema, or
write SQLite's file, can drop them; that is what the hash chain and the signed checkpoints are for. To delete is
allowed where a purge has left its record first: the triggers look for the row that names the last deleted sequence.

A later revision that rebuilds a table on SQLite loses its triggers, and has to create them again.
"""

from collections.abc import Iterator
from typing import Final

from tmws_audit.models.api_call import ApiCall
from tmws_audit.models.base import Base
from tmws_audit.models.security_event import SecurityEvent
from tmws_core.declarative import derived

PURGED: Final = "audit_purged"
"""The type of the event that a purge leaves."""
GUARDS: Final = {
    ApiCall.__tablename__: "tmws_audit_guard_calls",
    SecurityEvent.__tablename__: "tmws_audit_guard_events",
}
"""The beginning of the names of a log's triggers."""
TRIGGERS: Final = {
    "sqlite": ("<guard>", "<guard>_update"),
    "postgresql": ("<guard>", "<guard>_truncate"),
}
"""The names of a log's triggers, by dialect, with the place of that beginning."""

_SQLITE = (
    "CREATE TRIGGER <guard> BEFORE DELETE ON <log> WHEN old.sequence > coalesce((SELECT max(json_extract(details, "
    "'$.purged.<log>.sequence')) FROM security_audit_logs WHERE event_type = '<purged>'), 0) "
    "BEGIN SELECT RAISE(ABORT, 'rows of <log> are never deleted but by tmws audit purge'); END",
    "CREATE TRIGGER <guard>_update BEFORE UPDATE ON <log> "
    "BEGIN SELECT RAISE(ABORT, 'rows of <log> are never changed'); END",
)
_POSTGRESQL = (
    "CREATE FUNCTION <guard>_refuse() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN\n"
    "IF TG_OP = 'DELETE' AND OLD.sequence <= (SELECT max((details #>> '{purged,<log>,sequence}')::bigint) "
    "FROM security_audit_logs WHERE event_type = '<purged>') THEN RETURN OLD; END IF;\n"
    "RAISE EXCEPTION 'rows of <log> are never changed, nor deleted but by tmws audit purge' "
    "USING ERRCODE = 'integrity_constraint_violation';\nEND $guard$",
    "CREATE TRIGGER <guard> BEFORE UPDATE OR DELETE ON <log> FOR EACH ROW EXECUTE FUNCTION <guard>_refuse()",
    "CREATE TRIGGER <guard>_truncate BEFORE TRUNCATE ON <log> FOR EACH STATEMENT EXECUTE FUNCTION <guard>_refuse()",
    # a relation of the name of what is derived, by which the core sees that it is there
    "CREATE VIEW <guard> AS SELECT tgname::text AS name FROM pg_trigger "
    "WHERE tgrelid = '<log>'::regclass AND NOT tgisinternal AND tgenabled <> 'D'",
)


def _statements(templates: tuple[str, ...], log: str, guard: str) -> Iterator[str]:
    for template in templates:
        yield template.replace("<log>", log).replace("<guard>", guard).replace("<purged>", PURGED)


for _log, _guard in GUARDS.items():
    derived(
        Base.metadata,
        _guard,
        after=_log,
        sqlite=tuple(_statements(_SQLITE, _log, _guard)),
        postgresql=tuple(_statements(_POSTGRESQL, _log, _guard)),
    )
