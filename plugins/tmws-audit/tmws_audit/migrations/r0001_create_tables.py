"""Create the tables of the plugin."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "audit_0001"
down_revision = None


def upgrade() -> None:
    """Create the tables of the plugin."""
    op.create_table(
        "api_audit_log",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column(
            "surface",
            sa.Enum("http", "mcp", "cli", name="surface", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("endpoint", sa.String(length=255), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("tool", sa.Text(), nullable=True),
        sa.Column("request_body", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("response_status", sa.Integer(), nullable=True),
        sa.Column("response_body", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("user_id", sa.String(length=100), nullable=True),
        sa.Column("agent_id", sa.Text(), nullable=True),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        sa.Column("namespace", sa.Text(), nullable=True),
        sa.Column("ip_address", sa.String(length=45), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("row_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.CheckConstraint(
            "method IN ('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'CALL')", name=op.f("ck_api_audit_log_method")
        ),
        sa.CheckConstraint("duration_ms >= 0", name=op.f("ck_api_audit_log_duration_ms_minimum")),
        sa.CheckConstraint("length(prev_hash) = 64", name=op.f("ck_api_audit_log_prev_hash_length")),
        sa.CheckConstraint("length(row_hash) = 64", name=op.f("ck_api_audit_log_row_hash_length")),
        sa.CheckConstraint("prev_hash <> row_hash", name=op.f("ck_api_audit_log_row_hash_of_its_own")),
        sa.CheckConstraint(
            "response_status >= 100 AND response_status <= 599", name=op.f("ck_api_audit_log_response_status_range")
        ),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_api_audit_log_sequence_minimum")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_audit_log")),
        sa.UniqueConstraint("prev_hash", name=op.f("uq_api_audit_log_prev_hash")),
        sa.UniqueConstraint("sequence", name=op.f("uq_api_audit_log_sequence")),
    )
    with op.batch_alter_table("api_audit_log", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_api_audit_log_agent_id_created_at"), ["agent_id", "created_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_api_audit_log_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_api_audit_log_endpoint"), ["endpoint"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_api_audit_log_user_id_created_at"), ["user_id", "created_at"], unique=False
        )

    op.create_table(
        "security_audit_logs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_type", sa.String(length=50), nullable=False),
        sa.Column(
            "severity",
            sa.Enum("low", "medium", "high", "critical", name="severity", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("timestamp", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("client_ip", sa.String(length=45), nullable=False),
        sa.Column("user_id", sa.String(length=100), nullable=True),
        sa.Column("agent_id", sa.Text(), nullable=True),
        sa.Column("namespace", sa.Text(), nullable=True),
        sa.Column("session_id", sa.String(length=100), nullable=True),
        sa.Column("endpoint", sa.String(length=255), nullable=True),
        sa.Column("method", sa.String(length=10), nullable=True),
        sa.Column("user_agent", sa.String(length=500), nullable=True),
        sa.Column("referer", sa.String(length=500), nullable=True),
        sa.Column("message", sa.String(length=1000), nullable=True),
        sa.Column("details", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("location", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("risk_score", sa.Integer(), server_default="0", nullable=True),
        sa.Column("blocked", sa.Boolean(), server_default=sa.false(), nullable=True),
        sa.Column("event_hash", sa.String(length=16), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("row_hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("length(prev_hash) = 64", name=op.f("ck_security_audit_logs_prev_hash_length")),
        sa.CheckConstraint("length(row_hash) = 64", name=op.f("ck_security_audit_logs_row_hash_length")),
        sa.CheckConstraint("prev_hash <> row_hash", name=op.f("ck_security_audit_logs_row_hash_of_its_own")),
        sa.CheckConstraint(
            "risk_score >= 0 AND risk_score <= 100", name=op.f("ck_security_audit_logs_risk_score_range")
        ),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_security_audit_logs_sequence_minimum")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_audit_logs")),
        sa.UniqueConstraint("prev_hash", name=op.f("uq_security_audit_logs_prev_hash")),
        sa.UniqueConstraint("sequence", name=op.f("uq_security_audit_logs_sequence")),
    )
    with op.batch_alter_table("security_audit_logs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_security_audit_logs_agent_id"), ["agent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_security_audit_logs_client_ip"), ["client_ip"], unique=False)
        batch_op.create_index(batch_op.f("ix_security_audit_logs_event_hash"), ["event_hash"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_security_audit_logs_event_type_timestamp"), ["event_type", "timestamp"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_security_audit_logs_risk_score"), ["risk_score"], unique=False)
        batch_op.create_index(batch_op.f("ix_security_audit_logs_session_id"), ["session_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_security_audit_logs_severity"), ["severity"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_security_audit_logs_timestamp_severity"), ["timestamp", "severity"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_security_audit_logs_user_id"), ["user_id"], unique=False)
