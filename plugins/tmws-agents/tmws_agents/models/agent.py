"""Agents: who works here."""

from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from tmws_agents.models.base import Base, look_alike_of
from tmws_agents.models.namespace import Namespace
from tmws_core.columns import (
    Annotatable,
    Identified,
    Timestamped,
    UTCDateTime,
    access_level,
    at_least,
    json_array,
    json_object,
    vocabulary,
    within,
)

SHORTEST_NAME = 3
LONGEST_NAME = 64
Status = Literal["active", "inactive", "suspended", "deprecated"]


class Agent(Identified, Timestamped, Annotatable, Base):
    """An AI agent: identity, namespace, capabilities, health, trust and role.

    Other plugins refer to `agent_id`, the public name, never to `id`.
    """

    __tablename__ = "agents"

    agent_id: Mapped[str] = mapped_column(Text, unique=True)
    display_name: Mapped[str] = mapped_column(Text)
    organization_id: Mapped[str | None] = mapped_column(Text, index=True)
    namespace: Mapped[str] = mapped_column(
        Text,
        ForeignKey(Namespace.namespace, ondelete="RESTRICT", onupdate="CASCADE"),
        default="default",
        server_default="default",
        index=True,
    )
    agent_type: Mapped[str | None] = mapped_column(Text)
    capabilities: Mapped[list[str]] = mapped_column(json_array(), default=list, server_default="[]")
    config: Mapped[dict[str, Any]] = mapped_column(json_object(), default=dict, server_default="{}")
    default_access_level: Mapped[str] = mapped_column(
        access_level("default_access_level"), default="private", server_default="private"
    )
    status: Mapped[str] = mapped_column(
        vocabulary("status", *get_args(Status)),
        default="active",
        server_default="active",
        index=True,
    )
    health_score: Mapped[float] = mapped_column(Double, default=1.0, server_default="1.0")
    total_memories: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    total_tasks: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    successful_tasks: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    average_response_time_ms: Mapped[float | None] = mapped_column(Double)
    trust_score: Mapped[float] = mapped_column(Double, default=0.5, server_default="0.5")
    total_verifications: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    accurate_verifications: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    api_key_hash: Mapped[str | None] = mapped_column(Text)
    tier: Mapped[str] = mapped_column(
        vocabulary("tier", "free", "pro", "enterprise", "administrator"),
        default="free",
        server_default="free",
        index=True,
    )
    role: Mapped[str] = mapped_column(
        vocabulary("role", "viewer", "editor", "admin"), default="viewer", server_default="viewer", index=True
    )
    last_active_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    look_alike: Mapped[str | None] = look_alike_of("agent_id")

    __table_args__ = (
        CheckConstraint(
            f"length(agent_id) >= {SHORTEST_NAME} AND length(agent_id) <= {LONGEST_NAME}", name="agent_id_length"
        ),
        CheckConstraint("successful_tasks <= total_tasks", name="successful_tasks_bound"),
        CheckConstraint("accurate_verifications <= total_verifications", name="accurate_verifications_bound"),
        within("health_score", 0, 1),
        within("trust_score", 0, 1),
        at_least("total_memories", 0),
        at_least("successful_tasks", 0),
        at_least("accurate_verifications", 0),
        Index(None, "organization_id", "namespace"),
        Index(None, "status", "last_active_at"),
        Index(None, "agent_type", "status"),
    )
