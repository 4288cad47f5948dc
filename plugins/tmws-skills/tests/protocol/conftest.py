"""A real MCP client at an application of its own, as whichever agent it is to be."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from mcp import Client, MCPError, types
from mcp.client.client import ConnectMode
from pydantic import ConfigDict
from sqlalchemy.orm import Session

from tmws_core import Context, Principal
from tmws_core.application import Application
from tmws_core.pipeline import Call
from tmws_core.server.caller import Caller, Door
from tmws_core.server.mcp import mcp_server
from tmws_skills import authoring
from tmws_skills.draft import AccessLevel, Draft
from tmws_skills.format.package import Package

from ..conftest import ALICE

Connect = Callable[..., AbstractAsyncContextManager[Client]]
Write = Callable[..., Awaitable[str]]


class _Request(types.Request[dict[str, Any], str]):
    method: str
    params: dict[str, Any]


class _Result(types.Result):
    model_config = ConfigDict(extra="allow")


async def ask(client: Client, method: str, **params: object) -> dict[str, Any]:
    """Send a request of the extension; gives its result without what belongs to MCP itself."""
    answer = await client.session.send_request(_Request(method=method, params=params), _Result)
    told = answer.model_dump(by_alias=True)
    return {key: value for key, value in told.items() if key not in ("_meta", "resultType")}


async def refusal(asking: Awaitable[object], *, without: str) -> tuple[int, str]:
    """The code and the text of a refusal, without what was asked for.

    Raises:
        AssertionError: it is none.
    """
    try:
        answer = await asking
    except MCPError as error:
        return error.code, str(error).replace(without, "it")
    raise AssertionError(f"answered: {answer}")


@pytest.fixture
def connect(application: Application) -> Connect:
    """Connects a client, as alice and in the present era unless something else is given."""

    @asynccontextmanager
    async def connect(principal: Principal = ALICE, mode: ConnectMode = "2026-07-28") -> AsyncIterator[Client]:
        server = mcp_server(Door(lambda: application, lambda _: Caller(principal)))
        server.methods.register(server)
        async with Client(server, mode=mode) as client:
            yield client

    return connect


@pytest.fixture
def write(application: Application) -> Write:
    """Creates a skill of alice's, or gives it another content; gives the digest of the version."""

    async def write(
        package: Package, principal: Principal = ALICE, *, name: str | None = None, level: AccessLevel = "private"
    ) -> str:
        def work(session: Session) -> str:
            if name is not None:
                return authoring.revise(session, principal, name, package, None).content_hash
            authoring.create(session, principal, Draft(package, principal.namespace, level))
            return package.digest

        async def run(context: Context) -> str:
            return await context.transaction(work)

        call = Call(principal, "cli")
        return await application.pipeline.run(call, "write", "skills:write", run, read_only=False, kind="command")

    return write
