"""Create the tables of the plugin."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "skills_0001"
down_revision = None


def upgrade() -> None:
    """Create the tables of the plugin."""
    op.create_table(
        "skills",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("display_name", sa.String(length=255), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("namespace", sa.String(length=255), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("persona", sa.String(length=50), nullable=True),
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
        sa.Column(
            "tags_json", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="[]", nullable=False
        ),
        sa.Column("version_count", sa.Integer(), server_default="1", nullable=False),
        sa.Column("active_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("is_deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.CheckConstraint("active_version <= version_count", name=op.f("ck_skills_active_version_bound")),
        sa.CheckConstraint("active_version >= 1", name=op.f("ck_skills_active_version_minimum")),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["agents.agent_id"],
            name=op.f("fk_skills_created_by_agents"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skills")),
    )
    with op.batch_alter_table("skills", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_skills_created_by"), ["created_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_skills_is_deleted"), ["is_deleted"], unique=False)
        batch_op.create_index(batch_op.f("ix_skills_namespace"), ["namespace"], unique=False)
        batch_op.create_index(batch_op.f("ix_skills_persona"), ["persona"], unique=False)
        batch_op.create_index(
            "uq_skills_namespace_name",
            ["namespace", "name"],
            unique=True,
            sqlite_where=sa.text("is_deleted = 0"),
            postgresql_where=sa.text("NOT is_deleted"),
        )

    op.create_table(
        "skill_mcp_tools",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("skill_id", sa.String(length=36), nullable=False),
        sa.Column("mcp_server_name", sa.String(length=255), nullable=False),
        sa.Column("tool_name", sa.String(length=255), nullable=False),
        sa.Column(
            "detail_level",
            sa.Enum("summary", "full", name="detail_level", native_enum=False, create_constraint=True),
            server_default="summary",
            nullable=False,
        ),
        sa.Column("load_when_condition", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["skills.id"], name=op.f("fk_skill_mcp_tools_skill_id_skills"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill_mcp_tools")),
        sa.UniqueConstraint(
            "skill_id",
            "mcp_server_name",
            "tool_name",
            name=op.f("uq_skill_mcp_tools_skill_id_mcp_server_name_tool_name"),
        ),
    )
    op.create_table(
        "skill_memory_filters",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("skill_id", sa.String(length=36), nullable=False),
        sa.Column(
            "filter_type",
            sa.Enum("tag", "namespace", "importance", name="filter_type", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("filter_value", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("priority", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["skills.id"], name=op.f("fk_skill_memory_filters_skill_id_skills"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill_memory_filters")),
        sa.UniqueConstraint(
            "skill_id",
            "filter_type",
            "filter_value",
            name=op.f("uq_skill_memory_filters_skill_id_filter_type_filter_value"),
        ),
    )
    with op.batch_alter_table("skill_memory_filters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_skill_memory_filters_priority"), ["priority"], unique=False)

    op.create_table(
        "skill_shared_agents",
        sa.Column("skill_id", sa.String(length=36), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column(
            "permission",
            sa.Enum("read", "write", "delete", name="permission", native_enum=False, create_constraint=True),
            server_default="read",
            nullable=False,
        ),
        sa.Column("shared_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_skill_shared_agents_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["skills.id"], name=op.f("fk_skill_shared_agents_skill_id_skills"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("skill_id", "agent_id", name=op.f("pk_skill_shared_agents")),
    )
    with op.batch_alter_table("skill_shared_agents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_skill_shared_agents_agent_id"), ["agent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_skill_shared_agents_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "skill_versions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("skill_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("metadata_json", sa.Text(), nullable=True),
        sa.Column("core_instructions", sa.Text(), nullable=True),
        sa.Column("auxiliary_content", sa.Text(), nullable=True),
        sa.Column("metadata_tokens", sa.Integer(), nullable=True),
        sa.Column("core_tokens", sa.Integer(), nullable=True),
        sa.Column("auxiliary_tokens", sa.Integer(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "manual",
                "pattern",
                "tool_promotion",
                "import",
                name="source",
                native_enum=False,
                create_constraint=True,
            ),
            server_default="manual",
            nullable=False,
        ),
        sa.Column(
            "review_status",
            sa.Enum(
                "draft",
                "pending_review",
                "approved",
                "rejected",
                name="review_status",
                native_enum=False,
                create_constraint=True,
            ),
            server_default="draft",
            nullable=False,
        ),
        sa.Column("reviewed_by_agent_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.CheckConstraint(
            "length(content_hash) = 64 AND ltrim(content_hash, '0123456789abcdef') = ''",
            name=op.f("ck_skill_versions_content_hash_sha256"),
        ),
        sa.CheckConstraint("auxiliary_tokens >= 0", name=op.f("ck_skill_versions_auxiliary_tokens_minimum")),
        sa.CheckConstraint("core_tokens >= 0", name=op.f("ck_skill_versions_core_tokens_minimum")),
        sa.CheckConstraint("metadata_tokens >= 0", name=op.f("ck_skill_versions_metadata_tokens_minimum")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_skill_versions_version_minimum")),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["agents.agent_id"],
            name=op.f("fk_skill_versions_created_by_agents"),
            onupdate="CASCADE",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by_agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_skill_versions_reviewed_by_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["skills.id"], name=op.f("fk_skill_versions_skill_id_skills"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill_versions")),
        sa.UniqueConstraint("skill_id", "content_hash", name=op.f("uq_skill_versions_skill_id_content_hash")),
        sa.UniqueConstraint("skill_id", "version", name=op.f("uq_skill_versions_skill_id_version")),
    )
    with op.batch_alter_table("skill_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_skill_versions_created_by"), ["created_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_skill_versions_review_status"), ["review_status"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_skill_versions_reviewed_by_agent_id"), ["reviewed_by_agent_id"], unique=False
        )

    op.create_table(
        "skill_activations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("skill_id", sa.String(length=36), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("namespace", sa.String(length=255), nullable=False),
        sa.Column(
            "activation_type",
            sa.Enum("mcp_tool", "api_call", name="activation_type", native_enum=False, create_constraint=True),
            nullable=True,
        ),
        sa.Column("layer_loaded", sa.Integer(), nullable=True),
        sa.Column("tokens_loaded", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum("active", "inactive", name="state", native_enum=False, create_constraint=True),
            server_default="active",
            nullable=False,
        ),
        sa.Column(
            "activated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False
        ),
        sa.Column("deactivated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum("succeeded", "failed", name="outcome", native_enum=False, create_constraint=True),
            nullable=True,
        ),
        sa.Column("usefulness", sa.Double(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.CheckConstraint(
            "(state = 'inactive') = (deactivated_at IS NOT NULL)",
            name=op.f("ck_skill_activations_deactivated_at_of_state"),
        ),
        sa.CheckConstraint("duration_ms >= 0", name=op.f("ck_skill_activations_duration_ms_minimum")),
        sa.CheckConstraint(
            "layer_loaded >= 1 AND layer_loaded <= 3", name=op.f("ck_skill_activations_layer_loaded_range")
        ),
        sa.CheckConstraint("tokens_loaded >= 0", name=op.f("ck_skill_activations_tokens_loaded_minimum")),
        sa.CheckConstraint("usefulness >= 0 AND usefulness <= 1", name=op.f("ck_skill_activations_usefulness_range")),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_skill_activations_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["skill_id", "version"],
            ["skill_versions.skill_id", "skill_versions.version"],
            name=op.f("fk_skill_activations_skill_id_skill_versions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill_activations")),
    )
    with op.batch_alter_table("skill_activations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_skill_activations_activated_at"), ["activated_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_skill_activations_agent_id_activated_at"), ["agent_id", "activated_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_skill_activations_namespace"), ["namespace"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_skill_activations_skill_id_version"), ["skill_id", "version"], unique=False
        )
