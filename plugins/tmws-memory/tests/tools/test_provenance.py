"""Where a memory comes from, as far as each may see it."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import update

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.columns import utc_now
from tmws_core.tool_errors import NotFound
from tmws_memory.models.memory import Memory

from .sources import CANARY, DEPLOY, CallTool, store, two


async def test_a_memory_tells_from_which_it_was_made(call: CallTool) -> None:
    memory_ids = await two(call)
    made = await call("memory_consolidate", memory_ids=memory_ids, method="merge")
    (told,) = (await call("memory_provenance", memory_id=made["memory"]["id"]))["result"]
    assert [source["id"] for source in told["sources"]] == memory_ids
    assert {(source["state"], source["unchanged"]) for source in told["sources"]} == {("archived", True)}
    assert (told["method"], told["written_by"], told["agent_id"], told["undone"]) == (
        "merge",
        "extractive",
        "alice",
        False,
    )


async def test_a_memory_that_was_stored_as_it_is_comes_from_no_other(call: CallTool) -> None:
    assert (await call("memory_provenance", memory_id=await store(call, DEPLOY)))["result"] == []


async def test_a_source_that_changed_after_it_was_condensed_is_told_as_such(call: CallTool) -> None:
    memory_ids = await two(call)
    made = await call("memory_consolidate", memory_ids=memory_ids, method="merge", archive_sources=False)
    await call("memory_update", memory_id=memory_ids[1], content="Rollbacks are automatic now.")
    (told,) = (await call("memory_provenance", memory_id=made["memory"]["id"]))["result"]
    assert [source["unchanged"] for source in told["sources"]] == [True, False]


async def test_sources_that_a_reader_may_not_see_are_neither_named_nor_counted(call: CallTool, bob: Principal) -> None:
    private = await store(call, CANARY)
    public = await store(call, DEPLOY, access_level="public")
    made = await call("memory_consolidate", memory_ids=[public, private], method="merge", archive_sources=False)
    await call("memory_update", memory_id=made["memory"]["id"], content="Public by now.", access_level="public")
    (told,) = (await call("memory_provenance", principal=bob, memory_id=made["memory"]["id"]))["result"]
    assert [source["id"] for source in told["sources"]] == [public]
    assert private not in json.dumps(told)
    assert "heliotrope" not in json.dumps(told)


async def _sources(call: CallTool, memory_id: str) -> list[str]:
    (told,) = (await call("memory_provenance", memory_id=memory_id))["result"]
    return [source["id"] for source in told["sources"]]


async def test_a_source_that_was_deleted_is_no_longer_told(call: CallTool) -> None:
    one, other = await two(call)
    made = await call("memory_consolidate", memory_ids=[one, other], method="merge", archive_sources=False)
    await call("memory_delete", memory_id=one)
    assert await _sources(call, made["memory"]["id"]) == [other]
    await call("memory_restore", memory_id=one)
    assert await _sources(call, made["memory"]["id"]) == [one, other]


@pytest.mark.parametrize("archived", [True, False])
async def test_a_source_whose_lifetime_is_over_is_no_longer_told(
    application: Application, call: CallTool, archived: bool
) -> None:
    one, other = await two(call)
    made = await call("memory_consolidate", memory_ids=[one, other], method="merge", archive_sources=archived)
    over = update(Memory).where(Memory.id == one).values(expires_at=utc_now() - timedelta(minutes=1))
    await application.database.transaction(lambda session: session.execute(over), read_only=False)
    assert await _sources(call, made["memory"]["id"]) == [other]


async def test_the_provenance_of_a_hidden_memory_is_hidden(call: CallTool, bob: Principal) -> None:
    made = await call("memory_consolidate", memory_ids=await two(call), method="merge")
    with pytest.raises(NotFound):
        await call("memory_provenance", principal=bob, memory_id=made["memory"]["id"])
