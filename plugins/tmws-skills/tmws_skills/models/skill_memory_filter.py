"""Memory filters: which memories come along with a skill."""

from typing import Any

from sqlalchemy import ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_core.columns import Identified, Timestamped, json_object, vocabulary
from tmws_skills.models.base import Base
from tmws_skills.models.skill import Skill


class SkillMemoryFilter(Identified, Timestamped, Base):
    """A condition on the memories to load with a skill; the higher priority comes first."""

    __tablename__ = "skill_memory_filters"

    skill_id: Mapped[str] = mapped_column(String(36), ForeignKey(Skill.id, ondelete="CASCADE"))
    filter_type: Mapped[str] = mapped_column(vocabulary("filter_type", "tag", "namespace", "importance"))
    filter_value: Mapped[dict[str, Any]] = mapped_column(json_object())
    priority: Mapped[int] = mapped_column(Integer, default=0, server_default="0", index=True)

    skill: Mapped[Skill] = relationship()

    __table_args__ = (UniqueConstraint("skill_id", "filter_type", "filter_value"),)
