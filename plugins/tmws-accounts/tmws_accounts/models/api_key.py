"""API keys: how programs come in."""

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_accounts.models.base import Base
from tmws_accounts.models.user import User
from tmws_agents.models.agent import Agent
from tmws_core.columns import Annotatable, Identified, Timestamped, UTCDateTime, at_least, json_array


class ApiKey(Identified, Timestamped, Annotatable, Base):
    """A credential of a user, of an agent, or of both, with scopes, allowed addresses, a rate limit and an end.

    Only its SHA-256 is kept.
    """

    __tablename__ = "api_keys"

    key_id: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(128))
    description: Mapped[str | None] = mapped_column(Text)
    key_hash: Mapped[str] = mapped_column(Text)
    key_prefix: Mapped[str] = mapped_column(String(8), index=True)
    scopes: Mapped[list[str]] = mapped_column(json_array(), default=lambda: ["*:read"], server_default='["*:read"]')
    allowed_ips: Mapped[list[str] | None] = mapped_column(json_array())
    rate_limit_per_hour: Mapped[int | None] = mapped_column(Integer)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_used_ip: Mapped[str | None] = mapped_column(String(45))
    total_requests: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    user_id: Mapped[str | None] = mapped_column(String(36), ForeignKey(User.id, ondelete="CASCADE"))
    # a key that lost its agent would act with all rights of its user, so it goes with the agent
    agent_id: Mapped[str | None] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="CASCADE", onupdate="CASCADE"), index=True
    )

    user: Mapped[User | None] = relationship()

    __table_args__ = (
        CheckConstraint("user_id IS NOT NULL OR agent_id IS NOT NULL", name="owner"),
        # the prefix is shown in lists, so it must not hold a part of the secret
        CheckConstraint("key_prefix = substr(key_id, 1, 8)", name="key_prefix_of_key_id"),
        CheckConstraint("revoked_at IS NULL OR NOT is_active", name="revoked_is_inactive"),
        at_least("rate_limit_per_hour", 1),
        at_least("total_requests", 0),
        Index(None, "is_active", "expires_at"),
        Index(None, "user_id", "is_active"),
    )
