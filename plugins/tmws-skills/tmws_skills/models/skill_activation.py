"""Activations: who put which version of a skill to use, and what came of it."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_agents.models.agent import Agent
from tmws_core.columns import Identified, Timestamped, UTCDateTime, at_least, utc_now, vocabulary, within
from tmws_skills.models.base import Base
from tmws_skills.models.skill_version import SkillVersion


class SkillActivation(Identified, Timestamped, Base):
    """One use of a version of a skill by an agent, who may have many skills active at once, each of them once.

    `state` says whether the skill is in use, `outcome` and `usefulness` say afterwards how it went.
    """

    __tablename__ = "skill_activations"

    skill_id: Mapped[str] = mapped_column(String(36))
    agent_id: Mapped[str] = mapped_column(Text, ForeignKey(Agent.agent_id, ondelete="CASCADE", onupdate="CASCADE"))
    version: Mapped[int] = mapped_column(Integer)
    namespace: Mapped[str] = mapped_column(String(255), index=True)
    activation_type: Mapped[str | None] = mapped_column(vocabulary("activation_type", "mcp_tool", "api_call"))
    layer_loaded: Mapped[int | None] = mapped_column(Integer)
    tokens_loaded: Mapped[int | None] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(
        vocabulary("state", "active", "inactive"), default="active", server_default="active"
    )
    activated_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=utc_now, server_default=func.current_timestamp(), index=True
    )
    deactivated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    duration_ms: Mapped[int | None] = mapped_column(Integer)
    outcome: Mapped[str | None] = mapped_column(vocabulary("outcome", "succeeded", "failed"))
    usefulness: Mapped[float | None] = mapped_column(Double)
    error_message: Mapped[str | None] = mapped_column(Text)

    skill_version: Mapped[SkillVersion] = relationship()

    __table_args__ = (
        # the pair leads to the skill too, so that skill_id needs no key of its own
        ForeignKeyConstraint(
            ["skill_id", "version"], [SkillVersion.skill_id, SkillVersion.version], ondelete="CASCADE"
        ),
        CheckConstraint("(state = 'inactive') = (deactivated_at IS NOT NULL)", name="deactivated_at_of_state"),
        within("layer_loaded", 1, 3),
        within("usefulness", 0, 1),
        at_least("tokens_loaded", 0),
        at_least("duration_ms", 0),
        Index(None, "skill_id", "version"),
        Index(None, "agent_id", "activated_at"),
        Index(
            "uq_skill_activations_active",
            "skill_id",
            "agent_id",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
    )
