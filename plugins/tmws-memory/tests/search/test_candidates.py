"""Which memories a search may choose among."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_core import Principal
from tmws_memory.filters import Filters
from tmws_memory.models.memory import Memory
from tmws_memory.search.candidates import Candidate, Candidates

Remember = Callable[..., Awaitable[list[str]]]
CandidatesOf = Callable[..., Awaitable[list[Candidate]]]
Around = Callable[..., Awaitable[list[str]]]

ALICE, BOB = Principal("alice", "place"), Principal("bob", "place")
MAY = datetime(2026, 5, 8, tzinfo=UTC)


def moment(when: datetime) -> object:
    """A moment in seconds, to the microsecond at which SQLite reads it."""
    return pytest.approx(when.timestamp(), abs=1e-3)


@pytest.fixture
def around(session: AsyncSession, candidates_of: CandidatesOf) -> Around:
    """The identifiers of the surroundings of some memories, as a caller sees them."""

    async def around(memory_ids: list[str], by: Principal = ALICE) -> list[str]:
        seeds = await candidates_of(memory_ids, by)
        filters = Filters(namespace="place")
        found = await session.run_sync(lambda one: Candidates(one, by, filters).around(seeds))
        return sorted(candidate.memory_id for candidate in found)

    return around


async def test_a_candidate_has_what_its_rank_depends_on(remember: Remember, candidates_of: CandidatesOf) -> None:
    values = {"importance": 0.8, "relevance": 0.7, "session": "talk", "created_at": MAY}
    (memory_id,) = await remember("Ann: Shall we?", **values)
    (one,) = await candidates_of([memory_id])
    assert (one.memory_id, one.position, one.asks, one.speaker) == (memory_id, 1, True, "ann")
    assert (one.importance, one.relevance, one.used_at, one.trust) == (0.8, 0.7, moment(MAY), 0.5)


async def test_the_last_reading_counts_as_use(
    remember: Remember, candidates_of: CandidatesOf, session: AsyncSession
) -> None:
    (memory_id,) = await remember("text", created_at=MAY)
    await session.execute(update(Memory).where(Memory.id == memory_id).values(accessed_at=MAY + timedelta(days=3)))
    (one,) = await candidates_of([memory_id])
    assert one.used_at == moment(MAY + timedelta(days=3))


async def test_the_trust_is_that_of_the_author(
    remember: Remember, candidates_of: CandidatesOf, session: AsyncSession
) -> None:
    (memory_id,) = await remember("text", by=BOB, access_level="team")
    await session.execute(update(Agent).where(Agent.agent_id == "bob").values(trust_score=0.9))
    (one,) = await candidates_of([memory_id], ALICE)
    assert one.trust == 0.9


async def test_what_a_caller_cannot_read_is_no_candidate(remember: Remember, candidates_of: CandidatesOf) -> None:
    memory_ids = await remember("private", by=BOB) + await remember("shared", by=BOB, access_level="shared")
    assert await candidates_of(memory_ids, ALICE) == []


async def test_what_is_expired_is_no_candidate(remember: Remember, candidates_of: CandidatesOf) -> None:
    assert await candidates_of(await remember("text", expires_at=MAY - timedelta(days=999))) == []


@pytest.mark.parametrize(
    "filters",
    [
        {"namespace": "other"},
        {"memory_type": "general"},
        {"tags": ["x", "absent"]},
        {"agent_id": "bob"},
        {"since": MAY + timedelta(seconds=1)},
        {"until": MAY},
    ],
    ids=lambda filters: next(iter(filters)),
)
async def test_what_does_not_fulfil_a_filter_is_no_candidate(
    remember: Remember, candidates_of: CandidatesOf, filters: dict[str, object]
) -> None:
    memory_ids = await remember("text", memory_type="decision", tags=["x"], created_at=MAY)
    assert await candidates_of(memory_ids, **filters) == []


@pytest.mark.parametrize(
    "filters",
    [
        {"memory_type": "decision"},
        {"tags": ["x"]},
        {"tags": ["y", "x"]},
        {"agent_id": "alice"},
        {"since": MAY},
        {"until": MAY + timedelta(seconds=1)},
    ],
    ids=str,
)
async def test_what_fulfils_a_filter_is_a_candidate(
    remember: Remember, candidates_of: CandidatesOf, filters: dict[str, object]
) -> None:
    memory_ids = await remember("text", memory_type="decision", tags=["x", "y"], created_at=MAY)
    assert [one.memory_id for one in await candidates_of(memory_ids, **filters)] == memory_ids


async def test_three_before_and_three_after_are_around(remember: Remember, around: Around) -> None:
    talk = await remember(*(f"turn {number}" for number in range(9)), session="talk")
    assert await around([talk[4]]) == sorted([*talk[1:4], *talk[5:8]])


async def test_nothing_is_around_what_has_no_session(remember: Remember, around: Around) -> None:
    first, *_ = await remember("one", "two", "three")
    assert await around([first]) == []


async def test_another_session_is_not_around(remember: Remember, around: Around) -> None:
    (first,) = await remember("one", session="talk")
    await remember("two", session="other talk")
    assert await around([first]) == []


async def test_the_session_of_that_name_of_another_agent_is_not_around(remember: Remember, around: Around) -> None:
    (first,) = await remember("one", session="talk")
    await remember("two", session="talk", by=BOB, access_level="team")
    assert await around([first]) == []


async def test_a_neighbour_that_the_caller_cannot_read_is_not_around(remember: Remember, around: Around) -> None:
    (public,) = await remember("one", session="talk", access_level="public")
    await remember("two", session="talk")
    assert await around([public], BOB) == []


async def test_the_identifiers_are_those_of_all_candidates(remember: Remember, session: AsyncSession) -> None:
    own = await remember("one", "two")
    await remember("three", by=BOB)
    filters = Filters(namespace="place")
    found = await session.run_sync(lambda one: Candidates(one, ALICE, filters).identifiers())
    assert sorted(found) == sorted(own)
