"""Discovered tools: the catalogue of tools outside TMWS."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Double,
    Index,
    Integer,
    String,
    UniqueConstraint,
    func,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from tmws_connections.models.base import Base
from tmws_core.columns import (
    Annotatable,
    Identified,
    Timestamped,
    UTCDateTime,
    at_least,
    json_object,
    utc_now,
    vocabulary,
    within,
)


class DiscoveredTool(Identified, Timestamped, Annotatable, Base):
    """A tool that was found in a namespace: where it comes from, what it takes, and how well it has served."""

    __tablename__ = "discovered_tools"

    tool_id: Mapped[str] = mapped_column(String(100), index=True)
    name: Mapped[str] = mapped_column(String(100))
    category: Mapped[str] = mapped_column(vocabulary("category", "mcp", "cli", "api", "library", "container"))
    source_path: Mapped[str] = mapped_column(String(500))
    version: Mapped[str] = mapped_column(String(20))
    input_schema: Mapped[dict[str, Any]] = mapped_column(json_object(), default=dict, server_default="{}")
    tool_metadata: Mapped[dict[str, Any]] = mapped_column(json_object(), default=dict, server_default="{}")
    namespace: Mapped[str] = mapped_column(String(100))
    discovered_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=utc_now, server_default=func.current_timestamp()
    )
    last_verified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    trust_score: Mapped[float] = mapped_column(Double, default=0.5, server_default="0.5")
    usage_count: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    success_count: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        # what SQLite and PostgreSQL can both say of a semantic version: its first character, its dots, its alphabet
        CheckConstraint(
            "substr(version, 1, 1) IN ('0', '1', '2', '3', '4', '5', '6', '7', '8', '9') "
            "AND length(version) - length(replace(version, '.', '')) >= 2 "
            "AND replace(version, '..', '') = version "
            "AND rtrim(lower(version), '0123456789abcdefghijklmnopqrstuvwxyz.+-') = ''",
            name="version_semantic",
        ),
        within("trust_score", 0, 1),
        at_least("success_count", 0),
        CheckConstraint("success_count <= usage_count", name="success_count_bound"),
        UniqueConstraint("namespace", "tool_id"),
        Index(None, "category", "is_active"),
        Index(None, "category", "namespace", "is_active"),
        Index(None, "namespace", "is_active"),
    )
