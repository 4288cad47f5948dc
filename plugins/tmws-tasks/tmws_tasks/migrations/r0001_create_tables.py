"""Create the tables of the plugin."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "tasks_0001"
down_revision = None


def upgrade() -> None:
    """Create the tables of the plugin."""
    op.create_table(
        "task_templates",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("template_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("title_template", sa.Text(), nullable=False),
        sa.Column("description_template", sa.Text(), nullable=False),
        sa.Column(
            "required_fields",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="[]",
            nullable=False,
        ),
        sa.Column(
            "optional_fields",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="[]",
            nullable=False,
        ),
        sa.Column("default_task_type", sa.Text(), server_default="templated", nullable=False),
        sa.Column(
            "default_priority",
            sa.Enum(
                "low",
                "medium",
                "high",
                "urgent",
                "critical",
                name="default_priority",
                native_enum=False,
                create_constraint=True,
            ),
            server_default="medium",
            nullable=False,
        ),
        sa.Column(
            "default_access_level",
            sa.Enum(
                "private",
                "shared",
                "public",
                "system",
                name="default_access_level",
                native_enum=False,
                create_constraint=True,
            ),
            server_default="private",
            nullable=False,
        ),
        sa.Column(
            "default_config",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("estimated_duration", sa.Integer(), nullable=True),
        sa.Column("namespace", sa.Text(), server_default="default", nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("usage_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("success_rate", sa.Double(), server_default="0.0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column(
            "metadata", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False
        ),
        sa.CheckConstraint("estimated_duration > 0", name=op.f("ck_task_templates_estimated_duration_positive")),
        sa.CheckConstraint(
            "success_rate >= 0 AND success_rate <= 1", name=op.f("ck_task_templates_success_rate_range")
        ),
        sa.CheckConstraint("usage_count >= 0", name=op.f("ck_task_templates_usage_count_minimum")),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["agents.agent_id"],
            name=op.f("fk_task_templates_created_by_agents"),
            onupdate="CASCADE",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_templates")),
        sa.UniqueConstraint("template_id", name=op.f("uq_task_templates_template_id")),
    )
    with op.batch_alter_table("task_templates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_task_templates_created_by"), ["created_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_templates_is_active"), ["is_active"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_task_templates_namespace_is_active"), ["namespace", "is_active"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_task_templates_success_rate"), ["success_rate"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_templates_usage_count"), ["usage_count"], unique=False)

    op.create_table(
        "tasks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("task_type", sa.Text(), server_default="general", nullable=False),
        sa.Column("assigned_agent_id", sa.Text(), nullable=True),
        sa.Column(
            "collaborating_agents",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="[]",
            nullable=False,
        ),
        sa.Column("namespace", sa.Text(), server_default="default", nullable=False),
        sa.Column(
            "access_level",
            sa.Enum(
                "private", "shared", "public", "system", name="access_level", native_enum=False, create_constraint=True
            ),
            server_default="private",
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "running",
                "completed",
                "failed",
                "cancelled",
                "paused",
                name="status",
                native_enum=False,
                create_constraint=True,
            ),
            server_default="pending",
            nullable=False,
        ),
        sa.Column(
            "priority",
            sa.Enum(
                "low",
                "medium",
                "high",
                "urgent",
                "critical",
                name="priority",
                native_enum=False,
                create_constraint=True,
            ),
            server_default="medium",
            nullable=False,
        ),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "dependencies",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="[]",
            nullable=False,
        ),
        sa.Column("parent_task_id", sa.String(length=36), nullable=True),
        sa.Column("workflow_id", sa.String(length=36), nullable=True),
        sa.Column(
            "task_config", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False
        ),
        sa.Column(
            "input_data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False
        ),
        sa.Column(
            "output_data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False
        ),
        sa.Column("progress_percentage", sa.Double(), server_default="0.0", nullable=False),
        sa.Column("estimated_duration", sa.Integer(), nullable=True),
        sa.Column("actual_duration", sa.Integer(), nullable=True),
        sa.Column("retry_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("max_retries", sa.Integer(), server_default="3", nullable=False),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column(
            "error_details",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="{}",
            nullable=False,
        ),
        sa.Column(
            "execution_log",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="[]",
            nullable=False,
        ),
        sa.Column(
            "tags", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="[]", nullable=False
        ),
        sa.Column(
            "context_tags",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="[]",
            nullable=False,
        ),
        sa.Column(
            "resource_requirements",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="{}",
            nullable=False,
        ),
        sa.Column(
            "resource_usage",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("quality_score", sa.Double(), nullable=True),
        sa.Column(
            "success_criteria",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column(
            "metadata", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False
        ),
        sa.CheckConstraint("actual_duration >= 0", name=op.f("ck_tasks_actual_duration_minimum")),
        sa.CheckConstraint("completed_at >= started_at", name=op.f("ck_tasks_completion_after_start")),
        sa.CheckConstraint("estimated_duration > 0", name=op.f("ck_tasks_estimated_duration_positive")),
        sa.CheckConstraint("length(description) >= 1", name=op.f("ck_tasks_description_not_empty")),
        sa.CheckConstraint("length(title) >= 1", name=op.f("ck_tasks_title_not_empty")),
        sa.CheckConstraint("max_retries >= 0", name=op.f("ck_tasks_max_retries_minimum")),
        sa.CheckConstraint(
            "progress_percentage >= 0 AND progress_percentage <= 100", name=op.f("ck_tasks_progress_percentage_range")
        ),
        sa.CheckConstraint("quality_score >= 0 AND quality_score <= 10", name=op.f("ck_tasks_quality_score_range")),
        sa.CheckConstraint("retry_count >= 0", name=op.f("ck_tasks_retry_count_minimum")),
        sa.ForeignKeyConstraint(
            ["assigned_agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_tasks_assigned_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["claimed_by"],
            ["agents.agent_id"],
            name=op.f("fk_tasks_claimed_by_agents"),
            onupdate="CASCADE",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["parent_task_id"], ["tasks.id"], name=op.f("fk_tasks_parent_task_id_tasks"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["workflow_id"], ["workflows.id"], name=op.f("fk_tasks_workflow_id_workflows"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tasks_access_level"), ["access_level"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_tasks_assigned_agent_id_status"), ["assigned_agent_id", "status"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_tasks_claimed_by"), ["claimed_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_tasks_due_date"), ["due_date"], unique=False)
        batch_op.create_index(batch_op.f("ix_tasks_namespace_status"), ["namespace", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_tasks_parent_task_id_status"), ["parent_task_id", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_tasks_priority_status"), ["priority", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_tasks_progress_percentage"), ["progress_percentage"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_tasks_quality_score_actual_duration"), ["quality_score", "actual_duration"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_tasks_retry_count_max_retries"), ["retry_count", "max_retries"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_tasks_scheduled_at"), ["scheduled_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_tasks_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_tasks_task_type_status"), ["task_type", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_tasks_workflow_id_status"), ["workflow_id", "status"], unique=False)
