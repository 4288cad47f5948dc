"""Tool instances: tools that run."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_connections.models.base import Base
from tmws_connections.models.discovered_tool import DiscoveredTool
from tmws_core.columns import Annotatable, Identified, Timestamped, UTCDateTime, vocabulary, within


class ToolInstance(Identified, Timestamped, Annotatable, Base):
    """A running instance of a tool, perhaps in a container: where it listens, its limits and its state."""

    __tablename__ = "tool_instances"

    tool_id: Mapped[str] = mapped_column(String(36), ForeignKey(DiscoveredTool.id, ondelete="CASCADE"))
    instance_id: Mapped[str] = mapped_column(String(100), unique=True)
    status: Mapped[str] = mapped_column(
        vocabulary("status", "starting", "running", "stopping", "stopped", "error"), index=True
    )
    container_id: Mapped[str | None] = mapped_column(String(100), unique=True)
    container_name: Mapped[str | None] = mapped_column(String(100))
    host: Mapped[str | None] = mapped_column(String(100))
    port: Mapped[int | None] = mapped_column(Integer)
    cpu_limit: Mapped[str | None] = mapped_column(String(20))
    memory_limit: Mapped[str | None] = mapped_column(String(20))
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    tool: Mapped[DiscoveredTool] = relationship()

    __table_args__ = (
        within("port", 1, 65535),
        Index(None, "tool_id", "status"),
    )
