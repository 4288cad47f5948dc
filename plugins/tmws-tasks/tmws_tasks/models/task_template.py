"""Task templates: blueprints of tasks."""

from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Double, ForeignKey, Index, Integer, Text, true
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
    within,
)
from tmws_tasks.models.base import Base
from tmws_tasks.models.task import ACCESS_LEVELS, PRIORITIES


class TaskTemplate(Identified, Timestamped, Annotatable, Base):
    """A blueprint of a task: title and description with placeholders, the fields that fill them, and defaults."""

    __tablename__ = "task_templates"

    template_id: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    title_template: Mapped[str] = mapped_column(Text)
    description_template: Mapped[str] = mapped_column(Text)
    required_fields: Mapped[list[str]] = mapped_column(json_array(), default=list, server_default="[]")
    optional_fields: Mapped[list[str]] = mapped_column(json_array(), default=list, server_default="[]")
    default_task_type: Mapped[str] = mapped_column(Text, default="templated", server_default="templated")
    default_priority: Mapped[str] = mapped_column(
        vocabulary("default_priority", *PRIORITIES), default="medium", server_default="medium"
    )
    default_access_level: Mapped[str] = mapped_column(
        vocabulary("default_access_level", *ACCESS_LEVELS), default="private", server_default="private"
    )
    default_config: Mapped[dict[str, Any]] = mapped_column(json_object(), default=dict, server_default="{}")
    estimated_duration: Mapped[int | None] = mapped_column(Integer)
    namespace: Mapped[str] = mapped_column(Text, default="default", server_default="default")
    created_by: Mapped[str | None] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="SET NULL", onupdate="CASCADE"), index=True
    )
    is_active: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true(), index=True)
    usage_count: Mapped[int] = mapped_column(Integer, default=0, server_default="0", index=True)
    success_rate: Mapped[float] = mapped_column(Double, default=0.0, server_default="0.0", index=True)

    __table_args__ = (
        CheckConstraint("estimated_duration > 0", name="estimated_duration_positive"),
        at_least("usage_count", 0),
        within("success_rate", 0, 1),
        Index(None, "namespace", "is_active"),
    )
