"""That a list has changed is told to the clients that it concerns, when the call has succeeded."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from tmws_core.application import Application
from tmws_core.call import Call
from tmws_core.connection import Connection
from tmws_core.list_changes import LISTS, ListChange, ListChanges
from tmws_core.principal import Principal
from tmws_core.testing.distributions import InstallPlugin
from tmws_core.tool_errors import ToolError

ADA, BOB = Principal("ada", "lab"), Principal("bob", "lab")

SHELF = """
    import sys

    from tmws_core import Context, Principal, hookimpl, tool
    from tmws_core.tool_errors import ToolError

    here = sys.modules[__name__]


    @tool(scope="shelf:write")
    async def shelf_change(ctx: Context, lists: list[str], agents: list[str] = [], everybody: bool = False) -> None:
        \"\"\"Change lists.\"\"\"
        ctx.list_changed(*lists, agents=agents, everybody=everybody)


    @tool(scope="shelf:write")
    async def shelf_change_and_fail(ctx: Context) -> None:
        \"\"\"Change a list in vain.\"\"\"
        ctx.list_changed("tools")
        raise ToolError("no")


    @tool(scope="shelf:write")
    async def shelf_try(ctx: Context) -> None:
        \"\"\"Change a list, and another in vain.\"\"\"
        ctx.list_changed("prompts")
        try:
            await ctx.call("shelf_change_and_fail")
        except ToolError:
            pass


    @tool(scope="shelf:write")
    async def shelf_act_as(ctx: Context, agent: str) -> None:
        \"\"\"Act for another.\"\"\"
        ctx.act_as(Principal(agent, "lab", frozenset({"*"}), actor=ctx.principal.agent_id))


    @hookimpl
    def tmws_tools():
        return here
"""


@pytest_asyncio.fixture
async def application(install_plugin: InstallPlugin, start: Callable[..., Application]) -> AsyncIterator[Application]:
    install_plugin("shelf", SHELF)
    async with start("shelf", strict=True) as opened:
        yield opened


@pytest.fixture
def heard(application: Application) -> list[ListChange]:
    changes: list[ListChange] = []
    application.list_changes.hear(changes.append)
    return changes


async def call(application: Application, tool: str, connection: Connection | None = None, **arguments: object) -> None:
    principal = application.local_principal
    await application.pipeline.call_tool(Call(principal, "mcp", connection=connection), tool, arguments)


async def test_a_call_tells_its_own_agent(application: Application, heard: list[ListChange]) -> None:
    await call(application, "shelf_change", lists=["tools", "prompts"])
    assert heard == [ListChange(frozenset({"tools", "prompts"}), frozenset({"local-agent"}))]


async def test_a_call_tells_other_agents_too(application: Application, heard: list[ListChange]) -> None:
    await call(application, "shelf_change", lists=["prompts"], agents=["bob"])
    assert heard == [ListChange(frozenset({"prompts"}), frozenset({"local-agent", "bob"}))]


async def test_a_call_tells_everybody(application: Application, heard: list[ListChange]) -> None:
    await call(application, "shelf_change", lists=["resources"], everybody=True)
    assert heard == [ListChange(frozenset({"resources"}))]


async def test_a_call_that_fails_tells_nobody(application: Application, heard: list[ListChange]) -> None:
    with pytest.raises(ToolError):
        await call(application, "shelf_change_and_fail")
    assert heard == []


async def test_a_part_that_fails_is_left_out(application: Application, heard: list[ListChange]) -> None:
    await call(application, "shelf_try")
    assert [change.lists for change in heard] == [{"prompts"}]


@pytest.mark.parametrize("lists", [[], ["books"]])
async def test_a_list_that_does_not_exist_is_an_error(
    application: Application, heard: list[ListChange], lists: list[str]
) -> None:
    with pytest.raises(ToolError):
        await call(application, "shelf_change", lists=lists)
    assert heard == []


async def test_all_lists_of_a_connection_that_acts_for_another_agent_may_be_others(
    application: Application, heard: list[ListChange]
) -> None:
    connection = Connection(application.local_principal)
    await call(application, "shelf_act_as", connection, agent="bob")
    assert heard == [ListChange(frozenset(LISTS), connection=connection)]


@pytest.mark.parametrize(
    ("change", "of_ada", "of_bob"),
    [
        (ListChange(frozenset({"tools"}), frozenset({"ada"})), True, False),
        (ListChange(frozenset({"tools"})), True, True),
        (ListChange(frozenset({"tools"}), frozenset()), False, False),
    ],
)
def test_a_change_concerns_the_agents_that_it_names(change: ListChange, of_ada: bool, of_bob: bool) -> None:
    assert (change.concerns(ADA, None), change.concerns(BOB, None)) == (of_ada, of_bob)


def test_a_change_of_one_connection_concerns_no_other_of_the_same_agent() -> None:
    one, other = Connection(ADA), Connection(ADA)
    change = ListChange(frozenset({"tools"}), connection=one)
    assert (change.concerns(ADA, one), change.concerns(ADA, other), change.concerns(ADA, None)) == (True, False, False)


async def test_a_listener_that_fails_keeps_no_other_from_hearing(caplog: pytest.LogCaptureFixture) -> None:
    changes, change = ListChanges(), ListChange(frozenset({"tools"}))
    heard: list[ListChange] = []

    def fail(_change: ListChange) -> None:
        raise RuntimeError("deaf")

    changes.hear(fail)
    changes.hear(heard.append)
    changes.announce(change)
    assert (heard, "a client could not be told that tools changed" in caplog.text) == ([change], True)


async def test_who_stops_listening_hears_no_more() -> None:
    changes, heard = ListChanges(), asyncio.Queue[ListChange]()
    stop = changes.hear(heard.put_nowait)
    stop()
    stop()
    changes.announce(ListChange(frozenset({"tools"})))
    assert heard.empty()
