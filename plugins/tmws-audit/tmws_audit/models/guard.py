"""Triggers that keep the rows of both logs as they were written.

They stop a mistaken statement, and whoever may run SQL but not change the schema. Whoever may change the schema, or
write SQLite's file, can drop them; that is what the hash chain and the signed checkpoints are for. To delete is
allowed where a purge has left its record first: the triggers look for the row that names the last deleted sequence.

A later revision that rebuilds a table on SQLite loses its triggers, and has to create them again.
"""

from collections.abc import Sequence
from typing import Final

from tmws_audit.models.api_call import ApiCall
from tmws_audit.models.base import Base
from tmws_audit.models.security_event import SecurityEvent
from tmws_core.declarative import derived

PURGED: Final = "audit_purged"
"""The type of the event that a purge leaves."""
GUARDS: Final = {ApiCall.__tablename__: "tmws_audit_guard_calls", SecurityEvent.__tablename__: "tmws_audit_guard_events"}
"""The beginning of the names of a log's triggers."""


def _sqlite(log: str, guard: str) -> Sequence[str]:
    sealed = (
        "(SELECT max(json_extract(details, '$.logs.{log}.sequence')) FROM security_audit_logs "
        "WHERE event_type = '{purged}')"
    ).format(log=log, purged=PURGED)
    return (
        f"CREATE TRIGGER {guard} BEFORE DELETE ON {log} WHEN old.sequence > coalesce({sealed}, 0) "
        f"BEGIN SELECT RAISE(ABORT, 'rows of {log} are never deleted but by tmws audit purge'); END",
        f"CREATE TRIGGER {guard}_update BEFORE UPDATE ON {log} "
        f"BEGIN SELECT RAISE(ABORT, 'rows of {log} are never changed'); END",
    )


def _postgresql(log: str, guard: str) -> Sequence[str]:
    refusal = f"RAISE EXCEPTION 'rows of {log} are never changed, nor deleted but by tmws audit purge'"
    return (
        f"CREATE FUNCTION {guard}_refuse() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN\n"
        f"IF TG_OP = 'DELETE' AND OLD.sequence <= (SELECT max((details #>> '{{logs,{log},sequence}}')::bigint) "
        f"FROM security_audit_logs WHERE event_type = '{PURGED}') THEN RETURN OLD; END IF;\n"
        f"{refusal} USING ERRCODE = 'integrity_constraint_violation';\nEND $guard$",
        f"CREATE TRIGGER {guard} BEFORE UPDATE OR DELETE ON {log} "
        f"FOR EACH ROW EXECUTE FUNCTION {guard}_refuse()",
        f"CREATE TRIGGER {guard}_truncate BEFORE TRUNCATE ON {log} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {guard}_refuse()",
        # a relation of the name of what is derived, by which the core sees that it is there
        f"CREATE VIEW {guard} AS SELECT tgname::text AS name FROM pg_trigger "
        f"WHERE tgrelid = '{log}'::regclass AND NOT tgisinternal AND tgenabled <> 'D'",
    )


for _log, _guard in GUARDS.items():
    derived(
        Base.metadata, _guard, after=_log, sqlite=_sqlite(_log, _guard), postgresql=_postgresql(_log, _guard)
    )
