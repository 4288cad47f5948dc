"""Which memories were recalled together is kept for a while, for each agent by itself."""

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_core import Principal
from tmws_memory import recalls
from tmws_memory.models.recall import Recall
from tmws_memory.recalls import MOST_KEPT, MOST_TOGETHER, NotedRecall

METIS = Principal("metis-developer", "place", frozenset({"*"}))


def noted(*memory_ids: str, agent_id: str = METIS.agent_id, namespace: str = "place") -> NotedRecall:
    return NotedRecall(agent_id, namespace, memory_ids)


async def kept(session: AsyncSession, principal: Principal = METIS, namespace: str = "place") -> list[list[str]]:
    return await session.run_sync(recalls.of, principal, namespace)


async def test_what_was_recalled_is_read_newest_first(session: AsyncSession) -> None:
    await session.run_sync(recalls.keep, [noted("1", "2"), noted("3"), noted("4")])
    assert await kept(session) == [["4"], ["3"], ["1", "2"]]


async def test_recalls_are_kept_for_each_agent_and_namespace(session: AsyncSession) -> None:
    others = [noted("2", agent_id="hestia-auditor"), noted("3", namespace="elsewhere")]
    await session.run_sync(recalls.keep, [noted("1"), *others])
    assert await kept(session) == [["1"]]
    assert await kept(session, namespace="elsewhere") == [["3"]]


async def test_the_oldest_recalls_give_way(session: AsyncSession) -> None:
    await session.run_sync(recalls.keep, [noted("other", namespace="elsewhere")])
    await session.run_sync(recalls.keep, [noted(str(number)) for number in range(MOST_KEPT + 5)])
    found = await kept(session)
    assert (len(found), found[0], found[-1]) == (MOST_KEPT, [str(MOST_KEPT + 4)], ["5"])
    assert await session.scalar(select(func.count()).select_from(Recall)) == MOST_KEPT + 1


async def test_of_a_recall_the_first_memories_are_kept(session: AsyncSession) -> None:
    await session.run_sync(recalls.keep, [noted(*map(str, range(MOST_TOGETHER + 1)))])
    assert await kept(session) == [[str(number) for number in range(MOST_TOGETHER)]]


async def test_the_recalls_of_an_unknown_agent_are_passed_over(session: AsyncSession) -> None:
    await session.run_sync(recalls.keep, [noted("1", agent_id="nobody"), noted("2")])
    assert await session.scalar(select(func.count()).select_from(Recall)) == 1


async def test_recalls_go_with_their_agent(session: AsyncSession) -> None:
    await session.run_sync(recalls.keep, [noted("1")])
    await session.execute(delete(Agent).where(Agent.agent_id == METIS.agent_id))
    assert await session.scalar(select(func.count()).select_from(Recall)) == 0
