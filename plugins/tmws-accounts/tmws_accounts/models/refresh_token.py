"""Refresh tokens: how a session goes on."""

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_accounts.models.base import Base
from tmws_accounts.models.user import User
from tmws_core.columns import Identified, Timestamped, UTCDateTime


class RefreshToken(Identified, Timestamped, Base):
    """A token that is used once and replaced by the next one of its family, the chain of one login.

    Only its SHA-256 is kept, and that of the access token that was given out with it. A replaced token that is
    presented again was stolen, and its whole family is revoked, access tokens included.
    """

    __tablename__ = "refresh_tokens"

    token_id: Mapped[str] = mapped_column(String(64), unique=True)
    token_hash: Mapped[str] = mapped_column(Text)
    family_id: Mapped[str] = mapped_column(String(36), index=True)
    replaced_by: Mapped[str | None] = mapped_column(
        String(36), ForeignKey("refresh_tokens.id", ondelete="SET NULL"), unique=True
    )
    # what leads from the token to its successor, but only whoever has the token itself
    successor_nonce: Mapped[str | None] = mapped_column(String(64))
    access_hash: Mapped[str | None] = mapped_column(Text)
    access_expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    is_revoked: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_ip: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(500))
    user_id: Mapped[str] = mapped_column(String(36), ForeignKey(User.id, ondelete="CASCADE"))

    user: Mapped[User] = relationship()
    # assigning the token, not its id, makes the unit of work write the new token before the old one points to it
    successor: Mapped["RefreshToken | None"] = relationship(remote_side="RefreshToken.id")

    __table_args__ = (
        CheckConstraint("replaced_by <> id", name="replaced_by_another"),
        CheckConstraint("replaced_by IS NULL OR is_revoked", name="replaced_is_revoked"),
        Index(None, "user_id", "is_revoked"),
        Index(None, "is_revoked", "expires_at"),
    )
