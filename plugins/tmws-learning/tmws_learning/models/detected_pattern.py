"""Detected patterns: tool sequences that recur in the traces."""

from datetime import datetime
from typing import Any

from sqlalchemy import Double, ForeignKey, Index, Integer, String, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_agents.models.agent import Agent
from tmws_core.columns import Identified, Timestamped, UTCDateTime, at_least, json_array, utc_now, vocabulary, within
from tmws_learning.models.base import Base
from tmws_skills.models.skill import Skill


class DetectedPattern(Identified, Timestamped, Base):
    """A sequence of tools that was used again and again, with a draft of instructions, on its way to being a skill."""

    __tablename__ = "detected_patterns"

    namespace: Mapped[str] = mapped_column(String(255))
    agent_id: Mapped[str | None] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="SET NULL", onupdate="CASCADE")
    )
    tool_sequence: Mapped[list[str]] = mapped_column(json_array())
    pattern_hash: Mapped[str] = mapped_column(String(64))
    frequency: Mapped[int] = mapped_column(Integer, default=3, server_default="3")
    avg_success_rate: Mapped[float] = mapped_column(Double, default=1.0, server_default="1.0")
    avg_execution_time_ms: Mapped[float | None] = mapped_column(Double)
    sop_draft: Mapped[str | None] = mapped_column(Text)
    sop_title: Mapped[str | None] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(
        vocabulary("state", "detected", "validating", "validated", "approved", "skill_created", "rejected"),
        default="detected",
        server_default="detected",
        index=True,
    )
    skill_id: Mapped[str | None] = mapped_column(String(36), ForeignKey(Skill.id, ondelete="SET NULL"), index=True)
    validation_errors: Mapped[list[Any] | None] = mapped_column(json_array())
    validated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    approved_by: Mapped[str | None] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="SET NULL", onupdate="CASCADE"), index=True
    )
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    detected_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now, server_default=func.current_timestamp())
    last_occurrence_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    skill: Mapped[Skill | None] = relationship()

    __table_args__ = (
        at_least("frequency", 3),
        within("avg_success_rate", 0, 1),
        at_least("avg_execution_time_ms", 0),
        UniqueConstraint("namespace", "pattern_hash"),
        Index(None, "agent_id", "state"),
        Index(None, "namespace", "state"),
    )
