"""Skill suggestions: what was proposed to an agent, and whether it helped."""

from datetime import datetime

from sqlalchemy import Boolean, Double, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_agents.models.agent import Agent
from tmws_core.columns import Identified, Timestamped, UTCDateTime, within
from tmws_learning.models.base import Base
from tmws_skills.models.skill import Skill


class SkillSuggestion(Identified, Timestamped, Base):
    """A skill that was proposed to an agent, in an orchestration or outside of one, with the agent's feedback."""

    __tablename__ = "skill_suggestions"

    # no key: an orchestration belongs to a plugin that this one works without
    orchestration_id: Mapped[str | None] = mapped_column(String(36), index=True)
    skill_id: Mapped[str] = mapped_column(String(36), ForeignKey(Skill.id, ondelete="CASCADE"))
    agent_id: Mapped[str] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="CASCADE", onupdate="CASCADE"), index=True
    )
    namespace: Mapped[str] = mapped_column(String(255), index=True)
    relevance_score: Mapped[float] = mapped_column(Double)
    suggestion_reason: Mapped[str | None] = mapped_column(Text)
    was_activated: Mapped[bool | None] = mapped_column(Boolean)
    was_helpful: Mapped[bool | None] = mapped_column(Boolean)
    activated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    feedback_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    skill: Mapped[Skill] = relationship()

    __table_args__ = (within("relevance_score", 0, 1), Index(None, "skill_id", "was_activated", "was_helpful"))
