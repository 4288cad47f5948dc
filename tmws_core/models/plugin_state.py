"""The record of what was applied: one row for each plugin that this database has ever known."""

from datetime import datetime

from sqlalchemy import Text, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from tmws_core.columns import UTCDateTime, json_array, utc_now
from tmws_core.declarative import plugin_metadata


class Base(DeclarativeBase):
    """The base of the core's own table."""

    metadata = plugin_metadata("core")


class PluginState(Base):
    """A plugin's applied revision and the tables that are its own, also after its package is gone."""

    __tablename__ = "tmws_plugins"

    plugin: Mapped[str] = mapped_column(Text, primary_key=True)
    distribution: Mapped[str] = mapped_column(Text)
    version: Mapped[str] = mapped_column(Text)
    revision: Mapped[str | None] = mapped_column(Text)
    tables: Mapped[list[str]] = mapped_column(json_array(), default=list, server_default="[]")
    installed_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=utc_now, server_default=func.current_timestamp()
    )
    last_seen_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=utc_now, server_default=func.current_timestamp()
    )
