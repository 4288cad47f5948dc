"""The tools of MCP servers that a skill needs, and when it needs them."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.fields import Slug, StorableText
from tmws_core.host import Host
from tmws_core.tool_errors import InvalidArguments, NotFound
from tmws_skills.access import readable, writable
from tmws_skills.lookup import find_to
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_activation import SkillActivation
from tmws_skills.models.skill_tool import SkillTool

THIS_SERVER = "tmws"
"""The name under which a skill needs a tool of this server itself; those are shown while the skill is active."""
MOST_TOOLS = 50
"""How many tools a skill needs at most."""

DetailLevel = Literal["summary", "full"]
Name = Annotated[StorableText, Field(min_length=1, max_length=64)]


class LoadCondition(BaseModel):
    """When a tool is needed; all that is said has to hold."""

    model_config = ConfigDict(extra="forbid")

    level: Annotated[int, Field(strict=True, ge=1, le=3)] | None = Field(
        default=None, description="Only when the skill is activated at this level of detail or a deeper one."
    )
    agents: Annotated[list[Name], Field(min_length=1, max_length=50)] | None = Field(
        default=None, description="Only for these agents."
    )
    namespaces: Annotated[list[Slug], Field(min_length=1, max_length=50)] | None = Field(
        default=None, description="Only for agents that call from these namespaces."
    )

    @property
    def as_json(self) -> dict[str, Any] | None:
        """What is stored; None when nothing is said."""
        return self.model_dump(exclude_none=True) or None

    def holds(self, principal: Principal, level: int) -> bool:
        """Whether it holds for a caller that has activated a skill at a level of detail."""
        return (
            (self.level is None or level >= self.level)
            and (self.agents is None or principal.agent_id in self.agents)
            and (self.namespaces is None or principal.namespace in self.namespaces)
        )

    @classmethod
    def of(cls, stored: dict[str, Any] | None) -> Self | None:
        """The condition in a row; None when this version of the plugin does not understand it."""
        try:
            return cls.model_validate(stored or {})
        except ValidationError:
            return None


class NeededTool(BaseModel):
    """A tool that a skill needs."""

    server: str = Field(description="The MCP server that offers it; tmws is this one.")
    tool: str
    detail_level: str = Field(description="summary: name and description; full: its arguments, too.")
    condition: dict[str, Any] | None = Field(description="When it is needed; null for always.")
    available: bool | None = Field(description="Whether you may call it here; null for another server's.")
    description: str | None = None
    input_schema: dict[str, Any] | None = None

    @classmethod
    def of(cls, row: SkillTool, application: Host, principal: Principal) -> Self:
        """A row, with what this server knows of a tool of its own that the caller may use."""
        told = cls(
            server=row.mcp_server_name,
            tool=row.tool_name,
            detail_level=row.detail_level,
            condition=row.load_when_condition,
            available=None,
        )
        if row.mcp_server_name != THIS_SERVER:
            return told
        offered = application.catalogue.tools.get(row.tool_name)
        if offered is None or not principal.may(offered.tool.scope):
            return told.model_copy(update={"available": False})
        known = {"available": True, "description": offered.tool.description}
        if row.detail_level == "full":
            known["input_schema"] = offered.tool.input_schema
        return told.model_copy(update=known)


def needed(session: Session, skill_id: str) -> Sequence[SkillTool]:
    """The tools that a skill needs, by server and name."""
    mine = select(SkillTool).where(SkillTool.skill_id == skill_id)
    return session.scalars(mine.order_by(SkillTool.mcp_server_name, SkillTool.tool_name)).all()


def needed_now(rows: Sequence[SkillTool], principal: Principal, level: int) -> list[SkillTool]:
    """Those of the tools of a skill that a caller needs that has activated it at a level of detail."""
    return [row for row in rows if _holds(row.load_when_condition, principal, level)]


def shown(session: Session, principal: Principal) -> set[str]:
    """The tools of this server that a caller's active skills need, of skills that it can still read.

    Args:
        session: a reading session.
        principal: who asks for its list of tools.
    """
    statement = (
        select(SkillTool.tool_name, SkillTool.load_when_condition, SkillActivation.layer_loaded)
        .join(SkillActivation, SkillActivation.skill_id == SkillTool.skill_id)
        .join(Skill, Skill.id == SkillTool.skill_id)
        .where(
            SkillTool.mcp_server_name == THIS_SERVER,
            SkillActivation.agent_id == principal.agent_id,
            SkillActivation.state == "active",
            readable(principal),
        )
    )
    return {name for name, condition, level in session.execute(statement) if _holds(condition, principal, level or 1)}


def put(
    session: Session,
    principal: Principal,
    skill: str,
    server: str,
    tool: str,
    detail_level: DetailLevel,
    condition: LoadCondition,
) -> Skill:
    """Say that a skill needs a tool, and how; what was said of it before is replaced.

    Raises:
        NotFound: there is no such skill for the caller.
        PermissionDenied: it may not change it.
        InvalidArguments: the skill needs as many tools as it can.
    """
    found = find_to(session, principal, skill, writable, "change the tools of")
    rows = needed(session, found.id)
    row = next((one for one in rows if (one.mcp_server_name, one.tool_name) == (server, tool)), None)
    if row is None:
        if len(rows) >= MOST_TOOLS:
            raise InvalidArguments(
                f"the skill {found.name!r} needs {len(rows)} tools, and {MOST_TOOLS} at most",
                hint="take one away first, with remove",
            )
        row = SkillTool(skill_id=found.id, mcp_server_name=server, tool_name=tool)
        session.add(row)
    row.detail_level = detail_level
    row.load_when_condition = condition.as_json
    session.flush()
    return found


def remove(session: Session, principal: Principal, skill: str, server: str, tool: str) -> Skill:
    """Say that a skill does not need a tool any more.

    Raises:
        NotFound: there is no such skill for the caller, or it does not need that tool.
        PermissionDenied: the caller may not change it.
    """
    found = find_to(session, principal, skill, writable, "change the tools of")
    for row in needed(session, found.id):
        if (row.mcp_server_name, row.tool_name) == (server, tool):
            session.delete(row)
            session.flush()
            return found
    raise NotFound(
        f"the skill {found.name!r} needs no tool {tool!r} of the server {server!r}",
        hint="skill_load shows those that it needs",
    )


def users_of(session: Session, skill_id: str) -> list[str]:
    """The agents that have a skill active and can still read it."""
    active = select(SkillActivation.agent_id, SkillActivation.namespace).where(
        SkillActivation.skill_id == skill_id, SkillActivation.state == "active"
    )
    users = (Principal(agent_id, namespace) for agent_id, namespace in session.execute(active))
    return [user.agent_id for user in users if _can_read(session, user, skill_id)]


def _can_read(session: Session, principal: Principal, skill_id: str) -> bool:
    return session.scalar(select(Skill.id).where(Skill.id == skill_id, readable(principal))) is not None


def _holds(condition: dict[str, Any] | None, principal: Principal, level: int) -> bool:
    understood = LoadCondition.of(condition)
    return understood is not None and understood.holds(principal, level)
