"""What MCP clients can read by URI."""

from tmws_agents import completions
from tmws_agents.answers import PersonaView
from tmws_agents.lookup import PERSONAS, find
from tmws_core import Context, resource


@resource(
    "persona://{name}",
    scope="agents:read",
    mime_type="application/json",
    rate_limit="120/minute",
    completions={"name": completions.persona},
)
async def persona(ctx: Context, name: str) -> str:
    """A persona with its role, triggers and prompt."""
    found = await ctx.transaction(lambda session: find(session, PERSONAS, ctx.principal, name))
    return PersonaView.of(found).model_dump_json()
