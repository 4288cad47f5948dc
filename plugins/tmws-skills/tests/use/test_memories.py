"""The memories that a skill names come along when it is activated, from whatever plugin keeps memories."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.settings import Settings
from tmws_core.testing.distributions import InstallPlugin
from tmws_core.tool_errors import InvalidArguments, NotFound

from ..conftest import CallTool
from .conftest import Add

_KEEPER = """
    import sys

    from pydantic import BaseModel

    from tmws_core import Context, hookimpl, tool
    from tmws_core.tool_errors import ToolError

    here = sys.modules[__name__]
    asked = []


    class Memory(BaseModel):
        id: str
        content: str
        tags: list[str] = []
        importance: float = 0.5
        namespace: str = "place"
        agent_id: str = "alice"


    class Listed(BaseModel):
        memories: list[Memory]


    class Hit(BaseModel):
        memory: Memory


    class Hits(BaseModel):
        hits: list[Hit]


    kept = [
        Memory(id="1", content="old", tags=["a"], importance=0.9),
        Memory(id="2", content="new", tags=["a", "b"]),
        Memory(id="3", content="long " * 2000, tags=["long"]),
        Memory(id="4", content="long " * 2000, tags=["long"]),
    ]


    def fitting(tags, limit):
        if "broken" in tags:
            raise ToolError("the memories are away")
        return [one for one in kept if set(tags) <= set(one.tags)][:limit]


    @tool(scope="memory:read", read_only=True)
    async def memory_list(ctx: Context, tags: list[str] = [], namespace: str = "", limit: int = 10) -> Listed:
        \"\"\"List.\"\"\"
        asked.append(("list", ctx.principal.agent_id, namespace, limit))
        return Listed(memories=fitting(tags, limit))


    @tool(scope="memory:read", read_only=True)
    async def memory_search(ctx: Context, query: str, tags: list[str] = [], limit: int = 10) -> Hits:
        \"\"\"Search.\"\"\"
        asked.append(("search", ctx.principal.agent_id, query, limit))
        return Hits(hits=[Hit(memory=one) for one in fitting(tags, limit)])


    @hookimpl
    def tmws_tools():
        return here
"""


@pytest.fixture
def plugins(install_plugin: InstallPlugin) -> str:
    """A plugin that keeps memories besides, which is not tmws-memory."""
    install_plugin("memory", _KEEPER)
    return "agents,skills,memory"


@pytest.fixture
def settings(database_url: str, tmp_path: Path, plugins: str) -> Settings:
    """For an empty database: a filled one may be that of another plugin of the same name."""
    values = {"plugins": plugins, "strict": True, "rate_limit": "1000000/second"}
    return Settings({}, home=tmp_path, database_url=database_url, **values)


@pytest.fixture
def asked(application: Application) -> list[tuple[Any, ...]]:
    """What the plugin was asked."""
    calls: list[tuple[Any, ...]] = import_module("memory").asked
    calls.clear()
    return calls


async def set_filter(call: CallTool, kind: str, priority: int = 0, /, **value: object) -> dict[str, Any]:
    about = {"filter_type": kind, "value": value, "priority": priority}
    return await call("skill_filter_set", skill="code-review", **about)


async def activate(call: CallTool, *caller: Principal, **arguments: object) -> tuple[list[str], list[str]]:
    active = await call("skill_activate", *caller, skill="code-review", **arguments)
    return [one["id"] for one in active["memories"]], active["loaded"]["notices"]


async def test_a_filter_brings_the_newest_memories_that_fulfil_it(
    call: CallTool, add: Add, asked: list[tuple[Any, ...]]
) -> None:
    await add()
    await set_filter(call, "tag", tags=["a"], most=3)
    assert await activate(call) == (["1", "2"], [])
    assert asked == [("list", "alice", "", 3)]


async def test_a_task_is_searched_for(call: CallTool, add: Add, asked: list[tuple[Any, ...]], bob: Principal) -> None:
    await add()
    await set_filter(call, "tag", tags=["a"])
    assert (await activate(call, bob, task="review the parser"))[0] == ["1", "2"]
    assert asked == [("search", "bob", "review the parser", 5)]


async def test_the_memories_of_the_higher_priority_come_first_and_each_once(call: CallTool, add: Add) -> None:
    await add()
    await set_filter(call, "tag", 1, tags=["a"])
    await set_filter(call, "tag", 5, tags=["b"])
    assert (await activate(call))[0] == ["2", "1"]
    await set_filter(call, "tag", 0, tags=["b"])
    assert (await activate(call))[0] == ["1", "2"]


async def test_only_what_matters_enough_comes(call: CallTool, add: Add, asked: list[tuple[Any, ...]]) -> None:
    await add()
    await set_filter(call, "importance", importance=0.8)
    assert (await activate(call))[0] == ["1"]
    assert asked[0][-1] == 100


async def test_the_namespace_is_asked_for(call: CallTool, add: Add, asked: list[tuple[Any, ...]]) -> None:
    await add()
    await set_filter(call, "namespace", namespace="library")
    await activate(call)
    assert asked == [("list", "alice", "library", 5)]


async def test_memories_that_do_not_fit_are_left_out(call: CallTool, add: Add) -> None:
    await add()
    await set_filter(call, "tag", tags=["long"])
    assert (await activate(call))[0] == ["3"]


async def test_a_filter_that_fails_is_told_and_the_others_count(call: CallTool, add: Add) -> None:
    await add()
    await set_filter(call, "tag", 2, tags=["broken"])
    await set_filter(call, "tag", 1, tags=["a"])
    assert await activate(call) == (["1", "2"], ["a memory filter brought nothing: the memories are away"])


async def test_whoever_may_not_read_memories_gets_none_and_the_skill_all_the_same(
    call: CallTool, add: Add, asked: list[tuple[Any, ...]]
) -> None:
    await add()
    await set_filter(call, "tag", tags=["a"])
    poor = Principal("poor", "place", frozenset({"skills:read", "skills:write"}))
    found, (notice,) = await activate(call, poor)
    assert found == []
    assert "it needs the scope 'memory:read'" in notice
    assert asked == []
    assert (await call("skill_activations", poor))["total"] == 1


async def test_a_tool_that_takes_other_arguments_is_told(call: CallTool, add: Add) -> None:
    await add()
    await set_filter(call, "tag", tags=["a"], memory_type="decision")
    found, (notice,) = await activate(call)
    assert found == []
    assert "memory_type" in notice


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("tag", {"namespace": "x"}),
        ("namespace", {"tags": ["a"]}),
        ("importance", {}),
        ("importance", {"importance": 1.5}),
        ("tag", {"tags": []}),
        ("tag", {"tags": ["a"], "other": 1}),
        ("colour", {"tags": ["a"]}),
        ("namespace", {"namespace": "No Slug"}),
        ("tag", {"tags": ["a\0"]}),
    ],
)
async def test_a_filter_that_says_nothing_sensible_is_refused(
    call: CallTool, add: Add, kind: str, value: dict[str, object]
) -> None:
    await add()
    with pytest.raises(InvalidArguments):
        await set_filter(call, kind, 0, **value)


async def test_a_filter_is_taken_away(call: CallTool, add: Add) -> None:
    await add()
    await set_filter(call, "tag", tags=["a"])
    about = {"skill": "code-review", "filter_type": "tag", "value": {"tags": ["a"]}, "remove": True}
    assert (await call("skill_filter_set", **about))["memory_filters"] == []
    with pytest.raises(NotFound, match="no such memory filter"):
        await call("skill_filter_set", **about)
