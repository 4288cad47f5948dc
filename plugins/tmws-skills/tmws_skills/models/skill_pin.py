"""Pins: which version of a skill an agent uses, whatever its owner makes of it."""

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_agents.models.agent import Agent
from tmws_core.columns import Timestamped
from tmws_skills.models.base import Base
from tmws_skills.models.skill_version import SkillVersion


class SkillPin(Timestamped, Base):
    """One agent keeps to one version of a skill; without it, it follows the active version."""

    __tablename__ = "tmws_skill_pins"

    skill_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    agent_id: Mapped[str] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="CASCADE", onupdate="CASCADE"), primary_key=True, index=True
    )
    version: Mapped[int] = mapped_column(Integer)

    skill_version: Mapped[SkillVersion] = relationship()

    __table_args__ = (
        # the pair leads to the skill too, so that skill_id needs no key of its own
        ForeignKeyConstraint(
            ["skill_id", "version"], [SkillVersion.skill_id, SkillVersion.version], ondelete="CASCADE"
        ),
        Index(None, "skill_id", "version"),
    )
