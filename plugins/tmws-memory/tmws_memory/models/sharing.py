"""Grants: which memory is shared with which agent."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_agents.models.agent import Agent
from tmws_core.columns import Timestamped, UTCDateTime, utc_now, vocabulary
from tmws_memory.models.base import Base
from tmws_memory.models.memory import Memory


class Sharing(Timestamped, Base):
    """One memory granted to one agent, for reading, writing or deleting, perhaps until a moment."""

    __tablename__ = "memory_sharing"

    memory_id: Mapped[str] = mapped_column(String(36), ForeignKey(Memory.id, ondelete="CASCADE"), primary_key=True)
    shared_with_agent_id: Mapped[str] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="CASCADE", onupdate="CASCADE"), primary_key=True
    )
    permission: Mapped[str] = mapped_column(
        vocabulary("permission", "read", "write", "delete"), default="read", server_default="read"
    )
    shared_by_agent_id: Mapped[str] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="CASCADE", onupdate="CASCADE"), index=True
    )
    shared_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now, server_default=func.current_timestamp())
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)

    memory: Mapped[Memory] = relationship()

    __table_args__ = (Index(None, "shared_with_agent_id", "shared_at"),)
