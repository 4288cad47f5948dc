"""The core's own tools: how the server is doing, and the way to the tools that a client does not see at once."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, Field

from tmws_core.context import Context
from tmws_core.contributions.health import HealthCheck
from tmws_core.contributions.tool import tool
from tmws_core.principal import PUBLIC
from tmws_core.status import ServerStatus, server_status_of


class FoundTool(BaseModel):
    """A tool as a search finds it."""

    name: str
    description: str
    plugin: str
    input_schema: dict[str, Any]


@tool(scope="server:read", read_only=True, idempotent=True, listed=True)
async def server_status(ctx: Context) -> ServerStatus:
    """Tell how the server is doing: its plugins with their state, its database, and what needs attention."""
    status = server_status_of(ctx.application)
    told = [status.authentication, *[await _answer(check, ctx) for check in _checks_of_authentication(ctx)]]
    return status.model_copy(update={"authentication": ": ".join(told)})


@tool(scope=PUBLIC, read_only=True, idempotent=True, listed=True)
async def tool_search(
    ctx: Context,
    query: Annotated[str, Field(description="Words of what the tool should do; empty lists all tools.")] = "",
    limit: Annotated[int, Field(ge=1, le=100)] = 10,
) -> list[FoundTool]:
    """Find tools by what they do, with their input schemas. Call what you find with tool_call."""
    return [
        FoundTool(
            name=one.tool.name,
            description=one.tool.description,
            plugin=one.plugin,
            input_schema=one.tool.input_schema,
        )
        for one in ctx.application.catalogue.search(ctx.principal, query, limit)
    ]


@tool(scope=PUBLIC, destructive=True, listed=True)
async def tool_call(
    ctx: Context,
    name: Annotated[str, Field(description="The tool's name, as tool_search gives it.")],
    arguments: Annotated[dict[str, Any], Field(description="The tool's arguments, by its input schema.")],
) -> dict[str, Any]:
    """Call any tool by its name; the rights that it needs are those of the tool itself."""
    result: dict[str, Any] = await ctx.call(name, **arguments)
    return result


def _checks_of_authentication(ctx: Context) -> Sequence[HealthCheck]:
    """The health checks of the plugin that authenticates: it may let in more than its name promises, and says so."""
    for record in ctx.application.active:
        if record.contributions.authenticators:
            return record.contributions.health_checks
    return ()


async def _answer(check: HealthCheck, ctx: Context) -> str:
    try:
        return str(await check.function(ctx))
    except Exception as error:  # a check says with any exception that things are not well, and why
        return str(error) or type(error).__name__
