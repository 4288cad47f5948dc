"""Consolidations: which memories were condensed into which."""

from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_agents.models.agent import Agent
from tmws_core.columns import Identified, Timestamped, json_array, json_object, vocabulary
from tmws_memory.models.base import Base
from tmws_memory.models.memory import Memory


class Consolidation(Identified, Timestamped, Base):
    """Where a memory that was made out of others comes from."""

    __tablename__ = "memory_consolidations"

    source_memory_ids: Mapped[list[str]] = mapped_column(json_array())
    consolidated_memory_id: Mapped[str] = mapped_column(
        String(36), ForeignKey(Memory.id, ondelete="CASCADE"), index=True
    )
    consolidation_type: Mapped[str] = mapped_column(vocabulary("consolidation_type", "summary", "merge", "compress"))
    agent_id: Mapped[str] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="CASCADE", onupdate="CASCADE"), index=True
    )
    consolidation_metadata: Mapped[dict[str, Any]] = mapped_column(json_object(), default=dict, server_default="{}")

    consolidated_memory: Mapped[Memory] = relationship()
