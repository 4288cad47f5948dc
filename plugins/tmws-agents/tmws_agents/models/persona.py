"""Personas: prompt templates with trigger words."""

from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import Boolean, CheckConstraint, Double, ForeignKey, Index, Integer, Text, false, true
from sqlalchemy.orm import Mapped, mapped_column

from tmws_agents.models.agent import Agent
from tmws_agents.models.base import Base, look_alike_of
from tmws_core.columns import (
    Annotatable,
    Identified,
    Timestamped,
    UTCDateTime,
    at_least,
    json_array,
    json_object,
    vocabulary,
)

Role = Literal[
    "orchestrator",
    "conductor",
    "strategist",
    "optimizer",
    "auditor",
    "coordinator",
    "documenter",
    "designer",
    "developer",
    "researcher",
]
Tier = Literal["orchestrator", "strategic", "specialist", "support"]


class Persona(Identified, Timestamped, Annotatable, Base):
    """A way of working that an agent can take on: role, specialties, trigger words and the prompt itself."""

    __tablename__ = "personas"

    name: Mapped[str] = mapped_column(Text, unique=True)
    type: Mapped[str] = mapped_column(Text, index=True)
    role: Mapped[str] = mapped_column(vocabulary("role", *get_args(Role)), index=True)
    display_name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    agent_id: Mapped[str | None] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="SET NULL", onupdate="CASCADE"), index=True
    )
    specialties: Mapped[list[str]] = mapped_column(json_array(), default=list, server_default="[]")
    tier: Mapped[str | None] = mapped_column(vocabulary("tier", *get_args(Tier)))
    emoji: Mapped[str | None] = mapped_column(Text)
    markdown_source: Mapped[str | None] = mapped_column(Text)
    version: Mapped[str | None] = mapped_column(Text)
    trigger_words: Mapped[list[str] | None] = mapped_column(json_array())
    config: Mapped[dict[str, Any]] = mapped_column(json_object(), default=dict, server_default="{}")
    preferences: Mapped[dict[str, Any]] = mapped_column(json_object(), default=dict, server_default="{}")
    is_system: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    is_active: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true(), index=True)
    capabilities: Mapped[list[str]] = mapped_column(json_array(), default=list, server_default="[]")
    total_tasks: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    successful_tasks: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    average_response_time: Mapped[float | None] = mapped_column(Double)
    last_active_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    look_alike: Mapped[str | None] = look_alike_of("name")

    __table_args__ = (
        at_least("successful_tasks", 0),
        CheckConstraint("successful_tasks <= total_tasks", name="successful_tasks_bound"),
        Index(None, "is_active", "last_active_at"),
        Index(None, "role", "is_active"),
        Index(None, "type", "is_active"),
    )
