"""Create the tables of the plugin."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "agents_0001"
down_revision = None


def upgrade() -> None:
    """Create the tables of the plugin."""
    op.create_table(
        "agent_namespaces",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("owner_agent_id", sa.Text(), nullable=True),
        sa.Column(
            "admin_agents",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="[]",
            nullable=False,
        ),
        sa.Column(
            "member_agents",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="[]",
            nullable=False,
        ),
        sa.Column(
            "default_access_level",
            sa.Enum(
                "private",
                "team",
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
        sa.Column("max_agents", sa.Integer(), nullable=True),
        sa.Column(
            "config", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False
        ),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column(
            "metadata", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False
        ),
        sa.CheckConstraint("max_agents >= 1", name=op.f("ck_agent_namespaces_max_agents_minimum")),
        sa.ForeignKeyConstraint(
            ["owner_agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_agent_namespaces_owner_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="SET NULL",
            use_alter=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_namespaces")),
        sa.UniqueConstraint("namespace", name=op.f("uq_agent_namespaces_namespace")),
    )
    with op.batch_alter_table("agent_namespaces", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agent_namespaces_is_active"), ["is_active"], unique=False)

    op.create_table(
        "agents",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=True),
        sa.Column("namespace", sa.Text(), server_default="default", nullable=False),
        sa.Column("agent_type", sa.Text(), nullable=True),
        sa.Column(
            "capabilities",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="[]",
            nullable=False,
        ),
        sa.Column(
            "config", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False
        ),
        sa.Column(
            "default_access_level",
            sa.Enum(
                "private",
                "team",
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
            "status",
            sa.Enum(
                "active",
                "inactive",
                "suspended",
                "deprecated",
                name="status",
                native_enum=False,
                create_constraint=True,
            ),
            server_default="active",
            nullable=False,
        ),
        sa.Column("health_score", sa.Double(), server_default="1.0", nullable=False),
        sa.Column("total_memories", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total_tasks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("successful_tasks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("average_response_time_ms", sa.Double(), nullable=True),
        sa.Column("trust_score", sa.Double(), server_default="0.5", nullable=False),
        sa.Column("total_verifications", sa.Integer(), server_default="0", nullable=False),
        sa.Column("accurate_verifications", sa.Integer(), server_default="0", nullable=False),
        sa.Column("api_key_hash", sa.Text(), nullable=True),
        sa.Column(
            "tier",
            sa.Enum(
                "free", "pro", "enterprise", "administrator", name="tier", native_enum=False, create_constraint=True
            ),
            server_default="free",
            nullable=False,
        ),
        sa.Column(
            "role",
            sa.Enum("viewer", "editor", "admin", name="role", native_enum=False, create_constraint=True),
            server_default="viewer",
            nullable=False,
        ),
        sa.Column("last_active_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column(
            "metadata", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False
        ),
        sa.CheckConstraint(
            "accurate_verifications <= total_verifications", name=op.f("ck_agents_accurate_verifications_bound")
        ),
        sa.CheckConstraint("accurate_verifications >= 0", name=op.f("ck_agents_accurate_verifications_minimum")),
        sa.CheckConstraint("health_score >= 0 AND health_score <= 1", name=op.f("ck_agents_health_score_range")),
        sa.CheckConstraint("length(agent_id) >= 3 AND length(agent_id) <= 64", name=op.f("ck_agents_agent_id_length")),
        sa.CheckConstraint("successful_tasks <= total_tasks", name=op.f("ck_agents_successful_tasks_bound")),
        sa.CheckConstraint("successful_tasks >= 0", name=op.f("ck_agents_successful_tasks_minimum")),
        sa.CheckConstraint("total_memories >= 0", name=op.f("ck_agents_total_memories_minimum")),
        sa.CheckConstraint("trust_score >= 0 AND trust_score <= 1", name=op.f("ck_agents_trust_score_range")),
        sa.ForeignKeyConstraint(
            ["namespace"],
            ["agent_namespaces.namespace"],
            name=op.f("fk_agents_namespace_agent_namespaces"),
            onupdate="CASCADE",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agents")),
        sa.UniqueConstraint("agent_id", name=op.f("uq_agents_agent_id")),
    )
    with op.batch_alter_table("agents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agents_agent_type_status"), ["agent_type", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_agents_last_active_at"), ["last_active_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_agents_namespace"), ["namespace"], unique=False)
        batch_op.create_index(batch_op.f("ix_agents_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_agents_organization_id_namespace"), ["organization_id", "namespace"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_agents_role"), ["role"], unique=False)
        batch_op.create_index(batch_op.f("ix_agents_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_agents_status_last_active_at"), ["status", "last_active_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_agents_tier"), ["tier"], unique=False)

    op.create_table(
        "agent_teams",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("team_name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column(
            "team_type",
            sa.Enum(
                "collaborative",
                "hierarchical",
                "specialized",
                name="team_type",
                native_enum=False,
                create_constraint=True,
            ),
            server_default="collaborative",
            nullable=False,
        ),
        sa.Column(
            "members", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="[]", nullable=False
        ),
        sa.Column("max_members", sa.Integer(), nullable=True),
        sa.Column("leader_agent_id", sa.Text(), nullable=True),
        sa.Column(
            "config", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False
        ),
        sa.Column("shared_namespace", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column(
            "metadata", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False
        ),
        sa.CheckConstraint("max_members >= 1", name=op.f("ck_agent_teams_max_members_minimum")),
        sa.ForeignKeyConstraint(
            ["leader_agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_agent_teams_leader_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["shared_namespace"],
            ["agent_namespaces.namespace"],
            name=op.f("fk_agent_teams_shared_namespace_agent_namespaces"),
            onupdate="CASCADE",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_teams")),
        sa.UniqueConstraint("team_id", name=op.f("uq_agent_teams_team_id")),
    )
    with op.batch_alter_table("agent_teams", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agent_teams_is_active"), ["is_active"], unique=False)

    op.create_table(
        "personas",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "orchestrator",
                "conductor",
                "strategist",
                "optimizer",
                "auditor",
                "coordinator",
                "documenter",
                "designer",
                "developer",
                "researcher",
                name="role",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=True),
        sa.Column(
            "specialties", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="[]", nullable=False
        ),
        sa.Column(
            "tier",
            sa.Enum(
                "orchestrator",
                "strategic",
                "specialist",
                "support",
                name="tier",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column("emoji", sa.Text(), nullable=True),
        sa.Column("markdown_source", sa.Text(), nullable=True),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("trigger_words", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column(
            "config", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False
        ),
        sa.Column(
            "preferences", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False
        ),
        sa.Column("is_system", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column(
            "capabilities",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="[]",
            nullable=False,
        ),
        sa.Column("total_tasks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("successful_tasks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("average_response_time", sa.Double(), nullable=True),
        sa.Column("last_active_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column(
            "metadata", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False
        ),
        sa.CheckConstraint("successful_tasks <= total_tasks", name=op.f("ck_personas_successful_tasks_bound")),
        sa.CheckConstraint("successful_tasks >= 0", name=op.f("ck_personas_successful_tasks_minimum")),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_personas_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personas")),
        sa.UniqueConstraint("name", name=op.f("uq_personas_name")),
    )
    with op.batch_alter_table("personas", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_personas_agent_id"), ["agent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_personas_is_active"), ["is_active"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_personas_is_active_last_active_at"), ["is_active", "last_active_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_personas_last_active_at"), ["last_active_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_personas_role"), ["role"], unique=False)
        batch_op.create_index(batch_op.f("ix_personas_role_is_active"), ["role", "is_active"], unique=False)
        batch_op.create_index(batch_op.f("ix_personas_type"), ["type"], unique=False)
        batch_op.create_index(batch_op.f("ix_personas_type_is_active"), ["type", "is_active"], unique=False)

    # PostgreSQL takes a key to a table that comes later only afterwards; SQLite takes it at once
    if op.get_bind().dialect.name == "postgresql":
        op.create_foreign_key(
            op.f("fk_agent_namespaces_owner_agent_id_agents"),
            "agent_namespaces",
            "agents",
            ["owner_agent_id"],
            ["agent_id"],
            onupdate="CASCADE",
            ondelete="SET NULL",
        )
