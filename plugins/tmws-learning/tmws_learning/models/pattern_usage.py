"""Pattern usage: each time that a pattern was applied."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Double, ForeignKey, Index, String, Text, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_agents.models.agent import Agent
from tmws_core.columns import Identified, Timestamped, UTCDateTime, at_least, json_object, utc_now
from tmws_learning.models.base import Base
from tmws_learning.models.learning_pattern import LearningPattern


class PatternUsage(Identified, Timestamped, Base):
    """One use of a pattern: by whom, when, for how long, with what outcome, and what the agent said of it."""

    __tablename__ = "pattern_usage_history"

    pattern_id: Mapped[str] = mapped_column(String(36), ForeignKey(LearningPattern.id, ondelete="CASCADE"))
    agent_id: Mapped[str | None] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="SET NULL", onupdate="CASCADE")
    )
    used_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now, server_default=func.current_timestamp())
    execution_time: Mapped[float | None] = mapped_column(Double)
    success: Mapped[bool | None] = mapped_column(Boolean)
    context_data: Mapped[dict[str, Any] | None] = mapped_column(json_object())
    feedback: Mapped[bool | None] = mapped_column(Boolean)
    notes: Mapped[str | None] = mapped_column(Text)

    pattern: Mapped[LearningPattern] = relationship()

    __table_args__ = (
        at_least("execution_time", 0),
        Index(None, "agent_id", "used_at"),
        Index(None, "pattern_id", "used_at"),
    )
