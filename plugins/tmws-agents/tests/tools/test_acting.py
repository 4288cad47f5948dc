"""To act for another agent."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.connection import Connection
from tmws_core.pipeline import Call
from tmws_core.tool_errors import AlreadyChanged, NotFound, PermissionDenied, ToolError

CallTool = Callable[..., Awaitable[dict[str, Any]]]
Connected = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def connection(application: Application) -> Connection:
    """The connection of the machine's own user, as over standard input."""
    return Connection(application.local_principal)


@pytest.fixture
def connected(application: Application, connection: Connection) -> Connected:
    """Calls a tool through that connection."""

    async def connected(tool: str, /, **arguments: object) -> dict[str, Any]:
        call = Call(connection.principal, "mcp", connection=connection)
        return await application.pipeline.call_tool(call, tool, arguments)

    return connected


async def test_the_next_call_is_made_for_the_other_agent(connected: Connected) -> None:
    switched = await connected("agent_switch", agent_id="hestia-auditor")
    assert switched == {"agent_id": "hestia-auditor", "acting_agent": "local-agent", "namespace": "default"}
    told = await connected("agent_whoami")
    assert (told["agent_id"], told["acting_agent"], told["namespace"]) == ("hestia-auditor", "local-agent", "default")


async def test_what_is_written_then_belongs_to_the_other_agent(connected: Connected) -> None:
    await connected("agent_switch", agent_id="hestia-auditor")
    assert (await connected("namespace_create", namespace="lab"))["owner"] == "hestia-auditor"


async def test_one_acts_for_itself_again_with_its_own_namespace(
    connected: Connected, connection: Connection, application: Application
) -> None:
    await connected("agent_switch", agent_id="hestia-auditor")
    await connected("agent_switch", agent_id="muses-documenter")
    assert (connection.principal.agent_id, connection.principal.actor) == ("muses-documenter", "local-agent")
    await connected("agent_switch", agent_id="local-agent")
    assert connection.principal == application.local_principal


async def test_one_leaves_an_agent_that_was_deactivated_meanwhile(
    connected: Connected, connection: Connection, call: CallTool, operator: Principal
) -> None:
    await connected("agent_switch", agent_id="hestia-auditor")
    await call("agent_deactivate", operator, agent_id="hestia-auditor")
    await connected("agent_switch", agent_id="local-agent")
    assert connection.principal.actor is None


async def test_another_connection_stays_who_it_is(connected: Connected, application: Application) -> None:
    await connected("agent_switch", agent_id="hestia-auditor")
    other = Call(application.local_principal, "mcp", connection=Connection(application.local_principal))
    assert (await application.pipeline.call_tool(other, "agent_whoami", {}))["agent_id"] == "local-agent"


async def test_a_connection_of_somebody_else_goes_back_to_where_its_agent_lives(
    application: Application, call: CallTool
) -> None:
    alice = Principal("alice", "place", frozenset({"agents:*"}), credential="key-1")
    connection = Connection(alice)
    for name in ("hestia-auditor", "alice"):
        asking = Call(connection.principal, "mcp", connection=connection)
        await application.pipeline.call_tool(asking, "agent_switch", {"agent_id": name})
    assert connection.principal == alice


async def test_without_the_scope_nobody_acts_for_another(call: CallTool) -> None:
    with pytest.raises(PermissionDenied, match="'agents:impersonate'"):
        await call("agent_switch", agent_id="hestia-auditor")


async def test_nobody_acts_for_an_agent_that_it_does_not_see(
    application: Application, call: CallTool, bob: Principal
) -> None:
    await call("agent_update", display_name="Alice")
    asking = Principal("stranger", "elsewhere", frozenset({"agents:read", "agents:impersonate"}))
    answers = []
    for name in ("alice", "zzzzz"):
        with pytest.raises(NotFound) as refused:
            await application.pipeline.call_tool(
                Call(asking, "mcp", connection=Connection(asking)), "agent_switch", {"agent_id": name}
            )
        answers.append(str(refused.value).replace(name, ""))
    assert answers[0] == answers[1]


async def test_nobody_acts_for_a_deactivated_agent(connected: Connected) -> None:
    await connected("agent_deactivate", agent_id="hestia-auditor")
    with pytest.raises(AlreadyChanged, match="agent 'hestia-auditor' is inactive"):
        await connected("agent_switch", agent_id="hestia-auditor")


async def test_where_nothing_is_remembered_it_says_what_to_do_instead(call: CallTool, operator: Principal) -> None:
    with pytest.raises(ToolError, match="connect with that agent's own key"):
        await call("agent_switch", operator, agent_id="hestia-auditor")
