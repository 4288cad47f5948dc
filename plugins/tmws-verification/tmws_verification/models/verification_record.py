"""Verification records: what an agent claimed, and what a check found."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Integer, String, Text, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_agents.models.agent import Agent
from tmws_core.columns import Identified, Timestamped, UTCDateTime, at_least, json_object, utc_now, vocabulary
from tmws_memory.models.memory import Memory
from tmws_verification.models.base import Base

MAX_RESULT_LENGTH = 65536
"""The most characters that a stored result may have as JSON text."""


class VerificationRecord(Identified, Timestamped, Base):
    """One check of an agent's claim: what was run, what came out, the verdict, and the memory that is the evidence.

    A record stays: neither the agents that it names nor its evidence can be deleted while it exists.
    """

    __tablename__ = "verification_records"

    agent_id: Mapped[str] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="RESTRICT", onupdate="CASCADE"), index=True
    )
    claim_type: Mapped[str] = mapped_column(
        vocabulary(
            "claim_type",
            "test_result",
            "performance_metric",
            "code_quality",
            "security_finding",
            "deployment_status",
            "custom",
        ),
        index=True,
    )
    claim_content: Mapped[dict[str, Any]] = mapped_column(json_object())
    verification_command: Mapped[str] = mapped_column(Text)
    verification_result: Mapped[dict[str, Any]] = mapped_column(json_object())
    accurate: Mapped[bool] = mapped_column(Boolean, index=True)
    evidence_memory_id: Mapped[str | None] = mapped_column(
        String(36), ForeignKey(Memory.id, ondelete="RESTRICT"), index=True
    )
    verified_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=utc_now, server_default=func.current_timestamp(), index=True
    )
    verified_by_agent_id: Mapped[str | None] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="RESTRICT", onupdate="CASCADE"), index=True
    )
    verifier_kind: Mapped[str] = mapped_column(vocabulary("verifier_kind", "command", "plugin", "human"))
    duration_ms: Mapped[int | None] = mapped_column(Integer)

    evidence_memory: Mapped[Memory | None] = relationship()

    __table_args__ = (
        CheckConstraint("verified_by_agent_id <> agent_id", name="verifier_is_not_claimant"),
        CheckConstraint(
            f"length(CAST(verification_result AS TEXT)) <= {MAX_RESULT_LENGTH}", name="verification_result_length"
        ),
        at_least("duration_ms", 0),
    )
