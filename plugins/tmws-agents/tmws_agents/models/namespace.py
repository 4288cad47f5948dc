"""Namespaces: the units that keep agents' rows apart."""

from typing import Any

from sqlalchemy import Boolean, ForeignKey, Integer, Text, true
from sqlalchemy.orm import Mapped, mapped_column

from tmws_agents.models.base import Base, look_alike_of
from tmws_core.columns import Annotatable, Identified, Timestamped, access_level, at_least, json_array, json_object


class Namespace(Identified, Timestamped, Annotatable, Base):
    """A place for agents, memories, tasks, patterns and skills, with an owner, administrators and members."""

    __tablename__ = "agent_namespaces"

    namespace: Mapped[str] = mapped_column(Text, unique=True)
    display_name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    # an agent has a namespace and a namespace an owner: the second key of the pair is added after both tables exist
    owner_agent_id: Mapped[str | None] = mapped_column(
        Text, ForeignKey("agents.agent_id", ondelete="SET NULL", onupdate="CASCADE", use_alter=True)
    )
    admin_agents: Mapped[list[str]] = mapped_column(json_array(), default=list, server_default="[]")
    member_agents: Mapped[list[str]] = mapped_column(json_array(), default=list, server_default="[]")
    default_access_level: Mapped[str] = mapped_column(
        access_level("default_access_level"), default="private", server_default="private"
    )
    max_agents: Mapped[int | None] = mapped_column(Integer)
    config: Mapped[dict[str, Any]] = mapped_column(json_object(), default=dict, server_default="{}")
    is_active: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true(), index=True)
    look_alike: Mapped[str | None] = look_alike_of("namespace")

    __table_args__ = (at_least("max_agents", 1),)
