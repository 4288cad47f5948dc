"""Patterns: what recurs in an agent's memories."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Double, ForeignKey, Index, Integer, String, Text, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from tmws_agents.models.agent import Agent
from tmws_core.columns import (
    Annotatable,
    Identified,
    Timestamped,
    UTCDateTime,
    at_least,
    json_array,
    json_object,
    vocabulary,
    within,
)
from tmws_memory.models.base import Base


class Pattern(Identified, Timestamped, Annotatable, Base):
    """A sequence, correlation or cluster that was found in an agent's memories."""

    __tablename__ = "memory_patterns"

    pattern_type: Mapped[str] = mapped_column(vocabulary("pattern_type", "sequence", "correlation", "cluster"))
    signature: Mapped[str] = mapped_column(String(64))
    agent_id: Mapped[str] = mapped_column(Text, ForeignKey(Agent.agent_id, ondelete="CASCADE", onupdate="CASCADE"))
    namespace: Mapped[str] = mapped_column(Text, index=True)
    pattern_data: Mapped[dict[str, Any]] = mapped_column(json_object())
    confidence: Mapped[float] = mapped_column(Double)
    frequency: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    memory_ids: Mapped[list[str]] = mapped_column(json_array(), default=list, server_default="[]")
    is_active: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true(), index=True)
    last_triggered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        within("confidence", 0, 1),
        at_least("frequency", 1),
        UniqueConstraint("agent_id", "namespace", "pattern_type", "signature"),
        Index(None, "agent_id", "pattern_type"),
        Index(None, "confidence", "frequency"),
    )
