"""Tell outcome, kind and credential of a call, find rows by namespace, and guard both logs against changes."""

import sqlalchemy as sa
from alembic import op

revision = "audit_0002"
down_revision = "audit_0001"

_SQLITE = (
    "CREATE TRIGGER <guard> BEFORE DELETE ON <log> WHEN old.sequence > coalesce((SELECT max(json_extract(details, '$.purged.<log>.sequence')) FROM security_audit_logs WHERE event_type = 'audit_purged'), 0) BEGIN SELECT RAISE(ABORT, 'rows of <log> are never deleted but by tmws audit purge'); END",
    "CREATE TRIGGER <guard>_update BEFORE UPDATE ON <log> BEGIN SELECT RAISE(ABORT, 'rows of <log> are never changed'); END",
)
_POSTGRESQL = (
    "CREATE FUNCTION <guard>_refuse() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN\nIF TG_OP = 'DELETE' AND OLD.sequence <= (SELECT max((details #>> '{purged,<log>,sequence}')::bigint) FROM security_audit_logs WHERE event_type = 'audit_purged') THEN RETURN OLD; END IF;\nRAISE EXCEPTION 'rows of <log> are never changed, nor deleted but by tmws audit purge' USING ERRCODE = 'integrity_constraint_violation';\nEND $guard$",
    "CREATE TRIGGER <guard> BEFORE UPDATE OR DELETE ON <log> FOR EACH ROW EXECUTE FUNCTION <guard>_refuse()",
    "CREATE TRIGGER <guard>_truncate BEFORE TRUNCATE ON <log> FOR EACH STATEMENT EXECUTE FUNCTION <guard>_refuse()",
    "CREATE VIEW <guard> AS SELECT tgname::text AS name FROM pg_trigger WHERE tgrelid = '<log>'::regclass AND NOT tgisinternal AND tgenabled <> 'D'",
)


def upgrade() -> None:
    """Add the columns and indexes, then the triggers."""
    op.add_column("api_audit_log", sa.Column("kind", sa.String(length=10), server_default="tool", nullable=False))
    op.add_column("api_audit_log", sa.Column("outcome", sa.String(length=50), server_default="ok", nullable=False))
    op.add_column("api_audit_log", sa.Column("credential", sa.String(length=100), nullable=True))
    op.add_column("security_audit_logs", sa.Column("on_behalf_of", sa.Text(), nullable=True))
    op.add_column("security_audit_logs", sa.Column("credential", sa.String(length=100), nullable=True))
    op.create_index("ix_security_audit_logs_namespace_sequence", "security_audit_logs", ["namespace", "sequence"])
    where = sa.text("user_id IS NOT NULL")
    op.drop_index("ix_api_audit_log_endpoint", "api_audit_log")
    op.drop_index("ix_api_audit_log_user_id_created_at", "api_audit_log")
    op.create_index(
        "ix_api_audit_log_user_id_created_at",
        "api_audit_log",
        ["user_id", "created_at"],
        sqlite_where=where,
        postgresql_where=where,
    )
    for log, guard in (
        ("api_audit_log", "tmws_audit_guard_calls"),
        ("security_audit_logs", "tmws_audit_guard_events"),
    ):
        for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
            op.get_bind().exec_driver_sql(statement.replace("<log>", log).replace("<guard>", guard))
