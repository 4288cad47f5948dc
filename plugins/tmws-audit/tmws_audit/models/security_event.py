"""Security events: what may have been an attack, and how grave it was."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Index, Integer, String, Text, false, func
from sqlalchemy.orm import Mapped, mapped_column

from tmws_audit.models.base import Base
from tmws_audit.models.chain import Chained, chain_checks
from tmws_core.columns import UTCDateTime, json_object, utc_now, vocabulary, within


class SecurityEvent(Chained, Base):
    """A login, a refusal, an attempted injection, an act of an administrator: with severity and risk score."""

    __tablename__ = "security_audit_logs"

    # without AUTOINCREMENT, which would bring a table of SQLite's own; `sequence` is what never repeats
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    event_type: Mapped[str] = mapped_column(String(50))
    severity: Mapped[str] = mapped_column(vocabulary("severity", "low", "medium", "high", "critical"), index=True)
    timestamp: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now, server_default=func.current_timestamp())
    client_ip: Mapped[str] = mapped_column(String(45), index=True)
    user_id: Mapped[str | None] = mapped_column(String(100), index=True)
    # no foreign keys: a log outlives whom it names, and may name someone who never existed
    agent_id: Mapped[str | None] = mapped_column(Text, index=True)
    on_behalf_of: Mapped[str | None] = mapped_column(Text)
    namespace: Mapped[str | None] = mapped_column(Text)
    credential: Mapped[str | None] = mapped_column(String(100))
    session_id: Mapped[str | None] = mapped_column(String(100), index=True)
    endpoint: Mapped[str | None] = mapped_column(String(255))
    method: Mapped[str | None] = mapped_column(String(10))
    user_agent: Mapped[str | None] = mapped_column(String(500))
    referer: Mapped[str | None] = mapped_column(String(500))
    message: Mapped[str | None] = mapped_column(String(1000))
    details: Mapped[dict[str, Any] | None] = mapped_column(json_object())
    location: Mapped[dict[str, Any] | None] = mapped_column(json_object())
    risk_score: Mapped[int | None] = mapped_column(Integer, default=0, server_default="0", index=True)
    blocked: Mapped[bool | None] = mapped_column(Boolean, default=False, server_default=false())
    event_hash: Mapped[str | None] = mapped_column(String(16), index=True)

    __table_args__ = (
        within("risk_score", 0, 100),
        *chain_checks(),
        Index(None, "event_type", "timestamp"),
        Index(None, "timestamp", "severity"),
        Index(None, "namespace", "sequence"),
    )
