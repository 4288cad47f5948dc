"""Recalls: which memories a search has shown to an agent together."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from tmws_agents.models.agent import Agent
from tmws_core.columns import Identified, UTCDateTime, json_array, utc_now
from tmws_memory.models.base import Base


class Recall(Identified, Base):
    """One search of an agent in a namespace, and the memories that it has shown.

    Only the newest of an agent in a namespace are kept. The memories may be those of others and may be gone since:
    whoever reads a recall checks them.
    """

    __tablename__ = "tmws_memory_recalls"

    agent_id: Mapped[str] = mapped_column(Text, ForeignKey(Agent.agent_id, ondelete="CASCADE", onupdate="CASCADE"))
    namespace: Mapped[str] = mapped_column(Text)
    memory_ids: Mapped[list[str]] = mapped_column(json_array())
    recalled_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now, server_default=func.current_timestamp())

    __table_args__ = (Index(None, "agent_id", "namespace", "id"),)
