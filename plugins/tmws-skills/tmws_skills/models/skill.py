"""Skills: what agents can be told to do, under a name."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text, false, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from tmws_agents.models.agent import Agent
from tmws_core.columns import Identified, Timestamped, UTCDateTime, access_level, at_least, json_array
from tmws_core.fields import look_alike
from tmws_skills.models.base import Base


def _skeleton(context: DefaultExecutionContext) -> str:
    parameters: Callable[[], Mapping[str, str]] = context.get_current_parameters
    return look_alike(parameters()["name"])


def _unique_among_the_present(name: str, *columns: str) -> Index:
    return Index(
        name,
        *columns,
        unique=True,
        sqlite_where=text("is_deleted = 0"),
        postgresql_where=text("NOT is_deleted"),
    )


class Skill(Identified, Timestamped, Base):
    """A skill: name, owner, persona, access level, tags, and which of its versions is in use.

    The text is in the versions. A deleted skill keeps its row for a while, to be restored, and gives its name free.
    `look_alike` is what the name looks like, so that no two skills of a namespace have names that a reader takes for
    one; it is empty for a skill that had such a name before names were compared so. A deprecated skill still works,
    and says what is to be used instead.
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
    deleted_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    deprecated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    deprecation_note: Mapped[str | None] = mapped_column(Text)
    replaced_by: Mapped[str | None] = mapped_column(
        String(36), ForeignKey("skills.id", ondelete="SET NULL"), index=True
    )
    look_alike: Mapped[str | None] = mapped_column(Text, default=_skeleton)

    __table_args__ = (
        at_least("active_version", 1),
        CheckConstraint("active_version <= version_count", name="active_version_bound"),
        CheckConstraint("is_deleted = (deleted_at IS NOT NULL)", name="deleted_at_of_is_deleted"),
        CheckConstraint(
            "deprecated_at IS NOT NULL OR (deprecation_note IS NULL AND replaced_by IS NULL)",
            name="deprecation_of_deprecated_at",
        ),
        _unique_among_the_present("uq_skills_namespace_name", "namespace", "name"),
        _unique_among_the_present("uq_skills_namespace_look_alike", "namespace", "look_alike"),
    )
