"""Create the tables of the plugin."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "memory_0001"
down_revision = None


def upgrade() -> None:
    """Create the tables of the plugin."""
    op.create_table(
        "memories",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("memory_type", sa.Text(), server_default="general", nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("embedding_model", sa.Text(), nullable=True),
        sa.Column("embedding_dimension", sa.Integer(), nullable=True),
        sa.Column(
            "embedding_status",
            sa.Enum("pending", "ready", "failed", name="embedding_status", native_enum=False, create_constraint=True),
            server_default="pending",
            nullable=False,
        ),
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
            "shared_with_agents",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="[]",
            nullable=False,
        ),
        sa.Column(
            "context", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False
        ),
        sa.Column(
            "tags", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="[]", nullable=False
        ),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("importance_score", sa.Double(), server_default="0.5", nullable=False),
        sa.Column("relevance_score", sa.Double(), server_default="0.5", nullable=False),
        sa.Column("access_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("learning_weight", sa.Double(), server_default="1.0", nullable=False),
        sa.Column(
            "pattern_ids", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="[]", nullable=False
        ),
        sa.Column("accessed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("parent_memory_id", sa.String(length=36), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column(
            "metadata", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False
        ),
        sa.CheckConstraint("access_count >= 0", name=op.f("ck_memories_access_count_minimum")),
        sa.CheckConstraint("embedding_dimension >= 1", name=op.f("ck_memories_embedding_dimension_minimum")),
        sa.CheckConstraint(
            "importance_score >= 0 AND importance_score <= 1", name=op.f("ck_memories_importance_score_range")
        ),
        sa.CheckConstraint(
            "learning_weight >= 0.1 AND learning_weight <= 10", name=op.f("ck_memories_learning_weight_range")
        ),
        sa.CheckConstraint("length(content) > 0", name=op.f("ck_memories_content_not_empty")),
        sa.CheckConstraint(
            "relevance_score >= 0 AND relevance_score <= 1", name=op.f("ck_memories_relevance_score_range")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_memories_version_minimum")),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_memories_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["parent_memory_id"],
            ["memories.id"],
            name=op.f("fk_memories_parent_memory_id_memories"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memories")),
    )
    with op.batch_alter_table("memories", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_memories_access_level_agent_id"), ["access_level", "agent_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_memories_accessed_at_access_count"), ["accessed_at", "access_count"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_memories_agent_id_namespace"), ["agent_id", "namespace"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_memories_content_hash_agent_id_namespace"),
            ["content_hash", "agent_id", "namespace"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_memories_deleted_at"), ["deleted_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_memories_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_memories_importance_score_relevance_score"),
            ["importance_score", "relevance_score"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_memories_namespace"), ["namespace"], unique=False)
        batch_op.create_index(batch_op.f("ix_memories_parent_memory_id"), ["parent_memory_id"], unique=False)

    op.create_table(
        "memory_patterns",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column(
            "pattern_type",
            sa.Enum(
                "sequence", "correlation", "cluster", name="pattern_type", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("pattern_data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("frequency", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "memory_ids", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="[]", nullable=False
        ),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("last_triggered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column(
            "metadata", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False
        ),
        sa.CheckConstraint("confidence >= 0 AND confidence <= 1", name=op.f("ck_memory_patterns_confidence_range")),
        sa.CheckConstraint("frequency >= 1", name=op.f("ck_memory_patterns_frequency_minimum")),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_memory_patterns_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memory_patterns")),
        sa.UniqueConstraint(
            "agent_id",
            "namespace",
            "pattern_type",
            "signature",
            name=op.f("uq_memory_patterns_agent_id_namespace_pattern_type_signature"),
        ),
    )
    with op.batch_alter_table("memory_patterns", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_memory_patterns_agent_id_pattern_type"), ["agent_id", "pattern_type"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_memory_patterns_confidence_frequency"), ["confidence", "frequency"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_memory_patterns_is_active"), ["is_active"], unique=False)
        batch_op.create_index(batch_op.f("ix_memory_patterns_namespace"), ["namespace"], unique=False)

    op.create_table(
        "memory_consolidations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("source_memory_ids", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("consolidated_memory_id", sa.String(length=36), nullable=False),
        sa.Column(
            "consolidation_type",
            sa.Enum(
                "summary", "merge", "compress", name="consolidation_type", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column(
            "consolidation_metadata",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_memory_consolidations_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["consolidated_memory_id"],
            ["memories.id"],
            name=op.f("fk_memory_consolidations_consolidated_memory_id_memories"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memory_consolidations")),
    )
    with op.batch_alter_table("memory_consolidations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_memory_consolidations_agent_id"), ["agent_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_memory_consolidations_consolidated_memory_id"), ["consolidated_memory_id"], unique=False
        )

    op.create_table(
        "memory_sharing",
        sa.Column("memory_id", sa.String(length=36), nullable=False),
        sa.Column("shared_with_agent_id", sa.Text(), nullable=False),
        sa.Column(
            "permission",
            sa.Enum("read", "write", "delete", name="permission", native_enum=False, create_constraint=True),
            server_default="read",
            nullable=False,
        ),
        sa.Column("shared_by_agent_id", sa.Text(), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["memory_id"], ["memories.id"], name=op.f("fk_memory_sharing_memory_id_memories"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["shared_by_agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_memory_sharing_shared_by_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["shared_with_agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_memory_sharing_shared_with_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("memory_id", "shared_with_agent_id", name=op.f("pk_memory_sharing")),
    )
    with op.batch_alter_table("memory_sharing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_memory_sharing_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_memory_sharing_shared_by_agent_id"), ["shared_by_agent_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_memory_sharing_shared_with_agent_id_shared_at"),
            ["shared_with_agent_id", "shared_at"],
            unique=False,
        )

    op.create_table(
        "tmws_memory_documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("memory_id", sa.String(length=36), nullable=False),
        sa.Column("namespace_token", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["memory_id"], ["memories.id"], name=op.f("fk_tmws_memory_documents_memory_id_memories"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tmws_memory_documents")),
        sa.UniqueConstraint("memory_id", name=op.f("uq_tmws_memory_documents_memory_id")),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE tmws_memory_search USING fts5(namespace_token, body, content='tmws_memory_documents', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')"
        )
        op.execute(
            "CREATE TRIGGER tmws_memory_search_insert AFTER INSERT ON tmws_memory_documents BEGIN INSERT INTO tmws_memory_search(rowid, namespace_token, body) VALUES (new.id, new.namespace_token, new.body); END"
        )
        op.execute(
            "CREATE TRIGGER tmws_memory_search_delete AFTER DELETE ON tmws_memory_documents BEGIN INSERT INTO tmws_memory_search(tmws_memory_search, rowid, namespace_token, body) VALUES ('delete', old.id, old.namespace_token, old.body); END"
        )
        op.execute(
            "CREATE TRIGGER tmws_memory_search_update AFTER UPDATE ON tmws_memory_documents BEGIN INSERT INTO tmws_memory_search(tmws_memory_search, rowid, namespace_token, body) VALUES ('delete', old.id, old.namespace_token, old.body); INSERT INTO tmws_memory_search(rowid, namespace_token, body) VALUES (new.id, new.namespace_token, new.body); END"
        )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE INDEX tmws_memory_search ON tmws_memory_documents USING gin (to_tsvector('english', body))")
