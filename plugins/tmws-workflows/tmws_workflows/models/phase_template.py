"""Phase templates: plans that an orchestration can follow."""

from typing import Any

from sqlalchemy import Boolean, Double, ForeignKey, Index, Integer, String, Text, false, text, true
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
from tmws_workflows.models.base import Base


class PhaseTemplate(Identified, Timestamped, Annotatable, Base):
    """A reusable plan of phases: who works in each, which end at an approval, and which words call for it.

    `phases` maps a phase's key to its name, its personas, whether they work in parallel and whether an approval
    follows. The phases come in the order of their keys, sorted: binary JSON does not keep the order of writing.
    """

    __tablename__ = "phase_templates"

    template_id: Mapped[str] = mapped_column(String(255))
    template_type: Mapped[str] = mapped_column(
        vocabulary("template_type", "quick_fix", "security_audit", "full", "research", "custom")
    )
    display_name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str] = mapped_column(Text)
    phases: Mapped[dict[str, Any]] = mapped_column(json_object())
    trigger_keywords: Mapped[list[str]] = mapped_column(json_array(), default=list, server_default="[]")
    task_complexity: Mapped[str] = mapped_column(vocabulary("task_complexity", "low", "medium", "high"))
    estimated_minutes: Mapped[int] = mapped_column(Integer)
    is_system: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    is_active: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true(), index=True)
    version: Mapped[str] = mapped_column(String(20), default="1.0.0", server_default="1.0.0")
    usage_count: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    success_rate: Mapped[float] = mapped_column(Double, default=0.0, server_default="0.0")
    is_deleted: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false(), index=True)
    created_by: Mapped[str | None] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="SET NULL", onupdate="CASCADE"), index=True
    )

    __table_args__ = (
        at_least("estimated_minutes", 1),
        at_least("usage_count", 0),
        within("success_rate", 0, 1),
        Index(
            "uq_phase_templates_template_id",
            "template_id",
            unique=True,
            sqlite_where=text("NOT is_deleted"),
            postgresql_where=text("NOT is_deleted"),
        ),
        Index(None, "task_complexity", "is_active"),
        Index(None, "is_system", "is_active"),
        Index(None, "template_type", "is_active"),
    )
