"""What could be consolidated is proposed, within what the caller may see, and nothing is changed."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.application import Application
from tmws_memory.corpus import space_of
from tmws_memory.state import MemoryState
from tmws_memory.vectors.rows import keep, stored

CallTool = Callable[..., Awaitable[dict[str, Any]]]

NIGHTLY = "The nightly backup of the orders database runs at half past two and is kept for ten days."
NIGHTLY_TOO = "The nightly backup of the orders database runs at half past two, and is kept for ten days in Oslo."
GARDEN = [
    "Tomato seedlings in the greenhouse need water every morning.",
    "The greenhouse roof opens when the tomato seedlings get too warm.",
    "Fertilise the tomato seedlings in the greenhouse once a week.",
    "The greenhouse is full: no more tomato seedlings this spring.",
]
OTHERS = [NIGHTLY, "Lunch is at noon.", "The printer is out of paper again."]
CANARY = "Tomato seedlings in the greenhouse hide the key heliotrope-4711."


@pytest.fixture
def call(application: Application, call: CallTool) -> CallTool:
    """Calls a tool when everything is embedded, so that it does not depend on the speed of the background."""

    async def call_when_embedded(tool: str, /, **arguments: Any) -> dict[str, Any]:
        if tool == "memory_consolidation_proposals":
            await application.state(MemoryState).worker.finish()
        return await call(tool, **arguments)

    return call_when_embedded


async def store(call: CallTool, *contents: str, **arguments: Any) -> list[str]:
    return [(await call("memory_store", content=content, **arguments))["id"] for content in contents]


async def test_memories_that_say_nearly_the_same_are_proposed_to_be_merged(call: CallTool) -> None:
    memory_ids = await store(call, NIGHTLY, NIGHTLY_TOO, *GARDEN)
    found = await call("memory_consolidation_proposals")
    (proposal,) = found["proposals"]
    assert (set(proposal["memory_ids"]), proposal["method"]) == (set(memory_ids[:2]), "merge")
    assert proposal["members"][0]["similarity"] == 1.0
    assert 0.6 <= proposal["members"][1]["similarity"] < 1
    assert (found["found"], found["examined"], found["examined_all"]) == (1, 6, True)


async def test_the_preview_is_what_the_proposal_makes(call: CallTool) -> None:
    await store(call, NIGHTLY, NIGHTLY_TOO)
    (proposal,) = (await call("memory_consolidation_proposals"))["proposals"]
    made = await call("memory_consolidate", memory_ids=proposal["memory_ids"], method=proposal["method"])
    assert (made["text"], proposal["preview_is_complete"]) == (proposal["preview"], True)


async def test_memories_on_one_subject_are_proposed_to_be_summarised(call: CallTool) -> None:
    memory_ids = await store(call, *GARDEN, *OTHERS)
    (proposal,) = (await call("memory_consolidation_proposals", kind="topics"))["proposals"]
    assert (proposal["memory_ids"], proposal["method"]) == (memory_ids[:4], "summary")
    assert "greenhouse" in proposal["words"]
    assert proposal["preview"]


async def test_nothing_is_changed_by_a_proposal(call: CallTool) -> None:
    await store(call, *GARDEN)
    before = await call("memory_list")
    await call("memory_consolidation_proposals", kind="topics")
    assert await call("memory_list") == before


@pytest.mark.parametrize("kind", ["duplicates", "topics"])
async def test_what_the_caller_cannot_read_shows_in_no_proposal(call: CallTool, bob: Principal, kind: str) -> None:
    hidden = await store(call, CANARY, GARDEN[0], principal=bob)
    carol = Principal("carol", "elsewhere", frozenset({"*"}))
    elsewhere = await store(call, CANARY, principal=carol, namespace="place")
    await store(call, *GARDEN, NIGHTLY, NIGHTLY_TOO)
    told = await call("memory_consolidation_proposals", kind=kind, limit=20)
    assert told["examined"] == 6
    for secret in ("heliotrope", *hidden, *elsewhere):
        assert secret not in json.dumps(told)


async def test_a_topic_holds_what_others_let_the_caller_read(call: CallTool, bob: Principal) -> None:
    theirs = await store(call, GARDEN[0], principal=bob, access_level="team")
    mine = await store(call, *GARDEN[1:])
    await store(call, *OTHERS)
    (proposal,) = (await call("memory_consolidation_proposals", kind="topics"))["proposals"]
    assert set(proposal["memory_ids"]) == {*theirs, *mine}


async def test_only_memories_of_the_caller_are_proposed_as_duplicates(call: CallTool, bob: Principal) -> None:
    await store(call, NIGHTLY, principal=bob, access_level="team")
    await store(call, NIGHTLY_TOO)
    assert (await call("memory_consolidation_proposals"))["proposals"] == []


async def test_what_is_archived_is_not_proposed_again(call: CallTool) -> None:
    memory_ids = await store(call, NIGHTLY, NIGHTLY_TOO)
    await call("memory_consolidate", memory_ids=memory_ids, method="merge")
    assert (await call("memory_consolidation_proposals"))["found"] == 0


async def test_each_namespace_is_looked_at_by_itself(call: CallTool) -> None:
    await store(call, NIGHTLY, NIGHTLY_TOO, namespace="elsewhere")
    assert (await call("memory_consolidation_proposals"))["examined"] == 0
    assert (await call("memory_consolidation_proposals", namespace="elsewhere"))["found"] == 1


async def test_very_long_memories_are_left_out_and_that_is_told(call: CallTool) -> None:
    await store(call, NIGHTLY, "long " * 10_001)
    told = await call("memory_consolidation_proposals")
    assert (told["examined"], told["examined_all"]) == (1, False)


async def test_no_more_proposals_are_shown_than_asked_for(call: CallTool) -> None:
    await store(call, NIGHTLY, NIGHTLY_TOO, GARDEN[0], f"{GARDEN[0]} Really.")
    told = await call("memory_consolidation_proposals", limit=1)
    assert (len(told["proposals"]), told["found"]) == (1, 2)


async def test_a_proposal_needs_only_the_right_to_read(call: CallTool) -> None:
    await store(call, NIGHTLY, NIGHTLY_TOO)
    reader = Principal("alice", "place", frozenset({"memory:read"}))
    assert (await call("memory_consolidation_proposals", principal=reader))["found"] == 1


async def test_memories_of_the_same_meaning_in_other_words_are_proposed(
    application: Application, call: CallTool
) -> None:
    """The vectors come from the table of the index: two texts without a word in common get the same one."""
    first, second = await store(call, "Backups happen nightly.", "Copies are made after midnight.")
    state = application.state(MemoryState)
    await state.worker.finish()
    assert (await call("memory_consolidation_proposals"))["found"] == 0

    space = await space_of(state.meaning, "place")
    assert space is not None

    def give_both_one_vector(session: Session) -> None:
        keep(session, space, {second: stored(session, space, [first])[first]})

    await application.database.transaction(give_both_one_vector, read_only=False)
    (proposal,) = (await call("memory_consolidation_proposals"))["proposals"]
    assert set(proposal["memory_ids"]) == {first, second}
