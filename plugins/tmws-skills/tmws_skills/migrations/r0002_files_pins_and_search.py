"""Keep files, pins and reviews, tell names apart, deprecate and restore, and index the words of skills."""

import json
from hashlib import sha256
from unicodedata import normalize

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "skills_0002"
down_revision = "skills_0001"

_SKELETON = str.maketrans({"0": "o", "1": "l", "m": "rn", ".": "-", "_": "-"})
_SHA256 = "length({0}) = 64 AND ltrim({0}, '0123456789abcdef') = ''"
_IMMUTABLE = "skill_id, version, content, metadata_json, core_instructions, auxiliary_content, content_hash"
_REFUSAL = "what is in a version of a skill never changes"
_FOLLOW = """
CREATE FUNCTION tmws_skill_search_follow() RETURNS trigger LANGUAGE plpgsql AS $follow$ BEGIN
INSERT INTO tmws_skill_search (document_id, words) VALUES (NEW.id,
setweight(to_tsvector('english', translate(NEW.name, '-', ' ')), 'A') ||
setweight(to_tsvector('english', left(NEW.tags, 20000)), 'B') ||
setweight(to_tsvector('english', left(NEW.description, 50000)), 'B') ||
setweight(to_tsvector('english', left(NEW.body, 150000)), 'D'))
ON CONFLICT (document_id) DO UPDATE SET words = excluded.words;
RETURN NULL;
END $follow$
"""
_FORGET = (
    "INSERT INTO tmws_skill_search(tmws_skill_search, rowid, name, tags, description, body) "
    "VALUES ('delete', old.id, old.name, old.tags, old.description, old.body); "
)
_LEARN = (
    "INSERT INTO tmws_skill_search(rowid, name, tags, description, body) "
    "VALUES (new.id, new.name, new.tags, new.description, new.body); "
)


def upgrade() -> None:
    """Keep files, pins and reviews, tell names apart, deprecate and restore, and index the words of skills."""
    _change_skills()
    _change_versions()
    _change_activations()
    _create_blobs()
    _create_pins()
    _create_documents()
    _fill_documents()


def _change_skills() -> None:
    op.add_column("skills", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE skills SET deleted_at = updated_at WHERE is_deleted")
    op.add_column("skills", sa.Column("deprecated_at", sa.DateTime(timezone=True), nullable=True))
    # SQLite takes a constraint only along with a column
    op.execute(
        "ALTER TABLE skills ADD COLUMN deprecation_note TEXT CONSTRAINT ck_skills_deleted_at_of_is_deleted "
        "CHECK (is_deleted = (deleted_at IS NOT NULL))"
    )
    op.execute(
        "ALTER TABLE skills ADD COLUMN replaced_by VARCHAR(36) CONSTRAINT fk_skills_replaced_by_skills "
        "REFERENCES skills (id) ON DELETE SET NULL CONSTRAINT ck_skills_deprecation_of_deprecated_at "
        "CHECK (deprecated_at IS NOT NULL OR (deprecation_note IS NULL AND replaced_by IS NULL))"
    )
    op.add_column("skills", sa.Column("look_alike", sa.Text(), nullable=True))
    _fill_look_alikes()
    op.create_index("ix_skills_deleted_at", "skills", ["deleted_at"])
    op.create_index("ix_skills_replaced_by", "skills", ["replaced_by"])
    op.create_index(
        "uq_skills_namespace_look_alike",
        "skills",
        ["namespace", "look_alike"],
        unique=True,
        sqlite_where=sa.text("is_deleted = 0"),
        postgresql_where=sa.text("NOT is_deleted"),
    )


def _fill_look_alikes() -> None:
    """Of several names that look alike the oldest row's counts; a deleted one has its own, which is compared later."""
    skills = sa.table("skills", *map(sa.column, ("id", "namespace", "name", "look_alike", "is_deleted", "created_at")))
    connection = op.get_bind()
    taken: set[tuple[str, str]] = set()
    change = sa.update(skills).where(skills.c.id == sa.bindparam("row")).values(look_alike=sa.bindparam("skeleton"))
    oldest = sa.select(skills).order_by(skills.c.created_at, skills.c.id)
    for row in connection.execute(oldest).all():
        skeleton = normalize("NFKC", row.name).casefold().translate(_SKELETON)
        if not row.is_deleted and (row.namespace, skeleton) in taken:
            continue
        if not row.is_deleted:
            taken.add((row.namespace, skeleton))
        connection.execute(change, {"row": row.id, "skeleton": skeleton})


def _change_versions() -> None:
    op.add_column("skill_versions", sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("skill_versions", sa.Column("review_comment", sa.Text(), nullable=True))
    findings = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("skill_versions", sa.Column("findings", findings, server_default="[]", nullable=False))
    _bring_into_the_new_form()
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER tmws_skill_versions_immutable BEFORE UPDATE OF {_IMMUTABLE} ON skill_versions "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION tmws_skill_versions_immutable() RETURNS trigger LANGUAGE plpgsql AS $immutable$ BEGIN "
        f"RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $immutable$"
    )
    op.execute(
        f"CREATE TRIGGER tmws_skill_versions_immutable BEFORE UPDATE OF {_IMMUTABLE} ON skill_versions "
        "FOR EACH ROW EXECUTE FUNCTION tmws_skill_versions_immutable()"
    )
    op.execute(
        "CREATE VIEW tmws_skill_versions_immutable AS SELECT tgname::text AS name FROM pg_trigger "
        "WHERE tgrelid = 'skill_versions'::regclass AND NOT tgisinternal AND tgenabled <> 'D'"
    )


def _bring_into_the_new_form() -> None:
    """A version so far was one text; now it is a folder in which that text is the only file."""
    columns = ("id", "content", "metadata_json", "core_instructions", "auxiliary_content", "auxiliary_tokens")
    versions = sa.table("skill_versions", *map(sa.column, (*columns, "content_hash")))
    connection = op.get_bind()
    for row in connection.execute(sa.select(versions)).all():
        manifest = f"{sha256(row.content.encode()).hexdigest()}  SKILL.md\n"
        connection.execute(
            sa.update(versions)
            .where(versions.c.id == row.id)
            .values(
                metadata_json=row.metadata_json if _is_object(row.metadata_json) else "{}",
                core_instructions=row.content if row.core_instructions is None else row.core_instructions,
                auxiliary_content="[]",
                auxiliary_tokens=0,
                content_hash=sha256(manifest.encode()).hexdigest(),
            )
        )


def _is_object(text: str | None) -> bool:
    try:
        return isinstance(json.loads(text or ""), dict)
    except ValueError:
        return False


def _change_activations() -> None:
    # of several that an agent had of one skill, the newest goes on
    op.execute(
        "UPDATE skill_activations SET state = 'inactive', deactivated_at = updated_at WHERE state = 'active' AND EXISTS "
        "(SELECT 1 FROM skill_activations AS other WHERE other.skill_id = skill_activations.skill_id "
        "AND other.agent_id = skill_activations.agent_id AND other.state = 'active' "
        "AND (other.activated_at, other.id) > (skill_activations.activated_at, skill_activations.id))"
    )
    op.create_index(
        "uq_skill_activations_active",
        "skill_activations",
        ["skill_id", "agent_id"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )


def _create_blobs() -> None:
    op.create_table(
        "tmws_skill_blobs",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_tmws_skill_blobs_size_minimum")),
        sa.CheckConstraint(_SHA256.format("digest"), name=op.f("ck_tmws_skill_blobs_digest_sha256")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_tmws_skill_blobs")),
    )
    op.create_table(
        "tmws_skill_blob_uses",
        sa.Column("version_id", sa.String(length=36), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"],
            ["tmws_skill_blobs.digest"],
            name=op.f("fk_tmws_skill_blob_uses_digest_tmws_skill_blobs"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["skill_versions.id"],
            name=op.f("fk_tmws_skill_blob_uses_version_id_skill_versions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("version_id", "digest", name=op.f("pk_tmws_skill_blob_uses")),
    )
    op.create_index("ix_tmws_skill_blob_uses_digest", "tmws_skill_blob_uses", ["digest"])


def _create_pins() -> None:
    op.create_table(
        "tmws_skill_pins",
        sa.Column("skill_id", sa.String(length=36), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_tmws_skill_pins_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["skill_id", "version"],
            ["skill_versions.skill_id", "skill_versions.version"],
            name=op.f("fk_tmws_skill_pins_skill_id_skill_versions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("skill_id", "agent_id", name=op.f("pk_tmws_skill_pins")),
    )
    op.create_index("ix_tmws_skill_pins_agent_id", "tmws_skill_pins", ["agent_id"])
    op.create_index("ix_tmws_skill_pins_skill_id_version", "tmws_skill_pins", ["skill_id", "version"])


def _create_documents() -> None:
    op.create_table(
        "tmws_skill_documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("skill_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["skills.id"], name=op.f("fk_tmws_skill_documents_skill_id_skills"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tmws_skill_documents")),
        sa.UniqueConstraint("skill_id", name=op.f("uq_tmws_skill_documents_skill_id")),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE tmws_skill_search USING fts5(name, tags, description, body, "
            "content='tmws_skill_documents', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')"
        )
        for name, statements in (("insert", _LEARN), ("delete", _FORGET), ("update", _FORGET + _LEARN)):
            op.execute(
                f"CREATE TRIGGER tmws_skill_search_{name} AFTER {name.upper()} ON tmws_skill_documents "
                f"BEGIN {statements}END"
            )
        return
    op.execute(
        "CREATE TABLE tmws_skill_search (document_id integer CONSTRAINT pk_tmws_skill_search PRIMARY KEY "
        "REFERENCES tmws_skill_documents ON DELETE CASCADE, words tsvector NOT NULL)"
    )
    op.execute("CREATE INDEX tmws_skill_search_words ON tmws_skill_search USING gin (words)")
    op.execute(_FOLLOW)
    op.execute(
        "CREATE TRIGGER tmws_skill_search_follow AFTER INSERT OR UPDATE ON tmws_skill_documents "
        "FOR EACH ROW EXECUTE FUNCTION tmws_skill_search_follow()"
    )


def _fill_documents() -> None:
    skills = sa.table(
        "skills",
        sa.column("id"),
        sa.column("name"),
        sa.column("description"),
        sa.column("tags_json", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")),
        sa.column("active_version"),
    )
    versions = sa.table("skill_versions", *map(sa.column, ("skill_id", "version", "core_instructions")))
    documents = sa.table("tmws_skill_documents", *map(sa.column, ("skill_id", "name", "tags", "description", "body")))
    connection = op.get_bind()
    in_use = sa.and_(versions.c.skill_id == skills.c.id, versions.c.version == skills.c.active_version)
    found = connection.execute(
        sa.select(skills.c.id, skills.c.name, skills.c.description, skills.c.tags_json, versions.c.core_instructions)
        .select_from(skills)
        .join(versions, in_use)
        .order_by(skills.c.id)
    ).all()
    for identifier, name, description, tags, body in found:
        row = {"name": name, "tags": "\n".join(map(str, tags)), "description": description or "", "body": body or ""}
        connection.execute(documents.insert().values(skill_id=identifier, **row))
