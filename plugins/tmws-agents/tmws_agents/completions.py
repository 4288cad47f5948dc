"""What a caller may go on typing: the names of the personas that it sees."""

from collections.abc import Mapping, Sequence

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select

from tmws_agents.access import persona_visible
from tmws_agents.models.persona import Persona
from tmws_core import Context
from tmws_core.fields import StorableText

MOST = 100
"""How many values are offered at most (MCP 2026-07-28, completion)."""
_TEXT: TypeAdapter[str] = TypeAdapter(StorableText)


async def persona(ctx: Context, typed: str, _chosen: Mapping[str, str]) -> Sequence[str]:
    """The personas in use, by name."""
    try:
        _TEXT.validate_python(typed)
    except ValidationError:  # no name begins so, and a database may refuse even to compare with it
        return ()
    begin = (
        select(Persona.name)
        .where(persona_visible(ctx.principal), Persona.is_active, Persona.name.istartswith(typed, autoescape=True))
        .order_by(Persona.name)
        .limit(MOST)
    )
    return await ctx.transaction(lambda session: session.scalars(begin).all())
