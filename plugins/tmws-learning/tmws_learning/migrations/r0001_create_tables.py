"""Create the tables of the plugin."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "learning_0001"
down_revision = None


def upgrade() -> None:
    """Create the tables of the plugin."""
    op.create_table(
        "detected_patterns",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("namespace", sa.String(length=255), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=True),
        sa.Column("tool_sequence", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("pattern_hash", sa.String(length=64), nullable=False),
        sa.Column("frequency", sa.Integer(), server_default="3", nullable=False),
        sa.Column("avg_success_rate", sa.Double(), server_default="1.0", nullable=False),
        sa.Column("avg_execution_time_ms", sa.Double(), nullable=True),
        sa.Column("sop_draft", sa.Text(), nullable=True),
        sa.Column("sop_title", sa.String(length=255), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "detected",
                "validating",
                "validated",
                "approved",
                "skill_created",
                "rejected",
                name="state",
                native_enum=False,
                create_constraint=True,
            ),
            server_default="detected",
            nullable=False,
        ),
        sa.Column("skill_id", sa.String(length=36), nullable=True),
        sa.Column("validation_errors", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("validated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "detected_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False
        ),
        sa.Column("last_occurrence_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.CheckConstraint(
            "avg_execution_time_ms >= 0", name=op.f("ck_detected_patterns_avg_execution_time_ms_minimum")
        ),
        sa.CheckConstraint(
            "avg_success_rate >= 0 AND avg_success_rate <= 1", name=op.f("ck_detected_patterns_avg_success_rate_range")
        ),
        sa.CheckConstraint("frequency >= 3", name=op.f("ck_detected_patterns_frequency_minimum")),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_detected_patterns_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"],
            ["agents.agent_id"],
            name=op.f("fk_detected_patterns_approved_by_agents"),
            onupdate="CASCADE",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["skills.id"], name=op.f("fk_detected_patterns_skill_id_skills"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_detected_patterns")),
        sa.UniqueConstraint("namespace", "pattern_hash", name=op.f("uq_detected_patterns_namespace_pattern_hash")),
    )
    with op.batch_alter_table("detected_patterns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_detected_patterns_agent_id_state"), ["agent_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_detected_patterns_approved_by"), ["approved_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_detected_patterns_namespace_state"), ["namespace", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_detected_patterns_skill_id"), ["skill_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_detected_patterns_state"), ["state"], unique=False)

    op.create_table(
        "learning_patterns",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("pattern_name", sa.String(length=255), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=True),
        sa.Column("namespace", sa.String(length=100), server_default="default", nullable=False),
        sa.Column("category", sa.String(length=100), nullable=False),
        sa.Column("subcategory", sa.String(length=100), nullable=True),
        sa.Column(
            "access_level",
            sa.Enum(
                "private",
                "team",
                "shared",
                "public",
                "system",
                name="access_level",
                native_enum=False,
                create_constraint=True,
            ),
            server_default="private",
            nullable=False,
        ),
        sa.Column("pattern_data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("version", sa.String(length=50), server_default="1.0.0", nullable=False),
        sa.Column("parent_pattern_id", sa.String(length=36), nullable=True),
        sa.Column("usage_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("agent_usage_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("success_rate", sa.Double(), server_default="0.0", nullable=False),
        sa.Column("agent_success_rate", sa.Double(), server_default="0.0", nullable=False),
        sa.Column("avg_execution_time", sa.Double(), nullable=True),
        sa.Column("complexity_score", sa.Double(), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_agent_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shared_with_agents", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("learning_weight", sa.Double(), server_default="1.0", nullable=False),
        sa.Column("confidence_score", sa.Double(), server_default="0.5", nullable=False),
        sa.Column("is_deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column(
            "metadata", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False
        ),
        sa.CheckConstraint(
            "agent_success_rate >= 0 AND agent_success_rate <= 1",
            name=op.f("ck_learning_patterns_agent_success_rate_range"),
        ),
        sa.CheckConstraint("agent_usage_count >= 0", name=op.f("ck_learning_patterns_agent_usage_count_minimum")),
        sa.CheckConstraint("avg_execution_time >= 0", name=op.f("ck_learning_patterns_avg_execution_time_minimum")),
        sa.CheckConstraint(
            "complexity_score >= 0 AND complexity_score <= 1", name=op.f("ck_learning_patterns_complexity_score_range")
        ),
        sa.CheckConstraint(
            "confidence_score >= 0 AND confidence_score <= 1", name=op.f("ck_learning_patterns_confidence_score_range")
        ),
        sa.CheckConstraint(
            "learning_weight >= 0 AND learning_weight <= 10", name=op.f("ck_learning_patterns_learning_weight_range")
        ),
        sa.CheckConstraint(
            "success_rate >= 0 AND success_rate <= 1", name=op.f("ck_learning_patterns_success_rate_range")
        ),
        sa.CheckConstraint("usage_count >= 0", name=op.f("ck_learning_patterns_usage_count_minimum")),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_learning_patterns_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["parent_pattern_id"],
            ["learning_patterns.id"],
            name=op.f("fk_learning_patterns_parent_pattern_id_learning_patterns"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_patterns")),
    )
    with op.batch_alter_table("learning_patterns", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_learning_patterns_agent_id_namespace"), ["agent_id", "namespace"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_learning_patterns_category_access_level"), ["category", "access_level"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_learning_patterns_last_used_at"), ["last_used_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_learning_patterns_namespace"), ["namespace"], unique=False)
        batch_op.create_index(batch_op.f("ix_learning_patterns_parent_pattern_id"), ["parent_pattern_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_learning_patterns_usage_count"), ["usage_count"], unique=False)

    op.create_table(
        "skill_suggestions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("orchestration_id", sa.String(length=36), nullable=True),
        sa.Column("skill_id", sa.String(length=36), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("namespace", sa.String(length=255), nullable=False),
        sa.Column("relevance_score", sa.Double(), nullable=False),
        sa.Column("suggestion_reason", sa.Text(), nullable=True),
        sa.Column("was_activated", sa.Boolean(), nullable=True),
        sa.Column("was_helpful", sa.Boolean(), nullable=True),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("feedback_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.CheckConstraint(
            "relevance_score >= 0 AND relevance_score <= 1", name=op.f("ck_skill_suggestions_relevance_score_range")
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_skill_suggestions_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["skills.id"], name=op.f("fk_skill_suggestions_skill_id_skills"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill_suggestions")),
    )
    with op.batch_alter_table("skill_suggestions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_skill_suggestions_agent_id"), ["agent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_skill_suggestions_namespace"), ["namespace"], unique=False)
        batch_op.create_index(batch_op.f("ix_skill_suggestions_orchestration_id"), ["orchestration_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_skill_suggestions_skill_id_was_activated_was_helpful"),
            ["skill_id", "was_activated", "was_helpful"],
            unique=False,
        )

    op.create_table(
        "execution_traces",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("namespace", sa.String(length=255), nullable=False),
        sa.Column("tool_name", sa.String(length=255), nullable=False),
        sa.Column(
            "input_params",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("output_result", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("success", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("error_type", sa.String(length=255), nullable=True),
        sa.Column("execution_time_ms", sa.Double(), server_default="0.0", nullable=False),
        sa.Column("token_estimate", sa.Integer(), nullable=True),
        sa.Column("orchestration_id", sa.String(length=36), nullable=True),
        sa.Column("sequence_number", sa.Integer(), nullable=True),
        sa.Column("context_snapshot", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("pattern_id", sa.String(length=36), nullable=True),
        sa.Column("ttl_days", sa.Integer(), server_default="30", nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.CheckConstraint("execution_time_ms >= 0", name=op.f("ck_execution_traces_execution_time_ms_minimum")),
        sa.CheckConstraint("token_estimate >= 0", name=op.f("ck_execution_traces_token_estimate_minimum")),
        sa.CheckConstraint("ttl_days >= 1 AND ttl_days <= 3650", name=op.f("ck_execution_traces_ttl_days_range")),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_execution_traces_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["pattern_id"],
            ["detected_patterns.id"],
            name=op.f("fk_execution_traces_pattern_id_detected_patterns"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_execution_traces")),
    )
    with op.batch_alter_table("execution_traces", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_execution_traces_agent_id_tool_name"), ["agent_id", "tool_name"], unique=False
        )
        batch_op.create_index(
            "ix_execution_traces_detection", ["namespace", "created_at", "orchestration_id", "tool_name"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_execution_traces_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_execution_traces_orchestration_id_sequence_number"),
            ["orchestration_id", "sequence_number"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_execution_traces_pattern_id"), ["pattern_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_execution_traces_tool_name"), ["tool_name"], unique=False)

    op.create_table(
        "pattern_usage_history",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("pattern_id", sa.String(length=36), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("execution_time", sa.Double(), nullable=True),
        sa.Column("success", sa.Boolean(), nullable=True),
        sa.Column("context_data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("feedback", sa.Boolean(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.CheckConstraint("execution_time >= 0", name=op.f("ck_pattern_usage_history_execution_time_minimum")),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_pattern_usage_history_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["pattern_id"],
            ["learning_patterns.id"],
            name=op.f("fk_pattern_usage_history_pattern_id_learning_patterns"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pattern_usage_history")),
    )
    with op.batch_alter_table("pattern_usage_history", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_pattern_usage_history_agent_id_used_at"), ["agent_id", "used_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_pattern_usage_history_pattern_id_used_at"), ["pattern_id", "used_at"], unique=False
        )

    op.create_index(
        "uq_learning_patterns_name_namespace_agent_version",
        "learning_patterns",
        ["pattern_name", "namespace", sa.literal_column("coalesce(agent_id, '')"), "version"],
        unique=True,
        sqlite_where=sa.text("is_deleted = 0"),
        postgresql_where=sa.text("NOT is_deleted"),
    )
