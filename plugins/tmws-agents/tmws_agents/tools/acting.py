"""To act for another agent."""

from functools import partial
from typing import Annotated

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from tmws_agents.fields import AgentId
from tmws_agents.lookup import AGENTS, find
from tmws_agents.membership import refuse_unseen
from tmws_agents.registration import ensure_registered
from tmws_core import Context, Principal, tool


class ActingIdentity(BaseModel):
    """Who this connection is from its next call on."""

    agent_id: str
    acting_agent: str | None = Field(description="Who really acts, when it acts on behalf of agent_id.")
    namespace: str


@tool(scope="agents:impersonate", idempotent=True, rate_limit="30/minute")
async def agent_switch(
    ctx: Context,
    agent_id: Annotated[AgentId, Field(description="The agent to act for; your own to act for yourself again.")],
) -> ActingIdentity:
    """Act for another agent from the next call on, in this connection alone; what you write records both of you.

    Your scopes stay as they are. It works over standard input; over HTTP connect with the agent's own key.
    """

    def tell(principal: Principal) -> None:
        ctx.publish("security.agent_switched", agent_id=principal.agent_id, acting_agent=principal.actor)

    principal = await ctx.transaction(partial(_switched, ctx, agent_id), tell)
    ctx.act_as(principal)
    return ActingIdentity(agent_id=principal.agent_id, acting_agent=principal.actor, namespace=principal.namespace)


def _switched(ctx: Context, agent_id: str, session: Session) -> Principal:
    own = _own(ctx, session)
    ensure_registered(session, own)
    if agent_id == own.agent_id:
        return own
    refuse_unseen(session, own, agent_id)
    agent = find(session, AGENTS, own, agent_id)
    return Principal(agent.agent_id, agent.namespace, own.scopes, actor=own.agent_id, credential=own.credential)


def _own(ctx: Context, session: Session) -> Principal:
    """The agent that this connection began with."""
    principal = ctx.principal
    if principal.actor is None:
        return principal
    core = ctx.application.settings.core
    if core.agent_id == principal.actor:
        namespace = core.agent_namespace
    else:
        namespace = find(session, AGENTS, Principal(principal.actor, ""), principal.actor).namespace
    return Principal(principal.actor, namespace, principal.scopes, credential=principal.credential)
