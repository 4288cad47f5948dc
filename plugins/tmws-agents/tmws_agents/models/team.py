"""Teams: groups of agents."""

from typing import Any, Literal, get_args

from sqlalchemy import Boolean, ForeignKey, Integer, Text, true
from sqlalchemy.orm import Mapped, mapped_column

from tmws_agents.models.agent import Agent
from tmws_agents.models.base import Base, look_alike_of
from tmws_agents.models.namespace import Namespace
from tmws_core.columns import Annotatable, Identified, Timestamped, at_least, json_array, json_object, vocabulary

TeamType = Literal["collaborative", "hierarchical", "specialized"]


class Team(Identified, Timestamped, Annotatable, Base):
    """A named group of agents that share a namespace; `members` are public names of agents."""

    __tablename__ = "agent_teams"

    team_id: Mapped[str] = mapped_column(Text, unique=True)
    team_name: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    team_type: Mapped[str] = mapped_column(
        vocabulary("team_type", *get_args(TeamType)),
        default="collaborative",
        server_default="collaborative",
    )
    members: Mapped[list[str]] = mapped_column(json_array(), default=list, server_default="[]")
    max_members: Mapped[int | None] = mapped_column(Integer)
    leader_agent_id: Mapped[str | None] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="SET NULL", onupdate="CASCADE")
    )
    config: Mapped[dict[str, Any]] = mapped_column(json_object(), default=dict, server_default="{}")
    shared_namespace: Mapped[str] = mapped_column(
        Text, ForeignKey(Namespace.namespace, ondelete="RESTRICT", onupdate="CASCADE")
    )
    is_active: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true(), index=True)
    look_alike: Mapped[str | None] = look_alike_of("team_id")

    __table_args__ = (at_least("max_members", 1),)
