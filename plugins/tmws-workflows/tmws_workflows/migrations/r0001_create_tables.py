"""Create the tables of the plugin."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "workflows_0001"
down_revision = None


def upgrade() -> None:
    """Create the tables of the plugin."""
    op.create_table(
        "phase_templates",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("template_id", sa.String(length=255), nullable=False),
        sa.Column(
            "template_type",
            sa.Enum(
                "quick_fix",
                "security_audit",
                "full",
                "research",
                "custom",
                name="template_type",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("display_name", sa.String(length=255), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("phases", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "trigger_keywords",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="[]",
            nullable=False,
        ),
        sa.Column(
            "task_complexity",
            sa.Enum("low", "medium", "high", name="task_complexity", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("estimated_minutes", sa.Integer(), nullable=False),
        sa.Column("is_system", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("version", sa.String(length=20), server_default="1.0.0", nullable=False),
        sa.Column("usage_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("success_rate", sa.Double(), server_default="0.0", nullable=False),
        sa.Column("is_deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column(
            "metadata", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False
        ),
        sa.CheckConstraint("estimated_minutes >= 1", name=op.f("ck_phase_templates_estimated_minutes_minimum")),
        sa.CheckConstraint(
            "success_rate >= 0 AND success_rate <= 1", name=op.f("ck_phase_templates_success_rate_range")
        ),
        sa.CheckConstraint("usage_count >= 0", name=op.f("ck_phase_templates_usage_count_minimum")),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["agents.agent_id"],
            name=op.f("fk_phase_templates_created_by_agents"),
            onupdate="CASCADE",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phase_templates")),
    )
    with op.batch_alter_table("phase_templates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_phase_templates_created_by"), ["created_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_phase_templates_is_active"), ["is_active"], unique=False)
        batch_op.create_index(batch_op.f("ix_phase_templates_is_deleted"), ["is_deleted"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_phase_templates_is_system_is_active"), ["is_system", "is_active"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_phase_templates_task_complexity_is_active"), ["task_complexity", "is_active"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_phase_templates_template_type_is_active"), ["template_type", "is_active"], unique=False
        )
        batch_op.create_index(
            "uq_phase_templates_template_id",
            ["template_id"],
            unique=True,
            sqlite_where=sa.text("NOT is_deleted"),
            postgresql_where=sa.text("NOT is_deleted"),
        )

    op.create_table(
        "workflows",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("namespace", sa.Text(), server_default="default", nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column(
            "workflow_type",
            sa.Enum(
                "sequential",
                "parallel",
                "conditional",
                "hybrid",
                name="workflow_type",
                native_enum=False,
                create_constraint=True,
            ),
            server_default="sequential",
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "draft", "active", "inactive", "archived", name="status", native_enum=False, create_constraint=True
            ),
            server_default="draft",
            nullable=False,
        ),
        sa.Column(
            "steps", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="[]", nullable=False
        ),
        sa.Column("timeout_seconds", sa.Integer(), nullable=True),
        sa.Column("owner_agent_id", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column(
            "tags", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="[]", nullable=False
        ),
        sa.Column(
            "config", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column(
            "metadata", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False
        ),
        sa.CheckConstraint("timeout_seconds >= 1", name=op.f("ck_workflows_timeout_seconds_minimum")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_workflows_version_minimum")),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["agents.agent_id"],
            name=op.f("fk_workflows_created_by_agents"),
            onupdate="CASCADE",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["owner_agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_workflows_owner_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workflows")),
        sa.UniqueConstraint("namespace", "name", "version", name=op.f("uq_workflows_namespace_name_version")),
    )
    with op.batch_alter_table("workflows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workflows_created_by_status"), ["created_by", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_workflows_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_workflows_owner_agent_id"), ["owner_agent_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_workflows_status_workflow_type"), ["status", "workflow_type"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_workflows_workflow_type"), ["workflow_type"], unique=False)

    op.create_table(
        "workflow_executions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("workflow_id", sa.String(length=36), nullable=False),
        sa.Column("workflow_version", sa.Integer(), nullable=False),
        sa.Column("parent_execution_id", sa.String(length=36), nullable=True),
        sa.Column("idempotency_key", sa.String(length=255), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "queued",
                "running",
                "paused",
                "completed",
                "failed",
                "cancelled",
                "timed_out",
                name="status",
                native_enum=False,
                create_constraint=True,
            ),
            server_default="running",
            nullable=False,
        ),
        sa.Column("current_step_index", sa.Integer(), server_default="0", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("triggered_by", sa.String(length=100), nullable=True),
        sa.Column(
            "trigger_type",
            sa.Enum(
                "manual", "scheduled", "event", "api", name="trigger_type", native_enum=False, create_constraint=True
            ),
            nullable=True,
        ),
        sa.Column("input_data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("output_data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("execution_time_seconds", sa.Double(), nullable=True),
        sa.Column("cpu_time_seconds", sa.Double(), nullable=True),
        sa.Column("memory_peak_mb", sa.Double(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("error_details", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("retry_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "metadata_json",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.CheckConstraint("cpu_time_seconds >= 0", name=op.f("ck_workflow_executions_cpu_time_seconds_minimum")),
        sa.CheckConstraint("current_step_index >= 0", name=op.f("ck_workflow_executions_current_step_index_minimum")),
        sa.CheckConstraint(
            "execution_time_seconds >= 0", name=op.f("ck_workflow_executions_execution_time_seconds_minimum")
        ),
        sa.CheckConstraint("memory_peak_mb >= 0", name=op.f("ck_workflow_executions_memory_peak_mb_minimum")),
        sa.CheckConstraint("retry_count >= 0", name=op.f("ck_workflow_executions_retry_count_minimum")),
        sa.CheckConstraint("workflow_version >= 1", name=op.f("ck_workflow_executions_workflow_version_minimum")),
        sa.ForeignKeyConstraint(
            ["parent_execution_id"],
            ["workflow_executions.id"],
            name=op.f("fk_workflow_executions_parent_execution_id_workflow_executions"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["workflow_id"],
            ["workflows.id"],
            name=op.f("fk_workflow_executions_workflow_id_workflows"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workflow_executions")),
    )
    with op.batch_alter_table("workflow_executions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_workflow_executions_parent_execution_id"), ["parent_execution_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_workflow_executions_started_at"), ["started_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_workflow_executions_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_workflow_executions_triggered_by"), ["triggered_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_workflow_executions_workflow_id"), ["workflow_id"], unique=False)
        batch_op.create_index(
            "uq_workflow_executions_idempotency_key",
            ["workflow_id", "idempotency_key"],
            unique=True,
            sqlite_where=sa.text("idempotency_key IS NOT NULL"),
            postgresql_where=sa.text("idempotency_key IS NOT NULL"),
        )

    op.create_table(
        "workflow_schedules",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("workflow_id", sa.String(length=36), nullable=False),
        sa.Column(
            "schedule_type",
            sa.Enum("cron", "interval", "once", name="schedule_type", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("schedule_expression", sa.String(length=200), nullable=True),
        sa.Column("timezone", sa.String(length=64), server_default="UTC", nullable=False),
        sa.Column("start_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("max_concurrency", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "misfire_policy",
            sa.Enum("skip", "run_once", "run_all", name="misfire_policy", native_enum=False, create_constraint=True),
            server_default="run_once",
            nullable=False,
        ),
        sa.Column("last_run_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_run_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("input_data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column(
            "metadata_json",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("total_runs", sa.Integer(), server_default="0", nullable=False),
        sa.Column("successful_runs", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failed_runs", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.CheckConstraint("end_date > start_date", name=op.f("ck_workflow_schedules_end_after_start")),
        sa.CheckConstraint("failed_runs >= 0", name=op.f("ck_workflow_schedules_failed_runs_minimum")),
        sa.CheckConstraint("max_concurrency >= 1", name=op.f("ck_workflow_schedules_max_concurrency_minimum")),
        sa.CheckConstraint(
            "successful_runs + failed_runs <= total_runs", name=op.f("ck_workflow_schedules_total_runs_bound")
        ),
        sa.CheckConstraint("successful_runs >= 0", name=op.f("ck_workflow_schedules_successful_runs_minimum")),
        sa.ForeignKeyConstraint(
            ["workflow_id"],
            ["workflows.id"],
            name=op.f("fk_workflow_schedules_workflow_id_workflows"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workflow_schedules")),
    )
    with op.batch_alter_table("workflow_schedules", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workflow_schedules_is_active"), ["is_active"], unique=False)
        batch_op.create_index(batch_op.f("ix_workflow_schedules_next_run_at"), ["next_run_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_workflow_schedules_workflow_id"), ["workflow_id"], unique=False)

    op.create_table(
        "workflow_step_executions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("workflow_execution_id", sa.String(length=36), nullable=False),
        sa.Column("step_name", sa.String(length=200), nullable=False),
        sa.Column("step_index", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "step_type",
            sa.Enum(
                "action", "condition", "parallel", "loop", name="step_type", native_enum=False, create_constraint=True
            ),
            nullable=True,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "running",
                "completed",
                "failed",
                "skipped",
                "cancelled",
                name="status",
                native_enum=False,
                create_constraint=True,
            ),
            server_default="running",
            nullable=False,
        ),
        sa.Column("task_id", sa.String(length=36), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("input_data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("output_data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("execution_time_seconds", sa.Double(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("error_details", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("retry_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "metadata_json",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_workflow_step_executions_attempt_minimum")),
        sa.CheckConstraint(
            "execution_time_seconds >= 0", name=op.f("ck_workflow_step_executions_execution_time_seconds_minimum")
        ),
        sa.CheckConstraint("retry_count >= 0", name=op.f("ck_workflow_step_executions_retry_count_minimum")),
        sa.CheckConstraint("step_index >= 0", name=op.f("ck_workflow_step_executions_step_index_minimum")),
        sa.ForeignKeyConstraint(
            ["workflow_execution_id"],
            ["workflow_executions.id"],
            name="fk_workflow_step_executions_workflow_execution_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workflow_step_executions")),
        sa.UniqueConstraint(
            "workflow_execution_id", "step_index", "attempt", name="uq_workflow_step_executions_attempt"
        ),
    )
    with op.batch_alter_table("workflow_step_executions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workflow_step_executions_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_workflow_step_executions_step_name"), ["step_name"], unique=False)
        batch_op.create_index(batch_op.f("ix_workflow_step_executions_task_id"), ["task_id"], unique=False)

    op.create_table(
        "workflow_execution_logs",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("workflow_execution_id", sa.String(length=36), nullable=False),
        sa.Column("step_execution_id", sa.String(length=36), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("timestamp", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "debug", "info", "warning", "error", "critical", name="level", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("component", sa.String(length=100), nullable=True),
        sa.Column("function", sa.String(length=100), nullable=True),
        sa.Column("line_number", sa.Integer(), nullable=True),
        sa.Column("context_data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.CheckConstraint("line_number >= 1", name=op.f("ck_workflow_execution_logs_line_number_minimum")),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_workflow_execution_logs_sequence_minimum")),
        sa.ForeignKeyConstraint(
            ["step_execution_id"],
            ["workflow_step_executions.id"],
            name="fk_workflow_execution_logs_step_execution_id",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["workflow_execution_id"],
            ["workflow_executions.id"],
            name="fk_workflow_execution_logs_workflow_execution_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workflow_execution_logs")),
        sa.UniqueConstraint(
            "workflow_execution_id", "sequence", name=op.f("uq_workflow_execution_logs_workflow_execution_id_sequence")
        ),
    )
    with op.batch_alter_table("workflow_execution_logs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workflow_execution_logs_level"), ["level"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_workflow_execution_logs_step_execution_id"), ["step_execution_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_workflow_execution_logs_timestamp"), ["timestamp"], unique=False)
