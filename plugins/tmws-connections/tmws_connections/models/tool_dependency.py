"""Tool dependencies: which tool needs which."""

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_connections.models.base import Base
from tmws_connections.models.discovered_tool import DiscoveredTool
from tmws_core.columns import Identified, Timestamped, vocabulary


class ToolDependency(Identified, Timestamped, Base):
    """One tool that depends on another, and how much."""

    __tablename__ = "tool_dependencies"

    tool_id: Mapped[str] = mapped_column(String(36), ForeignKey(DiscoveredTool.id, ondelete="CASCADE"))
    depends_on_tool_id: Mapped[str] = mapped_column(
        String(36), ForeignKey(DiscoveredTool.id, ondelete="CASCADE"), index=True
    )
    dependency_type: Mapped[str] = mapped_column(vocabulary("dependency_type", "required", "optional", "recommended"))

    tool: Mapped[DiscoveredTool] = relationship(foreign_keys=[tool_id])
    depends_on_tool: Mapped[DiscoveredTool] = relationship(foreign_keys=[depends_on_tool_id])

    __table_args__ = (
        CheckConstraint("tool_id <> depends_on_tool_id", name="no_self_reference"),
        UniqueConstraint("tool_id", "depends_on_tool_id"),
    )
