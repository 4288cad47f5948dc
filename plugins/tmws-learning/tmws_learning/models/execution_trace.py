"""Execution traces: what tools were called, with what result."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Double, ForeignKey, Index, Integer, String, Text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_agents.models.agent import Agent
from tmws_core.columns import Identified, Timestamped, UTCDateTime, at_least, json_object, within
from tmws_learning.models.base import Base
from tmws_learning.models.detected_pattern import DetectedPattern


class ExecutionTrace(Identified, Timestamped, Base):
    """One call of a tool: who, what, how long, how it ended, and an estimate of the tokens that it cost."""

    __tablename__ = "execution_traces"

    agent_id: Mapped[str] = mapped_column(Text, ForeignKey(Agent.agent_id, ondelete="CASCADE", onupdate="CASCADE"))
    namespace: Mapped[str] = mapped_column(String(255))
    tool_name: Mapped[str] = mapped_column(String(255), index=True)
    input_params: Mapped[dict[str, Any]] = mapped_column(json_object(), default=dict, server_default="{}")
    output_result: Mapped[dict[str, Any] | None] = mapped_column(json_object())
    success: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    error_message: Mapped[str | None] = mapped_column(Text)
    error_type: Mapped[str | None] = mapped_column(String(255))
    execution_time_ms: Mapped[float] = mapped_column(Double, default=0.0, server_default="0.0")
    token_estimate: Mapped[int | None] = mapped_column(Integer)
    # no key: an orchestration belongs to a plugin that this one works without
    orchestration_id: Mapped[str | None] = mapped_column(String(36))
    sequence_number: Mapped[int | None] = mapped_column(Integer)
    context_snapshot: Mapped[dict[str, Any] | None] = mapped_column(json_object())
    pattern_id: Mapped[str | None] = mapped_column(
        String(36), ForeignKey(DetectedPattern.id, ondelete="SET NULL"), index=True
    )
    ttl_days: Mapped[int] = mapped_column(Integer, default=30, server_default="30")
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)

    pattern: Mapped[DetectedPattern | None] = relationship()

    __table_args__ = (
        at_least("execution_time_ms", 0),
        at_least("token_estimate", 0),
        within("ttl_days", 1, 3650),
        Index(None, "agent_id", "tool_name"),
        # named by hand, because the name that the convention makes is too long for PostgreSQL
        Index("ix_execution_traces_detection", "namespace", "created_at", "orchestration_id", "tool_name"),
        Index(None, "orchestration_id", "sequence_number"),
    )
