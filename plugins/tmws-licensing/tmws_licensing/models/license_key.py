"""Licence keys: who was given which tier, and until when."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String, Text, func, true
from sqlalchemy.orm import Mapped, mapped_column

from tmws_agents.models.agent import Agent
from tmws_core.columns import Identified, Timestamped, UTCDateTime, json_object, utc_now, vocabulary
from tmws_licensing.models.base import Base


class LicenseKey(Identified, Timestamped, Base):
    """A licence of one agent, or of the whole installation when it names none. Only a hash of its text is kept.

    `max_overrides` replaces limits of the tier, such as `{"max_agents": 20}`.
    """

    __tablename__ = "license_keys"

    agent_id: Mapped[str | None] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="CASCADE", onupdate="CASCADE")
    )
    tier: Mapped[str] = mapped_column(vocabulary("tier", "free", "pro", "enterprise", "administrator"))
    license_key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now, server_default=func.current_timestamp())
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_reason: Mapped[str | None] = mapped_column(Text)
    max_overrides: Mapped[dict[str, Any]] = mapped_column(json_object(), default=dict, server_default="{}")

    __table_args__ = (
        CheckConstraint("expires_at IS NULL OR expires_at > issued_at", name="expiration_after_issuance"),
        CheckConstraint("(revoked_at IS NULL) = is_active", name="active_until_revoked"),
        Index(None, "agent_id", "is_active"),
        Index(None, "expires_at", "is_active"),
        Index(None, "license_key_hash", "is_active"),
    )
