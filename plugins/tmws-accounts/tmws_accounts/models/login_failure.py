"""Failed logins: how often in a row, and when the next attempt is allowed."""

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from tmws_accounts.models.base import Base
from tmws_core.columns import UTCDateTime, at_least


class LoginFailure(Base):
    """The failures in a row of one name or one address; a name is kept as its hash, whether a user has it or not."""

    __tablename__ = "tmws_accounts_login_failures"

    # people type passwords where the name belongs, so a name that nobody has is not kept as it is
    subject: Mapped[str] = mapped_column(String(80), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    last_failed_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    retry_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (at_least("failures", 1),)
