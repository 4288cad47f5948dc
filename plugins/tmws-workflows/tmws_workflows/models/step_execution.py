"""Step executions: the steps of the runs."""

from datetime import datetime
from typing import Any

from sqlalchemy import Double, ForeignKey, Integer, String, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_core.columns import Identified, Timestamped, UTCDateTime, at_least, json_object, utc_now, vocabulary
from tmws_workflows.models.base import Base
from tmws_workflows.models.execution import Execution


class StepExecution(Identified, Timestamped, Base):
    """One attempt at one step of a run. A repeated step is a new row with the next attempt."""

    __tablename__ = "workflow_step_executions"

    # PostgreSQL ends a name after 63 characters, so keys whose made name is longer are named here
    workflow_execution_id: Mapped[str] = mapped_column(
        String(36),
        ForeignKey(Execution.id, ondelete="CASCADE", name="fk_workflow_step_executions_workflow_execution_id"),
    )
    step_name: Mapped[str] = mapped_column(String(200), index=True)
    step_index: Mapped[int] = mapped_column(Integer)
    attempt: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    step_type: Mapped[str | None] = mapped_column(vocabulary("step_type", "action", "condition", "parallel", "loop"))
    status: Mapped[str] = mapped_column(
        vocabulary("status", "pending", "running", "completed", "failed", "skipped", "cancelled"),
        default="running",
        server_default="running",
        index=True,
    )
    # tasks refer to workflows: a key from here back to tasks would close a circle between the two plugins
    task_id: Mapped[str | None] = mapped_column(String(36), index=True)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now, server_default=func.current_timestamp())
    completed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    input_data: Mapped[dict[str, Any] | None] = mapped_column(json_object())
    output_data: Mapped[dict[str, Any] | None] = mapped_column(json_object())
    execution_time_seconds: Mapped[float | None] = mapped_column(Double)
    error_message: Mapped[str | None] = mapped_column(Text)
    error_details: Mapped[dict[str, Any] | None] = mapped_column(json_object())
    retry_count: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    metadata_json: Mapped[dict[str, Any]] = mapped_column(json_object(), default=dict, server_default="{}")

    workflow_execution: Mapped[Execution] = relationship()

    __table_args__ = (
        at_least("step_index", 0),
        at_least("attempt", 1),
        at_least("execution_time_seconds", 0),
        at_least("retry_count", 0),
        UniqueConstraint("workflow_execution_id", "step_index", "attempt", name="uq_workflow_step_executions_attempt"),
    )
