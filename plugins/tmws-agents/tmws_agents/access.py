"""Who may see and change which namespace, agent, team and persona: decided here, in the query, for every door.

Whoever governs the agents - the operator - sees and changes everything. Else it goes by the namespace: one belongs to
the namespace that one calls from, and to those that name one as owner, administrator or member.
"""

from functools import lru_cache

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from tmws_agents.json_array import Holds
from tmws_agents.models.agent import Agent
from tmws_agents.models.namespace import Namespace
from tmws_agents.models.persona import Persona
from tmws_agents.models.team import Team
from tmws_agents.reserved_names import RESERVED
from tmws_core import Principal

GOVERN = "agents:govern"
"""The scope of the operator: to see and change every agent, namespace, team and persona."""
OPEN_LEVELS = ("public", "system")
NAMESPACE_LEVELS = ("team", "shared")
SYSTEM = "system"
"""The level of the agents that the server brings: everybody sees them, and the operator alone changes them."""

_CALLERS_REMEMBERED = 256


def governs(principal: Principal) -> bool:
    """Whether a caller is the operator of the agents."""
    return principal.may(GOVERN)


def namespace_belonged_to(principal: Principal) -> ColumnElement[bool]:
    """The condition that a caller belongs to a namespace."""
    return or_(
        Namespace.namespace == principal.namespace,
        namespace_administered(principal),
        Holds(Namespace.member_agents, principal.agent_id),
    )


def namespace_administered(principal: Principal) -> ColumnElement[bool]:
    """The condition that a caller owns a namespace or is one of its administrators."""
    return or_(namespace_owned(principal), Holds(Namespace.admin_agents, principal.agent_id))


def namespace_owned(principal: Principal) -> ColumnElement[bool]:
    """The condition that a caller owns a namespace."""
    return Namespace.owner_agent_id == principal.agent_id


@lru_cache(maxsize=_CALLERS_REMEMBERED)
def namespace_visible(principal: Principal) -> ColumnElement[bool]:
    """The condition that a namespace is there for a caller: it belongs to it."""
    return true() if governs(principal) else namespace_belonged_to(principal)


@lru_cache(maxsize=_CALLERS_REMEMBERED)
def namespace_changeable(principal: Principal) -> ColumnElement[bool]:
    """The condition that a caller may describe a namespace and say who its members are: it administers it."""
    return true() if governs(principal) else namespace_administered(principal)


@lru_cache(maxsize=_CALLERS_REMEMBERED)
def namespace_disposable(principal: Principal) -> ColumnElement[bool]:
    """The condition that a caller may name a namespace's administrators, give it away and deactivate it: it owns it."""
    return true() if governs(principal) else namespace_owned(principal)


@lru_cache(maxsize=_CALLERS_REMEMBERED)
def agent_visible(principal: Principal) -> ColumnElement[bool]:
    """The condition that an agent is there for a caller.

    It sees itself; at `public` and `system` everybody sees it; at `team` and `shared` whoever belongs to its
    namespace; at `private` whoever administers its namespace.
    """
    if governs(principal):
        return true()
    belongs = Agent.namespace.in_(_names(namespace_belonged_to(principal)))
    return or_(
        Agent.agent_id == principal.agent_id,
        Agent.default_access_level.in_(OPEN_LEVELS),
        and_(Agent.default_access_level.in_(NAMESPACE_LEVELS), belongs),
        Agent.namespace.in_(_names(namespace_administered(principal))),
    )


@lru_cache(maxsize=_CALLERS_REMEMBERED)
def agent_changeable(principal: Principal) -> ColumnElement[bool]:
    """The condition that a caller may change or deactivate an agent: itself, or it administers the agent's namespace.

    An agent of the level `system` is the operator's.
    """
    if governs(principal):
        return true()
    itself = and_(Agent.agent_id == principal.agent_id, Agent.default_access_level != SYSTEM)
    return or_(itself, agent_administered(principal))


@lru_cache(maxsize=_CALLERS_REMEMBERED)
def agent_administered(principal: Principal) -> ColumnElement[bool]:
    """The condition that a caller may move or activate an agent: it administers the namespace that the agent is in.

    An agent with a reserved name is the operator's, whatever its namespace.
    """
    if governs(principal):
        return true()
    return and_(
        Agent.default_access_level != SYSTEM,
        Agent.agent_id.not_in(sorted(RESERVED)),
        Agent.namespace.in_(_names(namespace_administered(principal))),
    )


@lru_cache(maxsize=_CALLERS_REMEMBERED)
def team_visible(principal: Principal) -> ColumnElement[bool]:
    """The condition that a team is there for a caller: it is in it, or belongs to the team's namespace."""
    if governs(principal):
        return true()
    return or_(team_joined(principal), Team.shared_namespace.in_(_names(namespace_belonged_to(principal))))


@lru_cache(maxsize=_CALLERS_REMEMBERED)
def team_changeable(principal: Principal) -> ColumnElement[bool]:
    """The condition that a caller may change a team: it leads it, or administers the team's namespace."""
    if governs(principal):
        return true()
    return or_(
        Team.leader_agent_id == principal.agent_id,
        Team.shared_namespace.in_(_names(namespace_administered(principal))),
    )


def team_joined(principal: Principal) -> ColumnElement[bool]:
    """The condition that a caller leads a team or is one of its members."""
    return or_(Team.leader_agent_id == principal.agent_id, Holds(Team.members, principal.agent_id))


@lru_cache(maxsize=_CALLERS_REMEMBERED)
def persona_visible(principal: Principal) -> ColumnElement[bool]:
    """The condition that a persona is there for a caller: it comes with the server, or the caller sees its agent.

    A persona that is put away is there for those alone who may bring it back.
    """
    if governs(principal):
        return true()
    in_use = and_(Persona.is_active, or_(Persona.is_system, Persona.agent_id.in_(_agents(agent_visible(principal)))))
    return or_(in_use, persona_changeable(principal))


@lru_cache(maxsize=_CALLERS_REMEMBERED)
def persona_changeable(principal: Principal) -> ColumnElement[bool]:
    """The condition that a caller may change a persona: it may change the persona's agent.

    A persona that comes with the server, or has no agent, is the operator's.
    """
    if governs(principal):
        return true()
    return and_(Persona.is_system == false(), Persona.agent_id.in_(_agents(agent_changeable(principal))))


def _names(condition: ColumnElement[bool]) -> Select[str]:
    return select(Namespace.namespace).where(condition)


def _agents(condition: ColumnElement[bool]) -> Select[str]:
    return select(Agent.agent_id).where(condition)
