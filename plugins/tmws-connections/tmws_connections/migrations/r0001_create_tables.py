"""Create the tables of the plugin."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "connections_0001"
down_revision = None


def upgrade() -> None:
    """Create the tables of the plugin."""
    op.create_table(
        "discovered_tools",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tool_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "mcp", "cli", "api", "library", "container", name="category", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("source_path", sa.String(length=500), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column(
            "input_schema",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="{}",
            nullable=False,
        ),
        sa.Column(
            "tool_metadata",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("namespace", sa.String(length=100), nullable=False),
        sa.Column(
            "discovered_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False
        ),
        sa.Column("last_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("trust_score", sa.Double(), server_default="0.5", nullable=False),
        sa.Column("usage_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("success_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column(
            "metadata", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False
        ),
        sa.CheckConstraint(
            "substr(version, 1, 1) IN ('0', '1', '2', '3', '4', '5', '6', '7', '8', '9') AND length(version) - length(replace(version, '.', '')) >= 2 AND replace(version, '..', '') = version AND rtrim(lower(version), '0123456789abcdefghijklmnopqrstuvwxyz.+-') = ''",
            name=op.f("ck_discovered_tools_version_semantic"),
        ),
        sa.CheckConstraint("success_count <= usage_count", name=op.f("ck_discovered_tools_success_count_bound")),
        sa.CheckConstraint("success_count >= 0", name=op.f("ck_discovered_tools_success_count_minimum")),
        sa.CheckConstraint("trust_score >= 0 AND trust_score <= 1", name=op.f("ck_discovered_tools_trust_score_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discovered_tools")),
        sa.UniqueConstraint("namespace", "tool_id", name=op.f("uq_discovered_tools_namespace_tool_id")),
    )
    with op.batch_alter_table("discovered_tools", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_discovered_tools_category_is_active"), ["category", "is_active"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_discovered_tools_category_namespace_is_active"),
            ["category", "namespace", "is_active"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_discovered_tools_namespace_is_active"), ["namespace", "is_active"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_discovered_tools_tool_id"), ["tool_id"], unique=False)

    op.create_table(
        "mcp_connections",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("server_name", sa.Text(), nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column(
            "transport",
            sa.Enum("stdio", "http", "sse", name="transport", native_enum=False, create_constraint=True),
            server_default="stdio",
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "disconnected",
                "connecting",
                "active",
                "disconnecting",
                "error",
                name="status",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("config_json", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "tools_json", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="[]", nullable=False
        ),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("error_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("connected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disconnected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_mcp_connections_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["namespace"],
            ["agent_namespaces.namespace"],
            name=op.f("fk_mcp_connections_namespace_agent_namespaces"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mcp_connections")),
        sa.UniqueConstraint("namespace", "server_name", name=op.f("uq_mcp_connections_namespace_server_name")),
    )
    with op.batch_alter_table("mcp_connections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mcp_connections_agent_id"), ["agent_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_mcp_connections_namespace_agent_id"), ["namespace", "agent_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_mcp_connections_server_name"), ["server_name"], unique=False)
        batch_op.create_index(batch_op.f("ix_mcp_connections_status"), ["status"], unique=False)

    op.create_table(
        "tool_dependencies",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tool_id", sa.String(length=36), nullable=False),
        sa.Column("depends_on_tool_id", sa.String(length=36), nullable=False),
        sa.Column(
            "dependency_type",
            sa.Enum(
                "required", "optional", "recommended", name="dependency_type", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.CheckConstraint("tool_id <> depends_on_tool_id", name=op.f("ck_tool_dependencies_no_self_reference")),
        sa.ForeignKeyConstraint(
            ["depends_on_tool_id"],
            ["discovered_tools.id"],
            name=op.f("fk_tool_dependencies_depends_on_tool_id_discovered_tools"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tool_id"],
            ["discovered_tools.id"],
            name=op.f("fk_tool_dependencies_tool_id_discovered_tools"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tool_dependencies")),
        sa.UniqueConstraint(
            "tool_id", "depends_on_tool_id", name=op.f("uq_tool_dependencies_tool_id_depends_on_tool_id")
        ),
    )
    with op.batch_alter_table("tool_dependencies", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_tool_dependencies_depends_on_tool_id"), ["depends_on_tool_id"], unique=False
        )

    op.create_table(
        "tool_instances",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tool_id", sa.String(length=36), nullable=False),
        sa.Column("instance_id", sa.String(length=100), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "starting",
                "running",
                "stopping",
                "stopped",
                "error",
                name="status",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("container_id", sa.String(length=100), nullable=True),
        sa.Column("container_name", sa.String(length=100), nullable=True),
        sa.Column("host", sa.String(length=100), nullable=True),
        sa.Column("port", sa.Integer(), nullable=True),
        sa.Column("cpu_limit", sa.String(length=20), nullable=True),
        sa.Column("memory_limit", sa.String(length=20), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column(
            "metadata", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False
        ),
        sa.CheckConstraint("port >= 1 AND port <= 65535", name=op.f("ck_tool_instances_port_range")),
        sa.ForeignKeyConstraint(
            ["tool_id"],
            ["discovered_tools.id"],
            name=op.f("fk_tool_instances_tool_id_discovered_tools"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tool_instances")),
        sa.UniqueConstraint("container_id", name=op.f("uq_tool_instances_container_id")),
        sa.UniqueConstraint("instance_id", name=op.f("uq_tool_instances_instance_id")),
    )
    with op.batch_alter_table("tool_instances", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tool_instances_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_tool_instances_tool_id_status"), ["tool_id", "status"], unique=False)

    op.create_table(
        "tool_verification_history",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tool_id", sa.String(length=36), nullable=False),
        sa.Column(
            "verified_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False
        ),
        sa.Column("verified_by_agent_id", sa.Text(), nullable=True),
        sa.Column("success", sa.Boolean(), nullable=False),
        sa.Column(
            "verification_method",
            sa.Enum(
                "docker_inspect",
                "health_check",
                "manual",
                name="verification_method",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column(
            "verification_metadata",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tool_id"],
            ["discovered_tools.id"],
            name=op.f("fk_tool_verification_history_tool_id_discovered_tools"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["verified_by_agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_tool_verification_history_verified_by_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tool_verification_history")),
    )
    with op.batch_alter_table("tool_verification_history", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tool_verification_history_success"), ["success"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_tool_verification_history_tool_id_verified_at"), ["tool_id", "verified_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_tool_verification_history_verified_at"), ["verified_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_tool_verification_history_verified_by_agent_id"), ["verified_by_agent_id"], unique=False
        )
