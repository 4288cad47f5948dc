"""Versions: the text of a skill, as it was written and as it stays."""

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_agents.models.agent import Agent
from tmws_core.columns import Identified, Timestamped, at_least, vocabulary
from tmws_skills.models.base import Base
from tmws_skills.models.skill import Skill


class SkillVersion(Identified, Timestamped, Base):
    """One version of a skill's text, whole and cut into three layers: metadata, core instructions, auxiliary content.

    The text never changes. `content_hash` is its SHA-256 in lower-case hex and addresses it within the skill: to write
    a text that is there already is to name the version that has it.
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
