"""Users: people and services with an account."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, false, func
from sqlalchemy.orm import Mapped, mapped_column

from tmws_accounts.models.base import Base
from tmws_agents.models.agent import Agent
from tmws_core.columns import (
    Annotatable,
    Identified,
    Timestamped,
    UTCDateTime,
    at_least,
    json_array,
    json_object,
    vocabulary,
)


class User(Identified, Timestamped, Annotatable, Base):
    """A person or a service: name, password, roles, state of the account, and the agent that it prefers."""

    __tablename__ = "users"

    username: Mapped[str] = mapped_column(String(64))
    email: Mapped[str | None] = mapped_column(String(255), unique=True)
    full_name: Mapped[str | None] = mapped_column(String(255))
    password_hash: Mapped[str] = mapped_column(Text)
    failed_login_attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    last_failed_login_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    locked_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_login_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    last_login_ip: Mapped[str | None] = mapped_column(String(45))
    status: Mapped[str] = mapped_column(
        vocabulary("status", "active", "inactive", "suspended", "locked", "pending"),
        default="active",
        server_default="active",
    )
    roles: Mapped[list[str]] = mapped_column(json_array(), default=lambda: ["user"], server_default='["user"]')
    permissions: Mapped[dict[str, Any]] = mapped_column(json_object(), default=dict, server_default="{}")
    mfa_enabled: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    mfa_secret: Mapped[str | None] = mapped_column(Text)
    backup_codes: Mapped[list[str] | None] = mapped_column(json_array())
    force_password_change: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    password_changed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    session_timeout_minutes: Mapped[int] = mapped_column(Integer, default=480, server_default="480")
    preferred_agent_id: Mapped[str | None] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="SET NULL", onupdate="CASCADE"), index=True
    )
    agent_namespace: Mapped[str] = mapped_column(Text, default="default", server_default="default", index=True)
    # a user, an agent or an operator's command may have done it, so these name and do not link
    created_by: Mapped[str | None] = mapped_column(String(64))
    last_modified_by: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (
        at_least("failed_login_attempts", 0),
        at_least("session_timeout_minutes", 1),
        # "Ann" and "ann" are one person: whoever could register both could pass for the other
        Index("uq_users_username", func.lower(username), unique=True),
        Index(None, "email", "status"),
        Index(None, "status", "last_login_at"),
    )
