"""Skills: what agents can be told to do, under a name."""

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from tmws_agents.models.agent import Agent
from tmws_core.columns import Identified, Timestamped, access_level, at_least, json_array
from tmws_skills.models.base import Base


class Skill(Identified, Timestamped, Base):
    """A skill: name, owner, persona, access level, tags, and which of its versions is in use.

    The text is in the versions. A deleted skill keeps its row and gives its name free.
    """

    __tablename__ = "skills"

    name: Mapped[str] = mapped_column(String(255))
    display_name: Mapped[str | None] = mapped_column(String(255))
    description: Mapped[str | None] = mapped_column(Text)
    namespace: Mapped[str] = mapped_column(String(255), index=True)
    created_by: Mapped[str] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="CASCADE", onupdate="CASCADE"), index=True
    )
    persona: Mapped[str | None] = mapped_column(String(50), index=True)
    access_level: Mapped[str] = mapped_column(access_level(), default="private", server_default="private")
    tags: Mapped[list[str]] = mapped_column("tags_json", json_array(), default=list, server_default="[]")
    version_count: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    active_version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    is_deleted: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false(), index=True)

    __table_args__ = (
        at_least("active_version", 1),
        CheckConstraint("active_version <= version_count", name="active_version_bound"),
        Index(
            "uq_skills_namespace_name",
            "namespace",
            "name",
            unique=True,
            sqlite_where=text("is_deleted = 0"),
            postgresql_where=text("NOT is_deleted"),
        ),
    )
