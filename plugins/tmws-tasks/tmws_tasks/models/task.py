"""Tasks: units of work."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

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
from tmws_tasks.models.base import Base
from tmws_workflows.models.workflow import Workflow

ACCESS_LEVELS: Final = ("private", "shared", "public", "system")
PRIORITIES: Final = ("low", "medium", "high", "urgent", "critical")


class Task(Identified, Timestamped, Annotatable, Base):
    """A unit of work: what is to be done, who does it, what it waits for, how far it is and how well it went.

    An agent that takes a task on is named in `claimed_by` until `lease_until`; after that moment others may take it.
    """

    __tablename__ = "tasks"

    title: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    task_type: Mapped[str] = mapped_column(Text, default="general", server_default="general")
    assigned_agent_id: Mapped[str | None] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="SET NULL", onupdate="CASCADE")
    )
    collaborating_agents: Mapped[list[str]] = mapped_column(json_array(), default=list, server_default="[]")
    namespace: Mapped[str] = mapped_column(Text, default="default", server_default="default")
    access_level: Mapped[str] = mapped_column(
        vocabulary("access_level", *ACCESS_LEVELS), default="private", server_default="private", index=True
    )
    status: Mapped[str] = mapped_column(
        vocabulary("status", "pending", "running", "completed", "failed", "cancelled", "paused"),
        default="pending",
        server_default="pending",
        index=True,
    )
    priority: Mapped[str] = mapped_column(
        vocabulary("priority", *PRIORITIES), default="medium", server_default="medium"
    )
    claimed_by: Mapped[str | None] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="SET NULL", onupdate="CASCADE"), index=True
    )
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    scheduled_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    due_date: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    dependencies: Mapped[list[str]] = mapped_column(json_array(), default=list, server_default="[]")
    parent_task_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("tasks.id", ondelete="SET NULL"))
    workflow_id: Mapped[str | None] = mapped_column(String(36), ForeignKey(Workflow.id, ondelete="SET NULL"))
    task_config: Mapped[dict[str, Any]] = mapped_column(json_object(), default=dict, server_default="{}")
    input_data: Mapped[dict[str, Any]] = mapped_column(json_object(), default=dict, server_default="{}")
    output_data: Mapped[dict[str, Any]] = mapped_column(json_object(), default=dict, server_default="{}")
    progress_percentage: Mapped[float] = mapped_column(Double, default=0.0, server_default="0.0", index=True)
    estimated_duration: Mapped[int | None] = mapped_column(Integer)
    actual_duration: Mapped[int | None] = mapped_column(Integer)
    retry_count: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    max_retries: Mapped[int] = mapped_column(Integer, default=3, server_default="3")
    error_message: Mapped[str | None] = mapped_column(Text)
    error_details: Mapped[dict[str, Any]] = mapped_column(json_object(), default=dict, server_default="{}")
    execution_log: Mapped[list[dict[str, Any]]] = mapped_column(json_array(), default=list, server_default="[]")
    tags: Mapped[list[str]] = mapped_column(json_array(), default=list, server_default="[]")
    context_tags: Mapped[list[str]] = mapped_column(json_array(), default=list, server_default="[]")
    resource_requirements: Mapped[dict[str, Any]] = mapped_column(json_object(), default=dict, server_default="{}")
    resource_usage: Mapped[dict[str, Any]] = mapped_column(json_object(), default=dict, server_default="{}")
    quality_score: Mapped[float | None] = mapped_column(Double)
    success_criteria: Mapped[dict[str, Any]] = mapped_column(json_object(), default=dict, server_default="{}")

    parent_task: Mapped["Task | None"] = relationship(remote_side=lambda: Task.id)
    workflow: Mapped[Workflow | None] = relationship(Workflow)

    __table_args__ = (
        CheckConstraint("length(title) >= 1", name="title_not_empty"),
        CheckConstraint("length(description) >= 1", name="description_not_empty"),
        CheckConstraint("completed_at >= started_at", name="completion_after_start"),
        CheckConstraint("estimated_duration > 0", name="estimated_duration_positive"),
        at_least("actual_duration", 0),
        at_least("max_retries", 0),
        at_least("retry_count", 0),
        within("progress_percentage", 0, 100),
        within("quality_score", 0, 10),
        Index(None, "assigned_agent_id", "status"),
        Index(None, "parent_task_id", "status"),
        Index(None, "namespace", "status"),
        Index(None, "quality_score", "actual_duration"),
        Index(None, "priority", "status"),
        Index(None, "retry_count", "max_retries"),
        Index(None, "task_type", "status"),
        Index(None, "workflow_id", "status"),
    )
