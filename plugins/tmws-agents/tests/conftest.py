"""An application with this plugin alone, and who calls it."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tmws_core import Context, Principal
from tmws_core.application import Application
from tmws_core.pipeline import Call
from tmws_core.rate_limits import RateLimits
from tmws_core.settings import Settings

CallTool = Callable[..., Awaitable[dict[str, Any]]]
Get = Callable[..., Awaitable[str]]
Complete = Callable[..., Awaitable[list[str]]]

USER = frozenset({"*:read", "*:write"})


@pytest.fixture
def settings(filled_database_url: str, tmp_path: Path) -> Settings:
    values = {"plugins": "agents", "strict": True, "rate_limit": "1000000/second"}
    return Settings({}, home=tmp_path, database_url=filled_database_url, **values)


@pytest.fixture
def alice() -> Principal:
    return Principal("alice", "place", USER)


@pytest.fixture
def bob() -> Principal:
    """Somebody of the same namespace."""
    return Principal("bob", "place", USER)


@pytest.fixture
def stranger() -> Principal:
    """Somebody of another namespace."""
    return Principal("stranger", "elsewhere", USER)


@pytest.fixture
def operator() -> Principal:
    return Principal("boss", "office", frozenset({"*"}))


@pytest.fixture
def call(application: Application, alice: Principal) -> CallTool:
    """Calls a tool of the application as an MCP client does, as alice unless another caller is given.

    How often is not counted: tests call more often than a client may.
    """

    async def call(tool: str, /, principal: Principal = alice, **arguments: object) -> dict[str, Any]:
        application.rate_limits = RateLimits(application.settings.core.rate_limit)
        return await application.pipeline.call_tool(Call(principal, "mcp"), tool, arguments)

    return call


@pytest.fixture
def read(application: Application, alice: Principal) -> Get:
    """Reads a resource as an MCP client does, as alice unless another caller is given."""

    async def read(uri: str, principal: Principal = alice) -> str:
        matching = ((one, one.variables_in(uri)) for one in application.catalogue.resources)
        resource, variables = next((one, found) for one, found in matching if found is not None)

        async def work(context: Context) -> str:
            return str(await resource.function(context, **variables))

        return await application.pipeline.run(Call(principal, "mcp"), uri, resource.scope, work, read_only=True)

    return read


@pytest.fixture
def pick(application: Application, alice: Principal) -> Get:
    """Picks a prompt as an MCP client does, as alice unless another caller is given."""

    async def pick(picked: str, /, principal: Principal = alice, **arguments: str) -> str:
        prompt = application.catalogue.prompts[picked]

        async def work(context: Context) -> str:
            return str(await prompt.function(context, **arguments))

        return await application.pipeline.run(Call(principal, "mcp"), picked, prompt.scope, work, read_only=True)

    return pick


@pytest.fixture
def complete(application: Application, alice: Principal) -> Complete:
    """Types the beginning of an argument of a prompt, as alice unless another caller is given."""

    async def complete(name: str, argument: str, typed: str, principal: Principal = alice) -> list[str]:
        prompt = application.catalogue.prompts[name]
        chosen: Mapping[str, str] = {}

        async def work(context: Context) -> list[str]:
            return list(await prompt.completions[argument](context, typed, chosen))

        return await application.pipeline.run(Call(principal, "mcp"), name, prompt.scope, work, read_only=True)

    return complete
