"""Changes of trust: from which score to which, and because of what."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Computed, Double, ForeignKey, String, Text, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_agents.models.agent import Agent
from tmws_core.columns import Identified, Timestamped, UTCDateTime, utc_now, vocabulary, within
from tmws_verification.models.base import Base
from tmws_verification.models.verification_record import VerificationRecord


class TrustScoreChange(Identified, Timestamped, Base):
    """One change of an agent's trust score. Rows are only added.

    A verification is named by `verification_record_id`. Any other source has no table here and is named by `source_id`:
    the pattern whose outcome counted, or who changed the score by hand.
    """

    __tablename__ = "trust_score_history"

    agent_id: Mapped[str] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="RESTRICT", onupdate="CASCADE"), index=True
    )
    old_score: Mapped[float] = mapped_column(Double)
    new_score: Mapped[float] = mapped_column(Double)
    delta: Mapped[float] = mapped_column(Double, Computed("new_score - old_score", persisted=True))
    source_type: Mapped[str] = mapped_column(vocabulary("source_type", "verification", "pattern", "manual", "decay"))
    source_id: Mapped[str | None] = mapped_column(Text)
    # the conventional name of this key is longer than the 63 characters that PostgreSQL allows
    verification_record_id: Mapped[str | None] = mapped_column(
        String(36),
        ForeignKey(VerificationRecord.id, ondelete="RESTRICT", name="fk_trust_score_history_verification_record_id"),
        index=True,
    )
    reason: Mapped[str] = mapped_column(String(255))
    changed_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=utc_now, server_default=func.current_timestamp(), index=True
    )

    verification_record: Mapped[VerificationRecord | None] = relationship()

    __table_args__ = (
        within("old_score", 0, 1),
        within("new_score", 0, 1),
        CheckConstraint(
            "source_type <> 'verification' OR verification_record_id IS NOT NULL", name="verification_is_named"
        ),
        CheckConstraint("source_type <> 'pattern' OR source_id IS NOT NULL", name="pattern_is_named"),
    )
