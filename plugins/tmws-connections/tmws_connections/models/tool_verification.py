"""Tool verifications: the history of checks made on tools."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_agents.models.agent import Agent
from tmws_connections.models.base import Base
from tmws_connections.models.discovered_tool import DiscoveredTool
from tmws_core.columns import Identified, Timestamped, UTCDateTime, json_object, utc_now, vocabulary


class ToolVerification(Identified, Timestamped, Base):
    """One check of one tool: when, how, by whom and with what result. Rows are added, never changed."""

    __tablename__ = "tool_verification_history"

    tool_id: Mapped[str] = mapped_column(String(36), ForeignKey(DiscoveredTool.id, ondelete="CASCADE"))
    verified_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=utc_now, server_default=func.current_timestamp(), index=True
    )
    verified_by_agent_id: Mapped[str | None] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="SET NULL", onupdate="CASCADE"), index=True
    )
    success: Mapped[bool] = mapped_column(Boolean, index=True)
    verification_method: Mapped[str] = mapped_column(
        vocabulary("verification_method", "docker_inspect", "health_check", "manual")
    )
    error_message: Mapped[str | None] = mapped_column(Text)
    verification_metadata: Mapped[dict[str, Any]] = mapped_column(json_object(), default=dict, server_default="{}")

    tool: Mapped[DiscoveredTool] = relationship()

    __table_args__ = (Index(None, "tool_id", "verified_at"),)
