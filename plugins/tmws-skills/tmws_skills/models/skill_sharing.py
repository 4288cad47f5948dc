"""Grants: which skill is shared with which agent."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_agents.models.agent import Agent
from tmws_core.columns import Timestamped, UTCDateTime, utc_now, vocabulary
from tmws_skills.models.base import Base
from tmws_skills.models.skill import Skill


class SkillSharing(Timestamped, Base):
    """One skill granted to one agent, for reading, writing or deleting, perhaps until a moment."""

    __tablename__ = "skill_shared_agents"

    skill_id: Mapped[str] = mapped_column(String(36), ForeignKey(Skill.id, ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[str] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="CASCADE", onupdate="CASCADE"), primary_key=True, index=True
    )
    permission: Mapped[str] = mapped_column(
        vocabulary("permission", "read", "write", "delete"), default="read", server_default="read"
    )
    shared_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now, server_default=func.current_timestamp())
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)

    skill: Mapped[Skill] = relationship()
