"""Executions: the runs of workflows."""

from datetime import datetime
from typing import Any

from sqlalchemy import Double, ForeignKey, Index, Integer, String, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_core.columns import Identified, Timestamped, UTCDateTime, at_least, json_object, utc_now, vocabulary
from tmws_workflows.models.base import Base
from tmws_workflows.models.workflow import Workflow


class Execution(Identified, Timestamped, Base):
    """One run of one version of a workflow: where it stands, what went in and out, and what it cost."""

    __tablename__ = "workflow_executions"

    workflow_id: Mapped[str] = mapped_column(String(36), ForeignKey(Workflow.id, ondelete="CASCADE"), index=True)
    workflow_version: Mapped[int] = mapped_column(Integer)
    parent_execution_id: Mapped[str | None] = mapped_column(
        String(36), ForeignKey("workflow_executions.id", ondelete="SET NULL"), index=True
    )
    idempotency_key: Mapped[str | None] = mapped_column(String(255))
    status: Mapped[str] = mapped_column(
        vocabulary("status", "queued", "running", "paused", "completed", "failed", "cancelled", "timed_out"),
        default="running",
        server_default="running",
        index=True,
    )
    current_step_index: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    started_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=utc_now, server_default=func.current_timestamp(), index=True
    )
    completed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    heartbeat_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # a user, the interface or the scheduler as well as an agent: no key can say that
    triggered_by: Mapped[str | None] = mapped_column(String(100), index=True)
    trigger_type: Mapped[str | None] = mapped_column(vocabulary("trigger_type", "manual", "scheduled", "event", "api"))
    input_data: Mapped[dict[str, Any] | None] = mapped_column(json_object())
    output_data: Mapped[dict[str, Any] | None] = mapped_column(json_object())
    execution_time_seconds: Mapped[float | None] = mapped_column(Double)
    cpu_time_seconds: Mapped[float | None] = mapped_column(Double)
    memory_peak_mb: Mapped[float | None] = mapped_column(Double)
    error_message: Mapped[str | None] = mapped_column(Text)
    error_details: Mapped[dict[str, Any] | None] = mapped_column(json_object())
    retry_count: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    metadata_json: Mapped[dict[str, Any]] = mapped_column(json_object(), default=dict, server_default="{}")

    workflow: Mapped[Workflow] = relationship()
    parent_execution: Mapped["Execution | None"] = relationship(remote_side=lambda: Execution.id)

    __table_args__ = (
        at_least("workflow_version", 1),
        at_least("current_step_index", 0),
        at_least("execution_time_seconds", 0),
        at_least("cpu_time_seconds", 0),
        at_least("memory_peak_mb", 0),
        at_least("retry_count", 0),
        Index(
            "uq_workflow_executions_idempotency_key",
            "workflow_id",
            "idempotency_key",
            unique=True,
            sqlite_where=text("idempotency_key IS NOT NULL"),
            postgresql_where=text("idempotency_key IS NOT NULL"),
        ),
    )
