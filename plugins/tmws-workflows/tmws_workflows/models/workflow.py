"""Workflows: what is to be done, step by step."""

from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tmws_agents.models.agent import Agent
from tmws_core.columns import (
    Annotatable,
    Identified,
    Timestamped,
    at_least,
    json_array,
    json_object,
    vocabulary,
)
from tmws_workflows.models.base import Base


class Workflow(Identified, Timestamped, Annotatable, Base):
    """One version of a workflow's definition. How its runs go is told by its executions, never here."""

    __tablename__ = "workflows"

    namespace: Mapped[str] = mapped_column(Text, default="default", server_default="default")
    name: Mapped[str] = mapped_column(Text, index=True)
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    description: Mapped[str] = mapped_column(Text)
    workflow_type: Mapped[str] = mapped_column(
        vocabulary("workflow_type", "sequential", "parallel", "conditional", "hybrid"),
        default="sequential",
        server_default="sequential",
        index=True,
    )
    status: Mapped[str] = mapped_column(
        vocabulary("status", "draft", "active", "inactive", "archived"), default="draft", server_default="draft"
    )
    steps: Mapped[list[dict[str, Any]]] = mapped_column(json_array(), default=list, server_default="[]")
    timeout_seconds: Mapped[int | None] = mapped_column(Integer)
    owner_agent_id: Mapped[str | None] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="SET NULL", onupdate="CASCADE"), index=True
    )
    created_by: Mapped[str | None] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="SET NULL", onupdate="CASCADE")
    )
    tags: Mapped[list[str]] = mapped_column(json_array(), default=list, server_default="[]")
    config: Mapped[dict[str, Any]] = mapped_column(json_object(), default=dict, server_default="{}")

    __table_args__ = (
        at_least("version", 1),
        at_least("timeout_seconds", 1),
        UniqueConstraint("namespace", "name", "version"),
        Index(None, "created_by", "status"),
        Index(None, "status", "workflow_type"),
    )
