"""Connections: the links from TMWS to other MCP servers."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tmws_agents.models.agent import Agent
from tmws_agents.models.namespace import Namespace
from tmws_connections.models.base import Base
from tmws_core.columns import Identified, Timestamped, UTCDateTime, json_array, json_object, vocabulary


class Connection(Identified, Timestamped, Base):
    """A link to one MCP server in one namespace: how it is reached, its state, its tools and its last error.

    A secret is never written here: `config_json` names the environment variable that holds it.
    """

    __tablename__ = "mcp_connections"

    server_name: Mapped[str] = mapped_column(Text, index=True)
    namespace: Mapped[str] = mapped_column(
        Text, ForeignKey(Namespace.namespace, ondelete="CASCADE", onupdate="CASCADE")
    )
    agent_id: Mapped[str] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="CASCADE", onupdate="CASCADE"), index=True
    )
    transport: Mapped[str] = mapped_column(
        vocabulary("transport", "stdio", "http", "sse"), default="stdio", server_default="stdio"
    )
    status: Mapped[str] = mapped_column(
        vocabulary("status", "disconnected", "connecting", "active", "disconnecting", "error"), index=True
    )
    config_json: Mapped[dict[str, Any]] = mapped_column(json_object())
    tools_json: Mapped[list[dict[str, Any]]] = mapped_column(json_array(), default=list, server_default="[]")
    error_message: Mapped[str | None] = mapped_column(Text)
    error_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    connected_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    disconnected_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        UniqueConstraint("namespace", "server_name"),
        Index(None, "namespace", "agent_id"),
    )
