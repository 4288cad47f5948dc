"""Create the tables of the plugin."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "verification_0001"
down_revision = None


def upgrade() -> None:
    """Create the tables of the plugin."""
    op.create_table(
        "verification_records",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column(
            "claim_type",
            sa.Enum(
                "test_result",
                "performance_metric",
                "code_quality",
                "security_finding",
                "deployment_status",
                "custom",
                name="claim_type",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("claim_content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("verification_command", sa.Text(), nullable=False),
        sa.Column("verification_result", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("accurate", sa.Boolean(), nullable=False),
        sa.Column("evidence_memory_id", sa.String(length=36), nullable=True),
        sa.Column(
            "verified_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False
        ),
        sa.Column("verified_by_agent_id", sa.Text(), nullable=True),
        sa.Column(
            "verifier_kind",
            sa.Enum("command", "plugin", "human", name="verifier_kind", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.CheckConstraint("duration_ms >= 0", name=op.f("ck_verification_records_duration_ms_minimum")),
        sa.CheckConstraint(
            "length(CAST(verification_result AS TEXT)) <= 65536",
            name=op.f("ck_verification_records_verification_result_length"),
        ),
        sa.CheckConstraint(
            "verified_by_agent_id <> agent_id", name=op.f("ck_verification_records_verifier_is_not_claimant")
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_verification_records_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["evidence_memory_id"],
            ["memories.id"],
            name=op.f("fk_verification_records_evidence_memory_id_memories"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["verified_by_agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_verification_records_verified_by_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification_records")),
    )
    with op.batch_alter_table("verification_records", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_verification_records_accurate"), ["accurate"], unique=False)
        batch_op.create_index(batch_op.f("ix_verification_records_agent_id"), ["agent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_verification_records_claim_type"), ["claim_type"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_verification_records_evidence_memory_id"), ["evidence_memory_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_verification_records_verified_at"), ["verified_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_verification_records_verified_by_agent_id"), ["verified_by_agent_id"], unique=False
        )

    op.create_table(
        "trust_score_history",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("old_score", sa.Double(), nullable=False),
        sa.Column("new_score", sa.Double(), nullable=False),
        sa.Column("delta", sa.Double(), sa.Computed("new_score - old_score", persisted=True), nullable=False),
        sa.Column(
            "source_type",
            sa.Enum(
                "verification",
                "pattern",
                "manual",
                "decay",
                name="source_type",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.Column("verification_record_id", sa.String(length=36), nullable=True),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.CheckConstraint(
            "source_type <> 'pattern' OR source_id IS NOT NULL", name=op.f("ck_trust_score_history_pattern_is_named")
        ),
        sa.CheckConstraint(
            "source_type <> 'verification' OR verification_record_id IS NOT NULL",
            name=op.f("ck_trust_score_history_verification_is_named"),
        ),
        sa.CheckConstraint("new_score >= 0 AND new_score <= 1", name=op.f("ck_trust_score_history_new_score_range")),
        sa.CheckConstraint("old_score >= 0 AND old_score <= 1", name=op.f("ck_trust_score_history_old_score_range")),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_trust_score_history_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["verification_record_id"],
            ["verification_records.id"],
            name="fk_trust_score_history_verification_record_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trust_score_history")),
    )
    with op.batch_alter_table("trust_score_history", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trust_score_history_agent_id"), ["agent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_trust_score_history_changed_at"), ["changed_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_trust_score_history_verification_record_id"), ["verification_record_id"], unique=False
        )
