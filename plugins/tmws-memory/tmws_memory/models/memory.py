"""Memories: what agents remember."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from tmws_agents.models.agent import Agent
from tmws_core.columns import (
    Annotatable,
    Identified,
    Timestamped,
    UTCDateTime,
    access_level,
    at_least,
    json_array,
    json_object,
    vocabulary,
    within,
)
from tmws_memory.models.base import Base


def _index_where(condition: str, *columns: str, unique: bool = False) -> Index:
    where = text(condition)
    return Index(None, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


class Memory(Identified, Timestamped, Annotatable, Base):
    """Something that an agent remembers: text, owner, namespace, access level, scores, tags, context and lifetime.

    It is present, or archived because another one has taken its place, or deleted and kept for a while to be restored.
    `metadata` is the plugin's own: `session` is the conversation or task that it belongs to, `origin` how it came here.
    """

    __tablename__ = "memories"

    content: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(String(64))
    summary: Mapped[str | None] = mapped_column(Text)
    memory_type: Mapped[str] = mapped_column(Text, default="general", server_default="general")
    agent_id: Mapped[str] = mapped_column(Text, ForeignKey(Agent.agent_id, ondelete="CASCADE", onupdate="CASCADE"))
    namespace: Mapped[str] = mapped_column(Text)
    embedding_model: Mapped[str | None] = mapped_column(Text)
    embedding_dimension: Mapped[int | None] = mapped_column(Integer)
    embedding_status: Mapped[str] = mapped_column(
        vocabulary("embedding_status", "pending", "ready", "failed"), default="pending", server_default="pending"
    )
    access_level: Mapped[str] = mapped_column(access_level(), default="private", server_default="private")
    shared_with_agents: Mapped[list[str]] = mapped_column(json_array(), default=list, server_default="[]")
    context: Mapped[dict[str, Any]] = mapped_column(json_object(), default=dict, server_default="{}")
    tags: Mapped[list[str]] = mapped_column(json_array(), default=list, server_default="[]")
    source_url: Mapped[str | None] = mapped_column(Text)
    importance_score: Mapped[float] = mapped_column(Double, default=0.5, server_default="0.5")
    relevance_score: Mapped[float] = mapped_column(Double, default=0.5, server_default="0.5")
    access_count: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    learning_weight: Mapped[float] = mapped_column(Double, default=1.0, server_default="1.0")
    pattern_ids: Mapped[list[str]] = mapped_column(json_array(), default=list, server_default="[]")
    accessed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    parent_memory_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("memories.id", ondelete="SET NULL"))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- SQLAlchemy reads it from the class

    __table_args__ = (
        CheckConstraint("length(content) > 0", name="content_not_empty"),
        within("importance_score", 0, 1),
        within("relevance_score", 0, 1),
        within("learning_weight", 0.1, 10),
        at_least("access_count", 0),
        at_least("version", 1),
        at_least("embedding_dimension", 1),
        # each index is written with each memory, so there are those that a query needs, over the rows that it looks for
        Index(None, "agent_id", "namespace"),
        Index(None, "namespace", "created_at"),
        _index_where("embedding_status <> 'ready'", "embedding_status", "updated_at"),
        _index_where("expires_at IS NOT NULL", "expires_at"),
        _index_where("deleted_at IS NOT NULL", "deleted_at"),
        _index_where("parent_memory_id IS NOT NULL", "parent_memory_id"),
        # what is deleted or archived may be remembered anew
        _index_where(
            "deleted_at IS NULL AND archived_at IS NULL", "content_hash", "agent_id", "namespace", unique=True
        ),
    )
