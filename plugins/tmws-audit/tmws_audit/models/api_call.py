"""API calls: who called what, on which surface, and how it ended."""

from typing import Any

from sqlalchemy import CheckConstraint, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from tmws_audit.models.base import Base
from tmws_audit.models.chain import Chained, chain_checks
from tmws_core.columns import Identified, Timestamped, at_least, json_type, vocabulary, within

_HAS_USER = text("user_id IS NOT NULL")


class ApiCall(Identified, Timestamped, Chained, Base):
    """One call over HTTP, MCP or the command line: endpoint or tool, caller, bodies, status and duration."""

    __tablename__ = "api_audit_log"

    surface: Mapped[str] = mapped_column(vocabulary("surface", "http", "mcp", "cli"))
    # what was called: tool, resource, prompt, route, command or method
    kind: Mapped[str] = mapped_column(String(10), default="tool", server_default="tool")
    endpoint: Mapped[str] = mapped_column(String(255))
    method: Mapped[str] = mapped_column(String(10))
    tool: Mapped[str | None] = mapped_column(Text)
    # a body may be any JSON value, not only an object, and is never changed after it was written
    request_body: Mapped[Any | None] = mapped_column(json_type())
    response_status: Mapped[int | None] = mapped_column(Integer)
    response_body: Mapped[Any | None] = mapped_column(json_type())
    user_id: Mapped[str | None] = mapped_column(String(100))
    # no foreign keys: a log outlives whom it names, and may name someone who never existed
    agent_id: Mapped[str | None] = mapped_column(Text)
    on_behalf_of: Mapped[str | None] = mapped_column(Text)
    namespace: Mapped[str | None] = mapped_column(Text)
    # what the caller showed, by its public identifier
    credential: Mapped[str | None] = mapped_column(String(100))
    ip_address: Mapped[str | None] = mapped_column(String(45))
    duration_ms: Mapped[int | None] = mapped_column(Integer)
    # ok, or the code of the error that the caller got
    outcome: Mapped[str] = mapped_column(String(50), default="ok", server_default="ok")

    __table_args__ = (
        # CALL stands for calls over MCP and the command line, which have no HTTP method
        CheckConstraint("method IN ('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'CALL')", name="method"),
        within("response_status", 100, 599),
        at_least("duration_ms", 0),
        *chain_checks(),
        # every writing call pays for each index, so there is none that a walk from the newest row on can do without
        Index(None, "created_at"),
        Index(None, "user_id", "created_at", sqlite_where=_HAS_USER, postgresql_where=_HAS_USER),
        Index(None, "agent_id", "created_at"),
    )
