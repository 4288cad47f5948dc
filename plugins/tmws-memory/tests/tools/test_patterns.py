"""What recurs in what an agent stores and recalls is found, kept once, and shown within what it may still see."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tmws_core import Principal
from tmws_core.application import Application
from tmws_memory.state import MemoryState

CallTool = Callable[..., Awaitable[dict[str, Any]]]

GARDEN = [
    "Tomato seedlings in the greenhouse need water every morning.",
    "The greenhouse roof opens when the tomato seedlings get too warm.",
    "Fertilise the tomato seedlings in the greenhouse once a week.",
    "The greenhouse is full: no more tomato seedlings this spring.",
]


@pytest.fixture
def call(application: Application, call: CallTool) -> CallTool:
    """Calls a tool when everything is embedded, so that it does not depend on the speed of the background."""

    async def call_when_embedded(tool: str, /, **arguments: Any) -> dict[str, Any]:
        if tool == "memory_patterns_find":
            await application.state(MemoryState).worker.finish()
        return await call(tool, **arguments)

    return call_when_embedded


async def sessions(call: CallTool, count: int, start: int = 0, **arguments: Any) -> list[str]:
    """Sessions in which a failure is followed by a fix, and others in which neither occurs."""
    memories = []
    for number in range(start, start + count):
        name = f"s{number}"
        memories += [
            {"content": f"The build {number} broke.", "tags": ["failure"], "session": name},
            {"content": f"Build {number} was repaired.", "tags": ["fix"], "session": name},
            {"content": f"Lunch was at {number} past noon.", "tags": [f"note{number}"], "session": f"{name} other"},
            {"content": f"The cat number {number} slept.", "tags": [f"pet{number}"], "session": f"{name} third"},
        ]
    stored = await call("memory_store_many", memories=memories, **arguments)
    return [one["id"] for one in stored["result"]]


async def garden(call: CallTool) -> list[str]:
    """Memories on one subject in several sessions, besides others on none."""
    others = ["The nightly backup is kept for ten days.", "Lunch is at noon.", "The printer is out of paper again."]
    memories = [{"content": text, "session": f"s{number}"} for number, text in enumerate([*GARDEN, *others])]
    stored = await call("memory_store_many", memories=memories)
    return [one["id"] for one in stored["result"]][: len(GARDEN)]


async def patterns(call: CallTool, **arguments: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await call("memory_patterns", limit=100, **arguments))["patterns"]
    return found


async def fixes(call: CallTool, **arguments: Any) -> dict[str, Any]:
    """The pattern that a fix follows a failure."""
    (found,) = [
        one
        for one in await patterns(call, pattern_type="sequence", **arguments)
        if one["what"]["steps"] == ["tag:failure", "tag:fix"]
    ]
    return found


async def test_what_follows_what_is_found(call: CallTool) -> None:
    memory_ids = await sessions(call, 8)
    outcome = await call("memory_patterns_find")
    found = await fixes(call)
    assert (found["confidence"], found["frequency"], found["active"]) == (1.0, 8, True)
    assert set(found["memory_ids"]) <= set(memory_ids)
    assert (outcome["examined"], outcome["examined_all"], outcome["former"]) == (32, True, 0)
    assert outcome["found"] == outcome["new"] > 0


async def test_what_is_found_again_is_the_same_row(call: CallTool) -> None:
    await sessions(call, 8)
    await call("memory_patterns_find")
    before = await fixes(call)
    await sessions(call, 2, start=8)
    outcome = await call("memory_patterns_find")
    after = await fixes(call)
    assert (after["id"], after["frequency"]) == (before["id"], 10)
    assert after["found_at"] > before["found_at"]
    assert len(await patterns(call)) == outcome["found"]


async def test_to_look_twice_changes_nothing(call: CallTool) -> None:
    await sessions(call, 8)
    first = await call("memory_patterns_find")
    second = await call("memory_patterns_find")
    assert (second["found"], second["new"], second["former"]) == (first["found"], 0, 0)


async def test_what_is_not_found_any_more_is_a_former_pattern(call: CallTool) -> None:
    memory_ids = await sessions(call, 8)
    await call("memory_patterns_find")
    before = await fixes(call)
    for memory_id in memory_ids:
        await call("memory_delete", memory_id=memory_id)
    outcome = await call("memory_patterns_find")
    assert (outcome["found"], outcome["former"] > 0, await patterns(call)) == (0, True, [])
    former = await fixes(call, include_former=True)
    assert (former["id"], former["active"], former["memory_ids"]) == (before["id"], False, [])


async def test_a_former_pattern_can_come_back(call: CallTool) -> None:
    memory_ids = await sessions(call, 8)
    await call("memory_patterns_find")
    before = await fixes(call)
    for memory_id in memory_ids:
        await call("memory_delete", memory_id=memory_id)
    await call("memory_patterns_find")
    for memory_id in memory_ids:
        await call("memory_restore", memory_id=memory_id)
    outcome = await call("memory_patterns_find")
    assert ((await fixes(call))["id"], outcome["new"]) == (before["id"], outcome["found"])


async def test_topics_that_recur_are_clusters(call: CallTool) -> None:
    memory_ids = await garden(call)
    await call("memory_patterns_find")
    (found,) = await patterns(call, pattern_type="cluster")
    assert set(found["memory_ids"]) == set(memory_ids)
    assert "greenhouse" in found["what"]["words"]


async def test_a_topic_in_a_sequence_is_told_by_its_words(call: CallTool) -> None:
    memories = []
    for number in range(8):
        memories += [
            {"content": f"Tomato seedlings in the greenhouse need water, round {number}.", "session": f"s{number}"},
            {"content": f"Done {number}.", "tags": ["done"], "session": f"s{number}"},
            {"content": f"Weather {number}.", "tags": [f"w{number}"], "session": f"o{number}"},
        ]
    await call("memory_store_many", memories=memories)
    await call("memory_patterns_find")
    steps = [one["what"]["steps"] for one in await patterns(call, pattern_type="sequence")]
    assert any(
        first.startswith("topic:") and "greenhouse" in first and second == "tag:done" for first, second, *_ in steps
    )


async def test_a_consolidation_does_not_take_patterns_away(call: CallTool) -> None:
    memory_ids = await sessions(call, 8)
    before = await call("memory_patterns_find")
    await call("memory_consolidate", memory_ids=memory_ids, method="merge")
    after = await call("memory_patterns_find")
    assert (after["examined"], after["found"], after["former"]) == (before["examined"], before["found"], 0)


async def test_patterns_belong_to_one_agent_in_one_namespace(call: CallTool, bob: Principal) -> None:
    await sessions(call, 8)
    await call("memory_patterns_find")
    await call("memory_patterns_find", principal=bob)
    assert (await patterns(call, principal=bob), await patterns(call, namespace="elsewhere")) == ([], [])


async def test_what_others_have_stored_is_no_pattern_of_the_caller(call: CallTool, bob: Principal) -> None:
    await sessions(call, 8, principal=bob)
    outcome = await call("memory_patterns_find")
    assert (outcome["examined"], outcome["found"]) == (0, 0)


async def test_only_patterns_as_sure_as_wished_are_listed(call: CallTool) -> None:
    await garden(call)
    await call("memory_patterns_find")
    (found,) = await patterns(call, pattern_type="cluster")
    assert await patterns(call, pattern_type="cluster", min_confidence=found["confidence"]) == [found]
    assert await patterns(call, pattern_type="cluster", min_confidence=found["confidence"] + 0.01) == []


async def test_the_surest_are_listed_first_and_all_are_counted(call: CallTool) -> None:
    await sessions(call, 8)
    outcome = await call("memory_patterns_find")
    told = await call("memory_patterns", limit=1)
    everything = await patterns(call)
    assert (len(told["patterns"]), told["total"]) == (1, outcome["found"])
    assert [one["confidence"] for one in everything] == sorted((one["confidence"] for one in everything), reverse=True)


async def recalls(application: Application, call: CallTool, *questions: str, **arguments: Any) -> None:
    for question in questions:
        await call("memory_search", query=question, limit=2, **arguments)
    await application.state(MemoryState).accesses.count()


async def pair(call: CallTool, bob: Principal) -> tuple[str, str]:
    """A memory of bob and one of alice that the same questions find, and others that other questions find."""
    theirs = await call("memory_store", content="Zebra stripes confuse flies.", principal=bob, access_level="team")
    mine = await call("memory_store", content="Zebra herds follow the rain.")
    for animal in ("Otter", "Heron", "Badger"):
        await call("memory_store", content=f"{animal} tracks lead to the river.")
    return theirs["id"], mine["id"]


QUESTIONS = ["zebra"] * 5 + ["otter", "heron", "badger"] * 4


async def recalled_pairs(call: CallTool) -> list[dict[str, Any]]:
    found = await patterns(call, pattern_type="correlation")
    return [one for one in found if one["what"]["how"] == "recalled"]


async def test_memories_that_are_recalled_together_are_a_correlation(
    application: Application, call: CallTool, bob: Principal
) -> None:
    together = await pair(call, bob)
    await recalls(application, call, *QUESTIONS)
    outcome = await call("memory_patterns_find")
    assert outcome["recalls"] == len(QUESTIONS)
    assert any(set(one["what"]["together"]) == set(together) for one in await recalled_pairs(call))


async def test_a_pair_with_a_memory_that_is_hidden_by_now_is_not_shown(
    application: Application, call: CallTool, bob: Principal
) -> None:
    theirs, _ = await pair(call, bob)
    await recalls(application, call, *QUESTIONS)
    await call("memory_patterns_find")
    await call("memory_update", principal=bob, memory_id=theirs, access_level="private")
    assert theirs not in json.dumps(await patterns(call))
    await call("memory_patterns_find")
    assert theirs not in json.dumps(await patterns(call, include_former=True))


async def test_recalls_of_others_are_no_pattern_of_the_caller(
    application: Application, call: CallTool, bob: Principal
) -> None:
    await pair(call, bob)
    await recalls(application, call, *QUESTIONS, principal=bob)
    assert (await call("memory_patterns_find"))["recalls"] == 0


async def test_a_reader_may_not_look_for_patterns_but_lists_them(call: CallTool) -> None:
    await sessions(call, 8)
    await call("memory_patterns_find")
    reader = Principal("alice", "place", frozenset({"memory:read"}))
    assert await patterns(call, principal=reader)
