"""Skills and memories together: an activation brings memories, and the embedder of memories finds skills, too."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.pipeline import Call
from tmws_core.settings import Settings

SKILL_MD = """\
---
name: {name}
description: {description}
---
{body}
"""
ALICE = Principal("alice", "place", frozenset({"*"}))
BOB = Principal("bob", "place", frozenset({"*"}))


@pytest_asyncio.fixture
async def application(filled_database_url: str, tmp_path: Path) -> AsyncIterator[Application]:
    values = {"plugins": "agents,memory,skills", "strict": True, "rate_limit": "1000000/second"}
    async with Application(Settings({}, home=tmp_path, database_url=filled_database_url, **values)) as opened:
        yield opened


async def called(
    application: Application, tool: str, caller: Principal = ALICE, /, **arguments: object
) -> dict[str, Any]:
    return await application.pipeline.call_tool(Call(caller, "mcp"), tool, arguments)


async def create(application: Application, name: str, description: str, body: str) -> None:
    text = SKILL_MD.format(name=name, description=description, body=body)
    await called(application, "skill_create", skill_md=text, access_level="public")


async def test_a_skill_brings_the_memories_that_its_caller_may_read(application: Application) -> None:
    await create(application, "code-review", "Reviews.", "Read the change twice.")
    await called(
        application, "skill_filter_set", skill="code-review", filter_type="tag", value={"tags": ["review"], "most": 10}
    )
    for content, level in (("Ask for tests.", "team"), ("My own list.", "private")):
        await called(application, "memory_store", content=content, tags=["review"], access_level=level, importance=0.8)
    await called(application, "memory_store", content="Unrelated.", access_level="team")

    async def brought(caller: Principal, **arguments: object) -> list[str]:
        active = await called(application, "skill_activate", caller, skill="code-review", **arguments)
        assert active["loaded"]["notices"] == []
        return sorted(one["content"] for one in active["memories"])

    assert await brought(ALICE) == ["Ask for tests.", "My own list."]
    assert await brought(BOB) == ["Ask for tests."]
    assert await brought(BOB, task="ask for tests of a change") == ["Ask for tests."]


async def test_a_filter_by_importance_leaves_out_what_matters_less(application: Application) -> None:
    await create(application, "code-review", "Reviews.", "Read the change twice.")
    value = {"importance": 0.7}
    await called(application, "skill_filter_set", skill="code-review", filter_type="importance", value=value)
    for importance in (0.2, 0.9):
        await called(application, "memory_store", content=f"It matters {importance}.", importance=importance)
    active = await called(application, "skill_activate", skill="code-review")
    assert [one["content"] for one in active["memories"]] == ["It matters 0.9."]


async def test_a_skill_is_found_by_its_meaning_with_the_embedder_of_memories(application: Application) -> None:
    await create(application, "feeding-cats", "What kittens eat.", "Give the kitten fish and milk.")
    await create(application, "tax-return", "Fill in the forms of the tax office.", "Add up the income of the year.")
    async with asyncio.timeout(60):
        while "meaning with" not in (await called(application, "skill_search", query="pets"))["meaning"]:  # noqa: ASYNC110 -- a thread loads the embedder
            await asyncio.sleep(0.05)
    found = await called(application, "skill_search", query="money owed to the government")
    assert found["hits"][0]["skill"]["name"] == "tax-return"
    assert found["hits"][0]["similarity"] > 0
