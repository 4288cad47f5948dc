"""What `tmws doctor` and `/readyz` ask about agents."""

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from tmws_agents.models.agent import Agent
from tmws_agents.models.namespace import Namespace
from tmws_agents.models.persona import Persona
from tmws_agents.models.team import Team
from tmws_core import Context, health_check

MOST_NAMED = 5
_NAMES: tuple[tuple[str, type[Agent | Namespace | Persona | Team], InstrumentedAttribute[str]], ...] = (
    ("agent", Agent, Agent.agent_id),
    ("namespace", Namespace, Namespace.namespace),
    ("team", Team, Team.team_id),
    ("persona", Persona, Persona.name),
)


@health_check
async def agents(ctx: Context) -> str:
    """How many agents there are, and which names look like others that were there before."""
    return await ctx.transaction(_told)


def _told(session: Session) -> str:
    active = session.scalar(select(func.count()).where(Agent.status == "active")) or 0
    said = [f"{active} active agents"]
    for noun, model, name in _NAMES:
        alike = session.scalars(select(name).where(model.look_alike.is_(None)).order_by(name).limit(MOST_NAMED)).all()
        said += [f"{noun} {one!r} looks like another: tell them apart with care" for one in alike]
    return "; ".join(said)
