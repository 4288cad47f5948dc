"""What the database holds true of a memory."""

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from tmws_agents.models.agent import Agent
from tmws_core.columns import utc_now
from tmws_memory.models.memory import Memory


def new_memory(**values: object) -> Memory:
    necessary = {"content": "x", "content_hash": "1" * 64, "agent_id": "metis-developer", "namespace": "default"}
    return Memory(**(necessary | values))


async def test_a_text_is_present_once_for_an_owner_in_a_namespace(session: AsyncSession, memory: Memory) -> None:
    session.add(new_memory(content=memory.content, content_hash=memory.content_hash))
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        await session.flush()


@pytest.mark.parametrize(
    "other",
    [
        {"agent_id": "aurora-researcher"},
        {"namespace": "elsewhere"},
        {"deleted_at": utc_now()},
        {"archived_at": utc_now()},
    ],
)
async def test_a_text_may_be_there_again_for_others_and_elsewhere_and_away(
    session: AsyncSession, memory: Memory, other: dict[str, object]
) -> None:
    session.add(new_memory(content=memory.content, content_hash=memory.content_hash, **other))
    await session.flush()
    assert await session.scalar(select(func.count()).select_from(Memory)) == 2


async def test_a_memory_is_not_empty(session: AsyncSession) -> None:
    session.add(new_memory(content=""))
    with pytest.raises(IntegrityError, match="ck_memories_content_not_empty"):
        await session.flush()


@pytest.mark.parametrize("column", ["content", "content_hash", "namespace", "agent_id"])
async def test_what_makes_a_memory_is_never_missing(session: AsyncSession, column: str) -> None:
    session.add(new_memory(**{column: None}))
    with pytest.raises(IntegrityError, match=r"(?i)not.null"):
        await session.flush()


async def test_a_row_written_by_hand_gets_the_defaults_of_the_model(session: AsyncSession, memory: Memory) -> None:
    await session.execute(
        text(
            "INSERT INTO memories (id, content, content_hash, agent_id, namespace) "
            "VALUES ('1', 'x', 'x', 'metis-developer', 'default')"
        )
    )
    by_hand = await session.get_one(Memory, "1")
    defaults = [column.key for column in Memory.__table__.columns if column.default is not None]
    same = set(defaults) - {"id", "created_at", "updated_at", "metadata"}
    assert {key: getattr(by_hand, key) for key in same} == {key: getattr(memory, key) for key in same}


async def test_a_new_memory_is_private_and_at_its_first_version(memory: Memory) -> None:
    assert (memory.access_level, memory.version, memory.memory_type) == ("private", 1, "general")
    assert (memory.expires_at, memory.deleted_at, memory.accessed_at) == (None, None, None)


@pytest.mark.parametrize("column", ["embedding_status", "access_level"])
async def test_the_database_refuses_an_unknown_word(session: AsyncSession, memory: Memory, column: str) -> None:
    with pytest.raises(IntegrityError, match=f"ck_memories_{column}"):
        await session.execute(text(f"UPDATE memories SET {column} = 'x'"))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("importance_score", -0.1),
        ("importance_score", 1.1),
        ("relevance_score", -0.1),
        ("relevance_score", 1.1),
        ("learning_weight", 0.09),
        ("learning_weight", 10.1),
    ],
)
async def test_a_score_out_of_its_range_is_refused(
    session: AsyncSession, memory: Memory, column: str, value: float
) -> None:
    with pytest.raises(IntegrityError, match=f"ck_memories_{column}_range"):
        await session.execute(update(Memory).values({column: value}))


@pytest.mark.parametrize(("column", "value"), [("access_count", -1), ("version", 0), ("embedding_dimension", 0)])
async def test_a_number_that_is_too_small_is_refused(
    session: AsyncSession, memory: Memory, column: str, value: int
) -> None:
    with pytest.raises(IntegrityError, match=f"ck_memories_{column}_minimum"):
        await session.execute(update(Memory).values({column: value}))


async def test_a_change_raises_the_version(session: AsyncSession, memory: Memory) -> None:
    memory.tags.append("changed")
    await session.flush()
    await session.refresh(memory)
    assert (memory.version, memory.tags) == (2, ["changed"])


async def test_a_change_of_what_somebody_else_has_changed_is_refused(session: AsyncSession, memory: Memory) -> None:
    await session.execute(text("UPDATE memories SET version = 2"))
    memory.content = "mine"
    with pytest.raises(StaleDataError):
        await session.flush()


async def test_only_an_agent_remembers(session: AsyncSession) -> None:
    session.add(new_memory(agent_id="nobody"))
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await session.flush()


async def test_a_memory_goes_with_its_agent(session: AsyncSession, memory: Memory) -> None:
    await session.execute(delete(Agent).where(Agent.agent_id == memory.agent_id))
    assert await session.scalar(select(func.count()).select_from(Memory)) == 0


async def test_a_memory_follows_its_agent_to_a_new_name(session: AsyncSession, memory: Memory) -> None:
    await session.execute(update(Agent).where(Agent.agent_id == memory.agent_id).values(agent_id="metis"))
    assert await session.scalar(select(Memory.agent_id)) == "metis"


async def test_a_memory_outlives_its_parent(session: AsyncSession, memory: Memory) -> None:
    child = new_memory(parent_memory_id=memory.id)
    session.add(child)
    await session.flush()
    await session.execute(delete(Memory).where(Memory.id == memory.id))
    assert (await session.execute(select(Memory.id, Memory.parent_memory_id))).one() == (child.id, None)
