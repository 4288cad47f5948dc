"""Versions: what a memory was before it was changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Double, ForeignKey, Integer, String, Text, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_core.columns import UTCDateTime, access_level, json_array, json_object, utc_now
from tmws_memory.models.base import Base
from tmws_memory.models.memory import Memory


class Version(Base):
    """A former version of a memory, as it was when a newer one replaced it."""

    __tablename__ = "tmws_memory_versions"

    memory_id: Mapped[str] = mapped_column(String(36), ForeignKey(Memory.id, ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    content: Mapped[str] = mapped_column(Text)
    memory_type: Mapped[str] = mapped_column(Text)
    access_level: Mapped[str] = mapped_column(access_level())
    tags: Mapped[list[str]] = mapped_column(json_array())
    importance_score: Mapped[float] = mapped_column(Double)
    context: Mapped[dict[str, Any]] = mapped_column(json_object())
    source_url: Mapped[str | None] = mapped_column(Text)
    replaced_by: Mapped[str] = mapped_column(Text)
    replaced_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now, server_default=func.current_timestamp())

    memory: Mapped[Memory] = relationship()
