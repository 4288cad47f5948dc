"""Uses of licence keys: when, and for which feature."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_core.columns import Identified, UTCDateTime, json_object, utc_now
from tmws_licensing.models.base import Base
from tmws_licensing.models.license_key import LicenseKey


class LicenseKeyUsage(Identified, Base):
    """One use of a licence key. Rows are only added, and removed when they are old."""

    __tablename__ = "license_key_usage"

    license_key_id: Mapped[str] = mapped_column(String(36), ForeignKey(LicenseKey.id, ondelete="CASCADE"))
    used_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=utc_now, server_default=func.current_timestamp(), index=True
    )
    feature_accessed: Mapped[str | None] = mapped_column(String(128))
    usage_metadata: Mapped[dict[str, Any] | None] = mapped_column(json_object())

    license_key: Mapped[LicenseKey] = relationship()

    __table_args__ = (
        Index(None, "license_key_id", "feature_accessed"),
        Index(None, "license_key_id", "used_at"),
    )
