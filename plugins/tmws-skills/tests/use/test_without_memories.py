"""Where no plugin keeps memories, a skill is activated all the same."""

from ..conftest import CallTool
from .conftest import Add


async def test_an_activation_says_that_nobody_keeps_memories(call: CallTool, add: Add) -> None:
    await add()
    await call("skill_filter_set", skill="code-review", filter_type="tag", value={"tags": ["a"]})
    active = await call("skill_activate", skill="code-review")
    assert active["memories"] == []
    assert active["loaded"]["notices"] == ["its memory filters brought nothing: no running plugin offers memory_list"]


async def test_a_skill_without_filters_says_nothing_of_memories(call: CallTool, add: Add) -> None:
    await add()
    assert (await call("skill_activate", skill="code-review"))["loaded"]["notices"] == []


async def test_a_search_says_that_nobody_brings_an_embedder(call: CallTool, add: Add) -> None:
    await add()
    await call("skill_search", query="review")
    found = await call("skill_search", query="review")
    assert found["meaning"] == "found by words alone: no installed plugin brings an embedder for skills"
    assert [hit["similarity"] for hit in found["hits"]] == [None]
