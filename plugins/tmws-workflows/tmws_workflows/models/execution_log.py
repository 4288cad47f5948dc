"""Execution logs: what the runs say while they run."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, String, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_core.columns import Identified, Timestamped, UTCDateTime, at_least, json_object, utc_now, vocabulary
from tmws_workflows.models.base import Base
from tmws_workflows.models.execution import Execution
from tmws_workflows.models.step_execution import StepExecution


class ExecutionLog(Identified, Timestamped, Base):
    """One line of a run's log; `sequence` numbers the lines of the run, whatever the clock says."""

    __tablename__ = "workflow_execution_logs"

    # PostgreSQL ends a name after 63 characters, so keys whose made name is longer are named here
    workflow_execution_id: Mapped[str] = mapped_column(
        String(36),
        ForeignKey(Execution.id, ondelete="CASCADE", name="fk_workflow_execution_logs_workflow_execution_id"),
    )
    step_execution_id: Mapped[str | None] = mapped_column(
        String(36),
        ForeignKey(StepExecution.id, ondelete="SET NULL", name="fk_workflow_execution_logs_step_execution_id"),
        index=True,
    )
    sequence: Mapped[int] = mapped_column(Integer)
    timestamp: Mapped[datetime] = mapped_column(
        UTCDateTime, default=utc_now, server_default=func.current_timestamp(), index=True
    )
    level: Mapped[str] = mapped_column(vocabulary("level", "debug", "info", "warning", "error", "critical"), index=True)
    message: Mapped[str] = mapped_column(Text)
    component: Mapped[str | None] = mapped_column(String(100))
    function: Mapped[str | None] = mapped_column(String(100))
    line_number: Mapped[int | None] = mapped_column(Integer)
    context_data: Mapped[dict[str, Any] | None] = mapped_column(json_object())

    workflow_execution: Mapped[Execution] = relationship()
    step_execution: Mapped[StepExecution | None] = relationship()

    __table_args__ = (
        at_least("sequence", 1),
        at_least("line_number", 1),
        UniqueConstraint("workflow_execution_id", "sequence"),
    )
