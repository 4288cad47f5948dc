"""A consolidation is taken back, or it is said why not."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.tool_errors import AlreadyChanged, NotFound
from tmws_memory import removal
from tmws_memory.models.consolidation import Consolidation
from tmws_memory.models.memory import Memory

from .sources import DEPLOY, ROLLBACK, CallTool, store, two


async def columns(application: Application, memory_id: str) -> dict[str, Any]:
    """A memory as it is stored, without what any writing changes."""

    def read(session: Session) -> dict[str, Any]:
        memory = session.get_one(Memory, memory_id)
        names = Memory.__mapper__.column_attrs.keys()
        passing = {"version", "updated_at", "embedding_status", "embedding_model", "embedding_dimension"}
        return {name: getattr(memory, name) for name in names if name not in passing}

    return await application.database.transaction(read, read_only=True)


async def test_what_is_undone_is_as_it_was(application: Application, call: CallTool, bob: Principal) -> None:
    memory_ids = await two(call, tags=["ops"], access_level="shared", session="s", context={"a": 1}, ttl_days=9)
    await call("memory_share", memory_id=memory_ids[0], agent_id="metis-developer", permission="write")
    before = [await columns(application, memory_id) for memory_id in memory_ids]
    made = await call("memory_consolidate", memory_ids=memory_ids, method="merge")
    undone = await call("memory_unconsolidate", consolidation_id=made["consolidation_id"])
    assert {one["id"] for one in undone["restored"]} == set(memory_ids)
    assert [await columns(application, memory_id) for memory_id in memory_ids] == before
    hits = (await call("memory_search", query="rollback release Tuesdays"))["hits"]
    assert {hit["memory"]["id"] for hit in hits} == set(memory_ids)
    assert [grant["agent_id"] for grant in await grants(call, memory_ids[0])] == ["metis-developer"]


async def grants(call: CallTool, memory_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await call("memory_grants", memory_id=memory_id))["result"]
    return found


async def test_the_result_of_what_is_undone_is_deleted(call: CallTool) -> None:
    made = await call("memory_consolidate", memory_ids=await two(call), method="merge")
    undone = await call("memory_unconsolidate", consolidation_id=made["consolidation_id"])
    deleted = (await call("memory_list", state="deleted"))["memories"]
    assert [memory["id"] for memory in deleted] == [made["memory"]["id"]] == [undone["deleted"]["id"]]


async def test_a_result_with_the_text_of_a_source_makes_room_for_it(call: CallTool) -> None:
    memory_ids = [await store(call, DEPLOY), await store(call, "The pipeline takes 12 minutes.")]
    made = await call("memory_consolidate", memory_ids=memory_ids, method="merge")
    await call("memory_unconsolidate", consolidation_id=made["consolidation_id"])
    assert (await call("memory_get", memory_id=memory_ids[0]))["content"] == DEPLOY


async def test_nothing_is_undone_twice(call: CallTool) -> None:
    made = await call("memory_consolidate", memory_ids=await two(call), method="merge")
    await call("memory_unconsolidate", consolidation_id=made["consolidation_id"])
    with pytest.raises(AlreadyChanged, match="undone already"):
        await call("memory_unconsolidate", consolidation_id=made["consolidation_id"])


async def test_only_who_has_consolidated_undoes_it(call: CallTool, bob: Principal) -> None:
    made = await call("memory_consolidate", memory_ids=await two(call, access_level="public"), method="merge")
    with pytest.raises(NotFound, match="of yours"):
        await call("memory_unconsolidate", principal=bob, consolidation_id=made["consolidation_id"])


@pytest.mark.parametrize("consolidation_id", ["nothing", "\0", "00000000-0000-7000-8000-000000000000"])
async def test_a_consolidation_that_is_not_there_cannot_be_undone(call: CallTool, consolidation_id: str) -> None:
    with pytest.raises(NotFound, match="there is no consolidation"):
        await call("memory_unconsolidate", consolidation_id=consolidation_id)


async def test_a_result_that_was_changed_is_not_thrown_away(call: CallTool) -> None:
    made = await call("memory_consolidate", memory_ids=await two(call), method="merge")
    await call("memory_update", memory_id=made["memory"]["id"], content="We deploy by hand.")
    with pytest.raises(AlreadyChanged, match="was changed after it was made"):
        await call("memory_unconsolidate", consolidation_id=made["consolidation_id"])


async def test_a_result_that_went_into_another_one_comes_back_first(call: CallTool) -> None:
    first = await call("memory_consolidate", memory_ids=await two(call), method="merge")
    other = await store(call, "Backups run at night.")
    second = await call("memory_consolidate", memory_ids=[first["memory"]["id"], other], method="merge")
    with pytest.raises(AlreadyChanged, match="consolidated again"):
        await call("memory_unconsolidate", consolidation_id=first["consolidation_id"])
    await call("memory_unconsolidate", consolidation_id=second["consolidation_id"])
    undone = await call("memory_unconsolidate", consolidation_id=first["consolidation_id"])
    assert len(undone["restored"]) == 2


async def test_a_source_that_another_consolidation_has_archived_since_stays_there(call: CallTool) -> None:
    one, other = await two(call)
    third = await store(call, "Backups run at night.")
    first = await call("memory_consolidate", memory_ids=[one, other], method="merge")
    await call("memory_restore", memory_id=one)
    await call("memory_consolidate", memory_ids=[one, third], method="merge")
    undone = await call("memory_unconsolidate", consolidation_id=first["consolidation_id"])
    assert [memory["id"] for memory in undone["restored"]] == [other]


async def test_a_source_that_was_remembered_anew_hinders_the_whole_undoing(call: CallTool) -> None:
    made = await call("memory_consolidate", memory_ids=await two(call), method="merge")
    await store(call, ROLLBACK)
    with pytest.raises(AlreadyChanged, match="has that text already"):
        await call("memory_unconsolidate", consolidation_id=made["consolidation_id"])
    assert (await call("memory_get", memory_id=made["memory"]["id"]))["content"] == made["text"]
    assert (await call("memory_list", state="archived"))["total"] == 2


async def test_a_source_that_is_gone_for_good_hinders_the_undoing(application: Application, call: CallTool) -> None:
    one, other = await two(call)
    made = await call("memory_consolidate", memory_ids=[one, other], method="merge")
    await application.database.transaction(
        lambda session: session.delete(session.get_one(Memory, one)), read_only=False
    )
    with pytest.raises(AlreadyChanged, match="gone for good"):
        await call("memory_unconsolidate", consolidation_id=made["consolidation_id"])
    assert (await call("memory_list"))["total"] == 1


async def test_a_consolidation_that_says_nothing_about_itself_can_be_undone(
    application: Application, call: CallTool, alice: Principal
) -> None:
    memory_ids = await two(call)
    made = await call("memory_consolidate", memory_ids=memory_ids, method="merge", archive_sources=False)

    def forget(session: Session) -> None:
        session.get_one(Consolidation, made["consolidation_id"]).consolidation_metadata = {}
        removal.archive(session, [session.get_one(Memory, memory_ids[0])])

    await application.database.transaction(forget, read_only=False)
    (told,) = (await call("memory_provenance", memory_id=made["memory"]["id"]))["result"]
    assert told["written_by"] is None
    undone = await call("memory_unconsolidate", consolidation_id=made["consolidation_id"])
    assert undone["restored"] == []
