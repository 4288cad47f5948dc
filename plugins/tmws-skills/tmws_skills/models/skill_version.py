"""Versions: the text of a skill, as it was written and as it stays."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_agents.models.agent import Agent
from tmws_core.columns import Identified, Timestamped, UTCDateTime, at_least, json_array, vocabulary
from tmws_core.declarative import derived
from tmws_skills.models.base import Base
from tmws_skills.models.skill import Skill


class SkillVersion(Identified, Timestamped, Base):
    """One version of a skill, whole and cut into three layers: metadata, core instructions, auxiliary content.

    What is in it never changes; the database sees to that. `content` is `SKILL.md` as it was written, `metadata_json`
    its front matter as JSON, `core_instructions` what follows the front matter, and `auxiliary_content` the manifest of
    the other files as JSON, whose contents are blobs. `content_hash` is the SHA-256 of the manifest of all files, in
    lower-case hex, and addresses the version within the skill: to write what is there already is to name the version
    that has it. `findings` are the places that a reviewer should look at.
    """

    __tablename__ = "skill_versions"

    skill_id: Mapped[str] = mapped_column(String(36), ForeignKey(Skill.id, ondelete="CASCADE"))
    version: Mapped[int] = mapped_column(Integer)
    content: Mapped[str] = mapped_column(Text)
    metadata_json: Mapped[str | None] = mapped_column(Text)
    core_instructions: Mapped[str | None] = mapped_column(Text)
    auxiliary_content: Mapped[str | None] = mapped_column(Text)
    metadata_tokens: Mapped[int | None] = mapped_column(Integer)
    core_tokens: Mapped[int | None] = mapped_column(Integer)
    auxiliary_tokens: Mapped[int | None] = mapped_column(Integer)
    content_hash: Mapped[str] = mapped_column(String(64))
    # may be empty, because another agent's skill outlives the author of one of its versions
    created_by: Mapped[str | None] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="SET NULL", onupdate="CASCADE"), index=True
    )
    source: Mapped[str] = mapped_column(
        vocabulary("source", "manual", "pattern", "tool_promotion", "import"),
        default="manual",
        server_default="manual",
    )
    review_status: Mapped[str] = mapped_column(
        vocabulary("review_status", "draft", "pending_review", "approved", "rejected"),
        default="draft",
        server_default="draft",
        index=True,
    )
    reviewed_by_agent_id: Mapped[str | None] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="SET NULL", onupdate="CASCADE"), index=True
    )
    reviewed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    review_comment: Mapped[str | None] = mapped_column(Text)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(json_array(), default=list, server_default="[]")

    skill: Mapped[Skill] = relationship()

    __table_args__ = (
        at_least("version", 1),
        at_least("metadata_tokens", 0),
        at_least("core_tokens", 0),
        at_least("auxiliary_tokens", 0),
        # the one spelling of "nothing but hex digits" that SQLite and PostgreSQL share
        CheckConstraint(
            "length(content_hash) = 64 AND ltrim(content_hash, '0123456789abcdef') = ''", name="content_hash_sha256"
        ),
        UniqueConstraint("skill_id", "version"),
        UniqueConstraint("skill_id", "content_hash"),
    )


_IMMUTABLE = "skill_id, version, content, metadata_json, core_instructions, auxiliary_content, content_hash"
_REFUSAL = "what is in a version of a skill never changes"

derived(
    Base.metadata,
    "tmws_skill_versions_immutable",
    after=SkillVersion.__tablename__,
    sqlite=(
        f"CREATE TRIGGER tmws_skill_versions_immutable BEFORE UPDATE OF {_IMMUTABLE} ON skill_versions "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    ),
    postgresql=(
        "CREATE FUNCTION tmws_skill_versions_immutable() RETURNS trigger LANGUAGE plpgsql AS $immutable$ BEGIN "
        f"RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $immutable$",
        f"CREATE TRIGGER tmws_skill_versions_immutable BEFORE UPDATE OF {_IMMUTABLE} ON skill_versions "
        "FOR EACH ROW EXECUTE FUNCTION tmws_skill_versions_immutable()",
        # a relation of the name of what is derived, by which the core sees that it is there
        "CREATE VIEW tmws_skill_versions_immutable AS SELECT tgname::text AS name FROM pg_trigger "
        "WHERE tgrelid = 'skill_versions'::regclass AND NOT tgisinternal AND tgenabled <> 'D'",
    ),
)
