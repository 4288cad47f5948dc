"""Memories become one, on request: what is made, and who may see it."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.tool_errors import AlreadyChanged, InvalidArguments, NotFound, TooLarge
from tmws_memory import consolidation
from tmws_memory.consolidation import Condensed
from tmws_memory.models.consolidation import Consolidation
from tmws_memory.models.memory import Memory

from .sources import CANARY, DEPLOY, ROLLBACK, CallTool, store, two


async def rows(application: Application, model: type[Memory | Consolidation]) -> int:
    counted = select(func.count()).select_from(model)
    return await application.database.transaction(lambda session: session.scalars(counted).one(), read_only=True)


async def test_a_merge_says_everything_once(call: CallTool) -> None:
    result = await call("memory_consolidate", memory_ids=await two(call), method="merge")
    assert result["text"] == f"{DEPLOY}\n\nA rollback needs the tag of the release."
    assert (result["written_by"], result["text_is_complete"]) == ("extractive", True)


async def test_a_summary_without_a_model_has_sentences_of_the_sources_alone(call: CallTool) -> None:
    result = await call("memory_consolidate", memory_ids=await two(call), method="summary", most_characters=60)
    assert result["written_by"] == "extractive"
    assert 0 < len(result["text"]) <= 60
    assert all(line in f"{DEPLOY}\n{ROLLBACK}" for line in result["text"].splitlines())


async def test_one_memory_can_be_compressed(call: CallTool) -> None:
    repeated = f"{DEPLOY} As it happens we do deploy on Tuesdays. Everybody likes that a lot."
    result = await call("memory_consolidate", memory_ids=[await store(call, repeated)], method="compress", share=0.6)
    assert len(result["text"]) < len(repeated)
    assert "12 minutes" in result["text"]


@pytest.mark.parametrize("method", ["summary", "merge"])
async def test_one_memory_alone_is_neither_summarised_nor_merged(call: CallTool, method: str) -> None:
    memory_id = await store(call, DEPLOY)
    with pytest.raises(InvalidArguments, match="takes two memories or more"):
        await call("memory_consolidate", memory_ids=[memory_id, memory_id], method=method)


async def test_the_result_is_found_and_its_sources_are_not(call: CallTool) -> None:
    result = await call("memory_consolidate", memory_ids=await two(call), method="merge")
    hits = (await call("memory_search", query="rollback release Tuesdays"))["hits"]
    assert [hit["memory"]["id"] for hit in hits] == [result["memory"]["id"]]
    assert hits[0]["memory"]["origin"] == "consolidation"


async def test_the_sources_are_in_the_archive(call: CallTool) -> None:
    memory_ids = await two(call)
    result = await call("memory_consolidate", memory_ids=memory_ids, method="merge")
    archived = (await call("memory_list", state="archived"))["memories"]
    assert {memory["id"] for memory in archived} == set(memory_ids)
    assert [source["archived"] for source in result["sources"]] == [True, True]


async def test_the_sources_stay_when_that_is_wished(call: CallTool) -> None:
    memory_ids = await two(call)
    result = await call("memory_consolidate", memory_ids=memory_ids, method="merge", archive_sources=False)
    listed = (await call("memory_list"))["memories"]
    assert {memory["id"] for memory in listed} == {*memory_ids, result["memory"]["id"]}


async def test_the_result_has_what_its_sources_had(call: CallTool) -> None:
    memory_ids = [
        await store(call, DEPLOY, tags=["ops"], importance=0.9, context={"team": "a"}, session="s", memory_type="rule"),
        await store(call, ROLLBACK, tags=["ops", "release"], context={"team": "b"}, session="s", memory_type="rule"),
    ]
    made = await call("memory_consolidate", memory_ids=memory_ids, method="merge")
    memory = await call("memory_get", memory_id=made["memory"]["id"])
    assert {name: memory[name] for name in ("tags", "importance", "context", "session", "memory_type")} == {
        "tags": ["ops", "release"],
        "importance": 0.9,
        "context": {"team": ["a", "b"]},
        "session": "s",
        "memory_type": "rule",
    }


async def test_a_session_that_not_all_sources_have_is_left_out(call: CallTool) -> None:
    memory_ids = [await store(call, DEPLOY, session="s"), await store(call, ROLLBACK)]
    made = await call("memory_consolidate", memory_ids=memory_ids, method="merge")
    assert (await call("memory_get", memory_id=made["memory"]["id"]))["session"] is None


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        (("public", "team"), "team"),
        (("system", "public"), "public"),
        (("team", "private"), "private"),
        (("shared", "team"), "private"),
        (("system", "system"), "system"),
    ],
)
async def test_the_result_is_no_wider_open_than_the_narrowest_source(
    call: CallTool, levels: tuple[str, str], expected: str
) -> None:
    memory_ids = [
        await store(call, DEPLOY, access_level=levels[0]),
        await store(call, ROLLBACK, access_level=levels[1]),
    ]
    made = await call("memory_consolidate", memory_ids=memory_ids, method="merge")
    assert (made["access_level"], made["memory"]["access_level"]) == (expected, expected)


async def test_who_does_not_govern_makes_nothing_for_the_level_system(call: CallTool) -> None:
    memory_ids = await two(call, access_level="system")
    carol = Principal("carol", "place", frozenset({"memory:read", "memory:write"}))
    made = await call("memory_consolidate", principal=carol, memory_ids=memory_ids, method="merge")
    assert made["memory"]["access_level"] == "public"


@pytest.mark.parametrize(("days", "has_end"), [((10, 20), True), ((10, None), False)])
async def test_the_result_lives_as_long_as_its_longest_living_source(
    call: CallTool, days: tuple[float, float | None], has_end: bool
) -> None:
    first = await call("memory_store", content=DEPLOY, ttl_days=days[0])
    second = await call("memory_store", content=ROLLBACK, ttl_days=days[1])
    made = await call("memory_consolidate", memory_ids=[first["id"], second["id"]], method="merge")
    assert made["memory"]["expires_at"] == (second["expires_at"] if has_end else None)


async def test_a_memory_of_another_agent_is_a_source_and_stays_where_it_is(call: CallTool, bob: Principal) -> None:
    theirs = await store(call, ROLLBACK, principal=bob, access_level="team")
    mine = await store(call, DEPLOY, access_level="team")
    made = await call("memory_consolidate", memory_ids=[mine, theirs], method="merge")
    assert [source["archived"] for source in made["sources"]] == [True, False]
    assert (await call("memory_get", memory_id=theirs, principal=bob))["version"] == 1


async def test_a_memory_that_the_caller_cannot_read_is_no_source(call: CallTool, bob: Principal) -> None:
    theirs = await store(call, CANARY, principal=bob)
    mine = await store(call, DEPLOY)
    with pytest.raises(NotFound) as raised:
        await call("memory_consolidate", memory_ids=[mine, theirs], method="merge")
    with pytest.raises(NotFound) as unknown:
        await call("memory_consolidate", memory_ids=[mine, theirs[:-1] + "x"], method="merge")
    assert raised.value.as_json().keys() == unknown.value.as_json().keys()
    assert "heliotrope" not in json.dumps(raised.value.as_json())
    assert (await call("memory_get", memory_id=mine))["version"] == 1


async def test_memories_of_several_namespaces_do_not_become_one(call: CallTool) -> None:
    memory_ids = [await store(call, DEPLOY), await store(call, ROLLBACK, namespace="elsewhere")]
    with pytest.raises(InvalidArguments, match="namespaces elsewhere, place"):
        await call("memory_consolidate", memory_ids=memory_ids, method="merge")


async def test_more_text_than_one_consolidation_takes_is_refused(call: CallTool) -> None:
    memory_ids = [await store(call, f"{letter * 9} " * 30_000) for letter in "ab"]
    with pytest.raises(TooLarge, match="600000 characters together"):
        await call("memory_consolidate", memory_ids=memory_ids, method="merge")


async def test_a_summary_shorter_than_any_sentence_is_refused(call: CallTool) -> None:
    memory_ids = [await store(call, f"{word} " * 30) for word in ("alpha", "beta")]
    with pytest.raises(InvalidArguments, match="allow at least"):
        await call("memory_consolidate", memory_ids=memory_ids, method="summary", most_characters=50)


async def test_a_dry_run_shows_the_result_and_stores_nothing(application: Application, call: CallTool) -> None:
    memory_ids = await two(call, access_level="team")
    shown = await call("memory_consolidate", memory_ids=memory_ids, method="merge", dry_run=True)
    assert (shown["consolidation_id"], shown["memory"], shown["access_level"]) == (None, None, "team")
    assert (await rows(application, Memory), await rows(application, Consolidation)) == (2, 0)
    made = await call("memory_consolidate", memory_ids=memory_ids, method="merge")
    assert made["text"] == shown["text"]


async def test_a_result_may_have_the_text_of_one_of_its_archived_sources(call: CallTool) -> None:
    memory_ids = [await store(call, DEPLOY), await store(call, "The pipeline takes 12 minutes.")]
    made = await call("memory_consolidate", memory_ids=memory_ids, method="merge")
    assert made["text"] == DEPLOY
    assert made["memory"]["id"] not in memory_ids


async def test_a_result_whose_text_another_memory_has_is_a_conflict(application: Application, call: CallTool) -> None:
    memory_ids = [await store(call, DEPLOY), await store(call, "The pipeline takes 12 minutes.")]
    with pytest.raises(AlreadyChanged, match="has the text already"):
        await call("memory_consolidate", memory_ids=memory_ids, method="merge", archive_sources=False)
    assert await rows(application, Consolidation) == 0


def _condensed(sources: list[Memory]) -> Condensed:
    return Condensed("both", "merge", "extractive", {}, sources, archives=True)


async def _read(application: Application, principal: Principal, memory_ids: list[str]) -> list[Memory]:
    return await application.database.transaction(
        lambda session: consolidation.sources(session, principal, memory_ids), read_only=True
    )


@pytest.mark.parametrize("change", [{"content": "We deploy on Fridays."}, {"tags": ["new"]}], ids=["text", "tags"])
async def test_a_source_that_was_changed_in_between_is_a_conflict(
    application: Application, call: CallTool, alice: Principal, change: Mapping[str, Any]
) -> None:
    memory_ids = await two(call)
    read = await _read(application, alice, memory_ids)
    await call("memory_update", memory_id=memory_ids[1], **change)
    with pytest.raises(AlreadyChanged, match="from version 1 to 2"):
        await application.database.transaction(
            lambda session: consolidation.consolidate(session, alice, _condensed(read)), read_only=False
        )
    assert {memory["id"] for memory in (await call("memory_list"))["memories"]} == set(memory_ids)


async def test_a_source_that_was_deleted_in_between_is_a_conflict(
    application: Application, call: CallTool, alice: Principal
) -> None:
    memory_ids = await two(call)
    read = await _read(application, alice, memory_ids)
    await call("memory_delete", memory_id=memory_ids[0])
    with pytest.raises(AlreadyChanged, match="any more"):
        await application.database.transaction(
            lambda session: consolidation.consolidate(session, alice, _condensed(read)), read_only=False
        )


async def test_a_source_that_was_made_private_in_between_makes_the_result_private(
    application: Application, call: CallTool, alice: Principal
) -> None:
    memory_ids = await two(call, access_level="team")
    read = await _read(application, alice, memory_ids)

    def narrow_and_consolidate(session: Session) -> str:
        session.get_one(Memory, memory_ids[0]).access_level = "private"
        session.flush()
        known = [*read]
        known[0] = session.get_one(Memory, memory_ids[0])
        return consolidation.consolidate(session, alice, _condensed(known)).memory.access_level

    assert await application.database.transaction(narrow_and_consolidate, read_only=False) == "private"


async def test_facts_that_are_too_large_together_are_refused_and_no_source_is_archived(call: CallTool) -> None:
    texts = ("The backup runs at night.", "The backup is kept for ten days.")
    stored = [
        await call("memory_store", content=text, context={f"fact{number}": "x" * 20_000})
        for number, text in enumerate(texts)
    ]
    with pytest.raises(TooLarge, match="context has"):
        await call("memory_consolidate", memory_ids=[one["id"] for one in stored], method="merge")
    assert (await call("memory_list", state="archived"))["total"] == 0
