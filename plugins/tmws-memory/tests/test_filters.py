"""Which memories a filter means, by the database and by the tokens of the index."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_core import Principal
from tmws_memory.filters import Filters
from tmws_memory.models.document import Document
from tmws_memory.models.memory import Memory

Remember = Callable[..., Awaitable[str]]

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def found(session: AsyncSession, **values: Any) -> list[str]:
    """The texts of what a filter means."""
    filters = Filters(**({"namespace": "place"} | values))
    conditions = filters.conditions(session.get_bind().dialect.name)
    return list(await session.scalars(select(Memory.content).where(*conditions).order_by(Memory.content)))


async def test_a_namespace_alone_means_everything_in_it(session: AsyncSession, remember: Remember) -> None:
    await remember("here")
    await remember("there", namespace="elsewhere")
    assert await found(session) == ["here"]


async def test_a_type_means_those_of_that_type(session: AsyncSession, remember: Remember) -> None:
    await remember("a", memory_type="fact")
    await remember("b")
    assert await found(session, memory_type="fact") == ["a"]


async def test_an_agent_means_those_of_that_agent(session: AsyncSession, remember: Remember, bob: Principal) -> None:
    await remember("a")
    await remember("b", bob)
    assert await found(session, agent_id="bob") == ["b"]


async def test_tags_mean_those_that_have_all_of_them(session: AsyncSession, remember: Remember) -> None:
    await remember("none")
    await remember("one", tags=["a"])
    await remember("both", tags=["b", "a", "c"])
    assert await found(session, tags=["a"]) == ["both", "one"]
    assert await found(session, tags=["a", "b"]) == ["both"]


@pytest.mark.parametrize("tag", ['"', "'", "%", "_", "\\", "[1]", "1", "null", "Größe", "東京", "‮a", "a b", "{}"])
async def test_a_tag_is_compared_as_it_is(session: AsyncSession, remember: Remember, tag: str) -> None:
    await remember("has it", tags=["x", tag])
    await remember("has it not", tags=["x", f"{tag}{tag}"])
    assert await found(session, tags=[tag]) == ["has it"]


async def test_a_part_of_a_tag_is_not_the_tag(session: AsyncSession, remember: Remember) -> None:
    await remember("a", tags=["release notes", "Release"])
    assert await found(session, tags=["release"]) == []


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({"since": NOON}, ["noon", "one"]),
        ({"until": NOON}, ["eleven"]),
        ({"since": NOON, "until": NOON + HOUR}, ["noon"]),
        ({"since": NOON.astimezone(timezone(9 * HOUR))}, ["noon", "one"]),
        ({"since": NOON + timedelta(microseconds=1)}, ["one"]),
        ({"since": NOON, "until": NOON}, []),
    ],
)
async def test_times_mean_what_was_remembered_between_them(
    session: AsyncSession, remember: Remember, times: dict[str, datetime], expected: list[str]
) -> None:
    for name, moment in (("eleven", NOON - HOUR), ("noon", NOON), ("one", NOON + HOUR)):
        await remember(name, created_at=moment)
    assert await found(session, **times) == expected


async def test_all_conditions_hold_together(session: AsyncSession, remember: Remember) -> None:
    await remember("a", memory_type="fact", tags=["x"])
    await remember("b", memory_type="fact")
    await remember("c", tags=["x"])
    assert await found(session, memory_type="fact", tags=["x"], agent_id="alice") == ["a"]


async def test_its_tokens_stand_in_the_scope_of_what_it_means(session: AsyncSession, remember: Remember) -> None:
    await remember("a", memory_type="fact", tags=["x", "y"])
    scope = str(await session.scalar(select(Document.scope))).split()
    assert set(Filters(namespace="place", memory_type="fact", tags=("x",), agent_id="alice").tokens) <= set(scope)


@pytest.mark.parametrize(
    "values",
    [
        {"namespace": "other"},
        {"memory_type": "x"},
        {"tags": ["x"]},
        {"agent_id": "x"},
        {"since": NOON},
        {"until": NOON},
    ],
)
def test_another_choice_has_another_digest(values: dict[str, Any]) -> None:
    assert Filters(**({"namespace": "place"} | values)).digest != Filters(namespace="place").digest


def test_the_same_choice_has_the_same_digest() -> None:
    first, second = (Filters(namespace="place", tags=("a",), since=NOON) for _ in range(2))
    assert first.digest == second.digest
