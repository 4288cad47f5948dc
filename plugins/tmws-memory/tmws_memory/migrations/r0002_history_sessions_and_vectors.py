"""Keep former versions, archive, recognise duplicates, and index by scope, session and meaning."""

import json
import re
from hashlib import blake2b
from typing import Any
from unicodedata import normalize

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "memory_0002"
down_revision = "memory_0001"

_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]+")
_ACCENTS = re.compile("(?<=[a-z])[\u0300-\u036f]+")
_SPEAKER = re.compile(r"(?:\[[^\]\n]{0,100}\]\s*)?(\w[\w .'-]{0,39}):\s")

_FOLLOW = """
CREATE FUNCTION tmws_memory_search_follow() RETURNS trigger LANGUAGE plpgsql AS $follow$ BEGIN
INSERT INTO tmws_memory_search (document_id, scope, body)
VALUES (NEW.id, strip(to_tsvector('simple', NEW.scope)), strip(to_tsvector('english', left(NEW.body, 250000))))
ON CONFLICT (document_id) DO UPDATE SET scope = excluded.scope, body = excluded.body;
RETURN NULL;
END $follow$
"""
_PGVECTOR = """
DO $do$ BEGIN
IF NOT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector') THEN RETURN; END IF;
BEGIN
CREATE EXTENSION IF NOT EXISTS vector;
EXCEPTION WHEN insufficient_privilege THEN RETURN;
END;
IF to_regtype('halfvec') IS NULL
OR (SELECT string_to_array(extversion, '.')::int[] < '{0,8}' FROM pg_extension WHERE extname = 'vector') THEN RETURN;
END IF;
ALTER TABLE tmws_memory_search_vectors ADD COLUMN vector halfvec NOT NULL;
CREATE INDEX tmws_memory_search_vectors_256 ON tmws_memory_search_vectors
USING hnsw ((vector::halfvec(256)) halfvec_cosine_ops) WHERE vector_dims(vector) = 256;
CREATE FUNCTION tmws_memory_search_vectors_decoded(stored bytea) RETURNS halfvec LANGUAGE sql IMMUTABLE STRICT AS $sql$
SELECT CASE WHEN mod(length(stored), 2) = 0 AND NOT bool_or(bits & 31744 = 31744) THEN array_agg(
CASE WHEN bits & 32768 = 0 THEN 1 ELSE -1 END * CASE WHEN bits & 31744 = 0
THEN (bits & 1023) * 2.0::double precision ^ -24
ELSE (1024 + (bits & 1023)) * 2.0::double precision ^ (((bits & 31744) >> 10) - 25) END
ORDER BY place)::real[]::halfvec END
FROM (SELECT place, get_byte(stored, 2 * place) + 256 * get_byte(stored, 2 * place + 1) AS bits
FROM generate_series(0, length(stored) / 2 - 1) AS place) AS halves
$sql$;
CREATE FUNCTION tmws_memory_search_vectors_follow() RETURNS trigger LANGUAGE plpgsql AS $follow$
DECLARE decoded halfvec := tmws_memory_search_vectors_decoded(NEW.vector);
BEGIN
IF decoded IS NULL THEN
DELETE FROM tmws_memory_search_vectors WHERE memory_id = NEW.memory_id;
ELSE
INSERT INTO tmws_memory_search_vectors (memory_id, namespace_token, model, vector) VALUES
(NEW.memory_id, NEW.namespace_token, NEW.model, decoded)
ON CONFLICT (memory_id) DO UPDATE SET
namespace_token = excluded.namespace_token, model = excluded.model, vector = excluded.vector;
END IF;
RETURN NULL;
END $follow$;
CREATE TRIGGER tmws_memory_search_vectors_follow AFTER INSERT OR UPDATE ON tmws_memory_vectors
FOR EACH ROW EXECUTE FUNCTION tmws_memory_search_vectors_follow();
END $do$
"""


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
    op.create_index("ix_memories_namespace_created_at", "memories", ["namespace", "created_at"])
    _archive_twins()
    # no vector was kept so far, whatever a row says
    op.execute("UPDATE memories SET embedding_status = 'pending', embedding_model = NULL, embedding_dimension = NULL")
    for columns in (
        "content_hash_agent_id_namespace",
        "namespace",
        "expires_at",
        "deleted_at",
        "parent_memory_id",
        "access_level_agent_id",
        "accessed_at_access_count",
        "importance_score_relevance_score",
    ):
        op.drop_index(f"ix_memories_{columns}", "memories")
    _create_index_where("embedding_status <> 'ready'", "embedding_status", "updated_at")
    _create_index_where("expires_at IS NOT NULL", "expires_at")
    _create_index_where("deleted_at IS NOT NULL", "deleted_at")
    _create_index_where("parent_memory_id IS NOT NULL", "parent_memory_id")
    _create_index_where(
        "deleted_at IS NULL AND archived_at IS NULL", "content_hash", "agent_id", "namespace", unique=True
    )


def _create_index_where(condition: str, *columns: str, unique: bool = False) -> None:
    name, where = f"ix_memories_{'_'.join(columns)}", sa.text(condition)
    op.create_index(name, "memories", list(columns), unique=unique, sqlite_where=where, postgresql_where=where)


def _archive_twins() -> None:
    """Of several that say the same the oldest stays, or the oldest that still lives; the others can be restored."""
    op.execute(
        "UPDATE memories SET archived_at = CURRENT_TIMESTAMP WHERE deleted_at IS NULL AND EXISTS ("
        "SELECT 1 FROM memories AS other WHERE other.content_hash = memories.content_hash "
        "AND other.agent_id = memories.agent_id AND other.namespace = memories.namespace "
        "AND other.deleted_at IS NULL "
        "AND (CASE WHEN other.expires_at <= CURRENT_TIMESTAMP THEN 1 ELSE 0 END, other.id) "
        "< (CASE WHEN memories.expires_at <= CURRENT_TIMESTAMP THEN 1 ELSE 0 END, memories.id))"
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
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TABLE tmws_memory_search_vectors (memory_id varchar(36) CONSTRAINT pk_tmws_memory_search_vectors PRIMARY KEY REFERENCES tmws_memory_vectors ON DELETE CASCADE, namespace_token text NOT NULL, model text NOT NULL)"
        )
        op.execute(
            "CREATE INDEX tmws_memory_search_vectors_space ON tmws_memory_search_vectors (namespace_token, model)"
        )
        op.execute(_PGVECTOR)


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
        op.execute(
            "CREATE TABLE tmws_memory_search (document_id integer CONSTRAINT pk_tmws_memory_search PRIMARY KEY REFERENCES tmws_memory_documents ON DELETE CASCADE, scope tsvector NOT NULL, body tsvector NOT NULL)"
        )
        op.execute("CREATE INDEX tmws_memory_search_body ON tmws_memory_search USING gin (body)")
        op.execute("CREATE INDEX tmws_memory_search_scope ON tmws_memory_search USING gin (scope)")
        op.execute(_FOLLOW)
        op.execute(
            "CREATE TRIGGER tmws_memory_search_follow AFTER INSERT OR UPDATE ON tmws_memory_documents FOR EACH ROW EXECUTE FUNCTION tmws_memory_search_follow()"
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
    text = _UNSPACED.sub(_pairs, _folded("\n".join([content, *names]).lower()))
    return {
        "memory_id": memory_id,
        "asks": content.rstrip().endswith(("?", "\uff1f", "\u061f")),
        "speaker": speaker[1].lower() if speaker else None,
        "scope": " ".join(scope),
        "body": _body(re.findall(r"[^\W_]+", text)),
    }


def _folded(text: str) -> str:
    """One spelling for equivalent characters, and Latin letters without accents, as on both databases."""
    return text if text.isascii() else normalize("NFKC", _ACCENTS.sub("", normalize("NFKD", text)))


def _body(words: list[str]) -> str:
    """The words; of a very long text each once, and no more than a tsvector of PostgreSQL holds."""
    body, most = " ".join(words), 500_000
    if len(body.encode()) <= most:
        return body
    once = " ".join(dict.fromkeys(words)).encode()
    return once.decode() if len(once) <= most else once[:most].rpartition(b" ")[0].decode()


def _token(kind: str, value: str) -> str:
    return f"{kind}{blake2b(value.encode(), digest_size=8).hexdigest()}"


def _pairs(run: re.Match[str]) -> str:
    characters = run[0]
    return f" {' '.join(characters[start : start + 2] for start in range(max(1, len(characters) - 1)))} "
