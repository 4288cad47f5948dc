"""An application with this plugin, the agents, and who calls it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_accounts.models.user import User
from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.pipeline import Call
from tmws_core.settings import Settings

CallTool = Callable[..., Awaitable[dict[str, Any]]]
PASSWORD = "walnut tortoise umbrella"
OPERATOR = Principal("local-agent", "local", frozenset({"*"}))


class Clock:
    """A time that goes on when it is told to."""

    def __init__(self) -> None:
        self.time = datetime(2026, 5, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def go_on(self, **passed: float) -> None:
        self.time += timedelta(**passed)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def environment() -> dict[str, str]:
    """The environment that the application gets its settings from; a module of tests may have another."""
    return {}


@pytest.fixture
def settings(filled_database_url: str, tmp_path: Path, environment: dict[str, str]) -> Settings:
    values = {"plugins": "agents,accounts", "strict": True, "rate_limit": "1000000/second"}
    return Settings(environment, home=tmp_path, database_url=filled_database_url, **values)


@pytest.fixture
def call(application: Application) -> CallTool:
    """Calls a tool of the application as an MCP client does, as the operator unless another caller is given."""

    async def call(tool: str, /, principal: Principal = OPERATOR, **arguments: object) -> dict[str, Any]:
        return await application.pipeline.call_tool(Call(principal, "mcp"), tool, arguments)

    return call


@pytest.fixture
async def ann(session: AsyncSession) -> User:
    """A user named ann, who acts as metis-developer."""
    user = User(username="ann", password_hash="!", preferred_agent_id="metis-developer")
    session.add(user)
    await session.flush()
    return user
