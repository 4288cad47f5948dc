"""Tools: what a skill needs from MCP servers."""

from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_core.columns import Identified, Timestamped, json_object, vocabulary
from tmws_skills.models.base import Base
from tmws_skills.models.skill import Skill


class SkillTool(Identified, Timestamped, Base):
    """A tool of an MCP server that a skill needs, how much of its schema to load, and when."""

    __tablename__ = "skill_mcp_tools"

    skill_id: Mapped[str] = mapped_column(String(36), ForeignKey(Skill.id, ondelete="CASCADE"))
    mcp_server_name: Mapped[str] = mapped_column(String(255))
    tool_name: Mapped[str] = mapped_column(String(255))
    detail_level: Mapped[str] = mapped_column(
        vocabulary("detail_level", "summary", "full"), default="summary", server_default="summary"
    )
    load_when_condition: Mapped[dict[str, Any] | None] = mapped_column(json_object())

    skill: Mapped[Skill] = relationship()

    __table_args__ = (UniqueConstraint("skill_id", "mcp_server_name", "tool_name"),)
