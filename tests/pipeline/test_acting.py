"""A connection acts for another agent from the call after the one that said so, and names who really acts."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tmws_core.application import Application
from tmws_core.call import Call
from tmws_core.connection import Connection
from tmws_core.principal import Principal
from tmws_core.tool_errors import InternalError, NotFound, ToolError

Calling = Callable[..., Awaitable[dict[str, Any]]]

BOB = Principal("bob", "elsewhere", frozenset({"notes:*"}), actor="local-agent")


@pytest.fixture
def connection(application: Application) -> Connection:
    """A client of the machine's own user."""
    return Connection(application.local_principal)


@pytest.fixture
def connected(application: Application, connection: Connection) -> Calling:
    """Calls a tool through the connection."""

    async def called(tool: str, **arguments: object) -> dict[str, Any]:
        call = Call(connection.principal, "mcp", connection=connection)
        return await application.pipeline.call_tool(call, tool, arguments)

    return called


async def test_it_acts_for_another_agent_from_the_next_call_on(connection: Connection, connected: Calling) -> None:
    during = await connected("note_act_as", agent="bob", actor="local-agent")
    assert (during, connection.principal) == ({"result": "local-agent"}, BOB)


async def test_it_may_be_told_so_through_another_tool(connection: Connection, connected: Calling) -> None:
    await connected("tool_call", name="note_act_as", arguments={"agent": "bob", "actor": "local-agent"})
    assert connection.principal == BOB


async def test_it_acts_for_itself_again(connection: Connection, connected: Calling) -> None:
    await connected("note_act_as", agent="bob", actor="local-agent")
    await connected("note_act_as", agent="local-agent")
    assert (connection.principal.agent_id, connection.principal.actor) == ("local-agent", None)


@pytest.mark.parametrize("actor", [None, "bob", "mallory", ""])
async def test_it_cannot_hide_who_acts(connection: Connection, connected: Calling, actor: str | None) -> None:
    with pytest.raises(InternalError):
        await connected("note_act_as", agent="bob", actor=actor)
    assert connection.principal.agent_id == "local-agent"


async def test_it_cannot_pass_on_whom_it_acts_for(connection: Connection, connected: Calling) -> None:
    await connected("note_act_as", agent="bob", actor="local-agent")
    with pytest.raises(InternalError):
        await connected("note_act_as", agent="cal", actor="bob")
    assert connection.principal == BOB


async def test_a_call_that_fails_changes_nothing(connection: Connection, connected: Calling) -> None:
    with pytest.raises(NotFound):
        await connected("note_act_as", agent="bob", actor="local-agent", error="no")
    assert connection.principal.agent_id == "local-agent"


async def test_a_part_that_fails_changes_nothing(connection: Connection, connected: Calling) -> None:
    await connected("note_act_as_in_vain")
    assert connection.principal.agent_id == "local-agent"


async def test_without_a_connection_it_is_said_what_to_do(call: Calling) -> None:
    with pytest.raises(ToolError, match="connect with that agent's own key"):
        await call("note_act_as", {"agent": "bob", "actor": "local-agent"})
