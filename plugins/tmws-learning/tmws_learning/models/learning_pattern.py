"""Learning patterns: ways of working that proved themselves."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Double, ForeignKey, Index, Integer, String, Text, false, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_agents.models.agent import Agent
from tmws_core.columns import (
    Annotatable,
    Identified,
    Timestamped,
    UTCDateTime,
    access_level,
    at_least,
    json_array,
    json_object,
    within,
)
from tmws_learning.models.base import Base


class LearningPattern(Identified, Timestamped, Annotatable, Base):
    """A pattern that can be used again: owner, data, version, statistics of its use, and confidence.

    A pattern without an agent is the system's. A deleted pattern keeps its row and gives its name free.
    """

    __tablename__ = "learning_patterns"

    pattern_name: Mapped[str] = mapped_column(String(255))
    # goes with its agent: with SET NULL, an agent's private pattern would become one of the system's
    agent_id: Mapped[str | None] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="CASCADE", onupdate="CASCADE")
    )
    namespace: Mapped[str] = mapped_column(String(100), default="default", server_default="default", index=True)
    category: Mapped[str] = mapped_column(String(100))
    subcategory: Mapped[str | None] = mapped_column(String(100))
    access_level: Mapped[str] = mapped_column(access_level(), default="private", server_default="private")
    pattern_data: Mapped[dict[str, Any]] = mapped_column(json_object())
    version: Mapped[str] = mapped_column(String(50), default="1.0.0", server_default="1.0.0")
    parent_pattern_id: Mapped[str | None] = mapped_column(
        String(36), ForeignKey("learning_patterns.id", ondelete="SET NULL"), index=True
    )
    usage_count: Mapped[int] = mapped_column(Integer, default=0, server_default="0", index=True)
    agent_usage_count: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    success_rate: Mapped[float] = mapped_column(Double, default=0.0, server_default="0.0")
    agent_success_rate: Mapped[float] = mapped_column(Double, default=0.0, server_default="0.0")
    avg_execution_time: Mapped[float | None] = mapped_column(Double)
    complexity_score: Mapped[float | None] = mapped_column(Double)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    last_agent_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    shared_with_agents: Mapped[list[str] | None] = mapped_column(json_array())
    learning_weight: Mapped[float] = mapped_column(Double, default=1.0, server_default="1.0")
    confidence_score: Mapped[float] = mapped_column(Double, default=0.5, server_default="0.5")
    is_deleted: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())

    parent: Mapped["LearningPattern | None"] = relationship(remote_side=lambda: LearningPattern.id)

    __table_args__ = (
        at_least("usage_count", 0),
        at_least("agent_usage_count", 0),
        within("success_rate", 0, 1),
        within("agent_success_rate", 0, 1),
        at_least("avg_execution_time", 0),
        within("complexity_score", 0, 1),
        within("learning_weight", 0, 10),
        within("confidence_score", 0, 1),
        Index(None, "agent_id", "namespace"),
        Index(None, "category", "access_level"),
        Index(
            "uq_learning_patterns_name_namespace_agent_version",
            pattern_name,
            namespace,
            func.coalesce(agent_id, ""),
            version,
            unique=True,
            sqlite_where=text("is_deleted = 0"),
            postgresql_where=text("NOT is_deleted"),
        ),
    )
