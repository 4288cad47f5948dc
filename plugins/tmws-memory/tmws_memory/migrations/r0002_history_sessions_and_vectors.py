"""Keep former versions, archive, recognise duplicates, and index by scope, session and meaning."""

import json
import re
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "memory_0002"
down_revision = "memory_0001"

_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]+")
_SPEAKER = re.compile(r"(?:\[[^\]\n]{0,100}\]\s*)?(\w[\w .'-]{0,39}):\s")


def upgrade() -> None:
    """Keep former versions, archive, recognise duplicates, and index by scope, session and meaning."""
    _change_memories()
    _create_versions()
    _create_vectors()
    _create_recalls()
    _drop_documents()
    _create_documents()
    _fill_documents()


def _change_memories() -> None:
    op.add_column("memories", sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_memories_archived_at", "memories", ["archived_at"])
    op.create_index("ix_memories_namespace_created_at", "memories", ["namespace", "created_at"])
    op.create_index("ix_memories_embedding_status_updated_at", "memories", ["embedding_status", "updated_at"])
    # of several that say the same the oldest stays; the others can be restored
    op.execute(
        "UPDATE memories SET archived_at = CURRENT_TIMESTAMP WHERE deleted_at IS NULL AND EXISTS ("
        "SELECT 1 FROM memories AS older WHERE older.content_hash = memories.content_hash "
        "AND older.agent_id = memories.agent_id AND older.namespace = memories.namespace "
        "AND older.deleted_at IS NULL AND older.id < memories.id)"
    )
    op.drop_index("ix_memories_content_hash_agent_id_namespace", "memories")
    present = sa.text("deleted_at IS NULL AND archived_at IS NULL")
    op.create_index(
        "ix_memories_content_hash_agent_id_namespace",
        "memories",
        ["content_hash", "agent_id", "namespace"],
        unique=True,
        sqlite_where=present,
        postgresql_where=present,
    )


def _create_versions() -> None:
    op.create_table(
        "tmws_memory_versions",
        sa.Column("memory_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("memory_type", sa.Text(), nullable=False),
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
            nullable=False,
        ),
        sa.Column("tags", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("importance_score", sa.Double(), nullable=False),
        sa.Column("context", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("replaced_by", sa.Text(), nullable=False),
        sa.Column(
            "replaced_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["memory_id"], ["memories.id"], name=op.f("fk_tmws_memory_versions_memory_id_memories"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("memory_id", "version", name=op.f("pk_tmws_memory_versions")),
    )


def _create_vectors() -> None:
    op.create_table(
        "tmws_memory_vectors",
        sa.Column("memory_id", sa.String(length=36), nullable=False),
        sa.Column("namespace_token", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["memory_id"], ["memories.id"], name=op.f("fk_tmws_memory_vectors_memory_id_memories"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("memory_id", name=op.f("pk_tmws_memory_vectors")),
    )
    op.create_index(
        "ix_tmws_memory_vectors_namespace_token_model_revision",
        "tmws_memory_vectors",
        ["namespace_token", "model", "revision"],
    )


def _create_recalls() -> None:
    op.create_table(
        "tmws_memory_recalls",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("memory_ids", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "recalled_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_tmws_memory_recalls_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tmws_memory_recalls")),
    )
    op.create_index(
        "ix_tmws_memory_recalls_agent_id_namespace_id", "tmws_memory_recalls", ["agent_id", "namespace", "id"]
    )


def _drop_documents() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE tmws_memory_search")
    op.drop_table("tmws_memory_documents")


def _create_documents() -> None:
    op.create_table(
        "tmws_memory_documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("memory_id", sa.String(length=36), nullable=False),
        sa.Column("session_token", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("asks", sa.Boolean(), nullable=False),
        sa.Column("speaker", sa.Text(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["memory_id"], ["memories.id"], name=op.f("fk_tmws_memory_documents_memory_id_memories"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tmws_memory_documents")),
        sa.UniqueConstraint("memory_id", name=op.f("uq_tmws_memory_documents_memory_id")),
    )
    op.create_index(
        "ix_tmws_memory_documents_session_token_position", "tmws_memory_documents", ["session_token", "position"]
    )
    if op.get_bind().dialect.name == "sqlite":
        forget = "INSERT INTO tmws_memory_search(tmws_memory_search, rowid, scope, body) VALUES ('delete', old.id, old.scope, old.body); "
        learn = "INSERT INTO tmws_memory_search(rowid, scope, body) VALUES (new.id, new.scope, new.body); "
        op.execute(
            "CREATE VIRTUAL TABLE tmws_memory_search USING fts5(scope, body, content='tmws_memory_documents', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')"
        )
        for event, statements in (("INSERT", learn), ("DELETE", forget), ("UPDATE", forget + learn)):
            op.execute(
                f"CREATE TRIGGER tmws_memory_search_{event.lower()} AFTER {event} ON tmws_memory_documents BEGIN {statements}END"
            )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE INDEX tmws_memory_search ON tmws_memory_documents USING gin (to_tsvector('english', body))")
        op.execute(
            "CREATE INDEX tmws_memory_search_scope ON tmws_memory_documents USING gin (to_tsvector('simple', scope))"
        )


def _fill_documents() -> None:
    connection = op.get_bind()
    found = connection.execute(
        sa.text(
            "SELECT id, content, tags, namespace, agent_id, memory_type, access_level FROM memories "
            "WHERE deleted_at IS NULL AND archived_at IS NULL ORDER BY id"
        )
    )
    insert = sa.text(
        "INSERT INTO tmws_memory_documents (memory_id, asks, speaker, scope, body) "
        "VALUES (:memory_id, :asks, :speaker, :scope, :body)"
    )
    for rows in found.partitions(1000):
        connection.execute(insert, [_document(row) for row in rows])


def _document(row: sa.Row[*tuple[Any, ...]]) -> dict[str, object]:
    memory_id, content, tags, namespace, agent_id, memory_type, access_level = row
    names = json.loads(tags) if isinstance(tags, str) else tags
    scope = [_token("ns", namespace), _token("ow", agent_id), _token("ty", memory_type)]
    scope += [_token("tg", name) for name in names] + ([] if access_level == "private" else ["open"])
    speaker = _SPEAKER.match(content)
    text = _UNSPACED.sub(_pairs, "\n".join([content, *names]).lower())
    return {
        "memory_id": memory_id,
        "asks": content.rstrip().endswith(("?", "\uff1f", "\u061f")),
        "speaker": speaker[1].lower() if speaker else None,
        "scope": " ".join(scope),
        "body": " ".join(re.findall(r"[^\W_]+", text)),
    }


def _token(kind: str, value: str) -> str:
    return f"{kind}{blake2b(value.encode(), digest_size=8).hexdigest()}"


def _pairs(run: re.Match[str]) -> str:
    characters = run[0]
    return f" {' '.join(characters[start : start + 2] for start in range(max(1, len(characters) - 1)))} "
