"""Schedules: when workflows run by themselves."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Integer, String, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_core.columns import Identified, Timestamped, UTCDateTime, at_least, json_object, vocabulary
from tmws_workflows.models.base import Base
from tmws_workflows.models.workflow import Workflow


class Schedule(Identified, Timestamped, Base):
    """When a workflow is to run, how many of its runs may overlap, and what becomes of runs that were missed."""

    __tablename__ = "workflow_schedules"

    workflow_id: Mapped[str] = mapped_column(String(36), ForeignKey(Workflow.id, ondelete="CASCADE"), index=True)
    schedule_type: Mapped[str] = mapped_column(vocabulary("schedule_type", "cron", "interval", "once"))
    schedule_expression: Mapped[str | None] = mapped_column(String(200))
    timezone: Mapped[str] = mapped_column(String(64), default="UTC", server_default="UTC")
    start_date: Mapped[datetime | None] = mapped_column(UTCDateTime)
    end_date: Mapped[datetime | None] = mapped_column(UTCDateTime)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true(), index=True)
    max_concurrency: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    misfire_policy: Mapped[str] = mapped_column(
        vocabulary("misfire_policy", "skip", "run_once", "run_all"), default="run_once", server_default="run_once"
    )
    last_run_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    next_run_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    input_data: Mapped[dict[str, Any] | None] = mapped_column(json_object())
    metadata_json: Mapped[dict[str, Any]] = mapped_column(json_object(), default=dict, server_default="{}")
    total_runs: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    successful_runs: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    failed_runs: Mapped[int] = mapped_column(Integer, default=0, server_default="0")

    workflow: Mapped[Workflow] = relationship()

    __table_args__ = (
        CheckConstraint("end_date > start_date", name="end_after_start"),
        CheckConstraint("successful_runs + failed_runs <= total_runs", name="total_runs_bound"),
        at_least("successful_runs", 0),
        at_least("failed_runs", 0),
        at_least("max_concurrency", 1),
    )
