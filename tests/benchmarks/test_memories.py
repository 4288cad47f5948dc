"""The benchmarks' own way into the memory feature stores, imports, fills and finds."""

from pathlib import Path

from benchmarks.memories import SEARCH, NewMemory, Question, batches, opened


async def test_a_stored_memory_is_found(tmp_path: Path) -> None:
    async with opened(tmp_path) as memories:
        stored = await memories.store(NewMemory("the heron stands in the shallow water", tags=["bird"]))
        assert await memories.search(Question("heron")) == [stored]


async def test_every_memory_that_is_put_in_at_once_is_found(tmp_path: Path) -> None:
    many = [NewMemory(f"heron number{place} stands", memory_type="decision") for place in range(12)]
    async with opened(tmp_path) as memories:
        await memories.import_all(iter(many))
        assert len(await memories.search(Question("heron", limit=20))) == len(many)
        assert (await memories.search(Question("number7")))[0] in await memories.search(Question("heron", limit=20))


async def test_an_argument_that_no_tool_has_is_not_offered(tmp_path: Path) -> None:
    async with opened(tmp_path) as memories:
        assert memories.offers(SEARCH, "query")
        assert not memories.offers(SEARCH, "colour")


def test_batches_leave_nothing_out() -> None:
    assert list(batches(iter("abcde"), 2)) == [["a", "b"], ["c", "d"], ["e"]]
