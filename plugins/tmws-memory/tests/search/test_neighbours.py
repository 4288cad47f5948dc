"""What stands around a memory in its session helps to find it."""

from collections.abc import Awaitable, Callable

import pytest

from tmws_core import Principal
from tmws_memory.search.ranking import Ranked

Remember = Callable[..., Awaitable[list[str]]]


Found = Callable[..., Awaitable[list[str]]]


RankedBy = Callable[..., Awaitable[list[Ranked]]]


ALICE, BOB = Principal("alice", "place"), Principal("bob", "place")


NORTH, EAST, UP = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


async def test_a_neighbour_in_the_session_helps_to_find(remember: Remember, ranked: RankedBy) -> None:
    _, answer = await remember("Where did the zebra sleep?", "In the barn.", session="talk")
    hits = {hit.candidate.memory_id: hit for hit in await ranked("zebra")}
    assert (hits[answer].words, hits[answer].nearby) == ([], ["zebra"])


async def test_a_neighbour_far_from_every_seed_of_another_session_does_not_help(
    remember: Remember, found: Found
) -> None:
    await remember("the zebra", session="one")
    await remember("In the barn.", session="two")
    assert await found("zebra") == ["the zebra"]


async def test_a_private_neighbour_does_not_surface_a_public_memory(remember: Remember, found: Found) -> None:
    await remember("the secret zebra", session="talk")
    await remember("In the barn.", session="talk", access_level="public")
    assert (await found("zebra", BOB), len(await found("zebra", ALICE))) == ([], 2)


async def test_a_private_neighbour_does_not_move_a_public_memory_up(remember: Remember, ranked: RankedBy) -> None:
    await remember("the secret zebra", session="talk", vector=NORTH)
    (beside,) = await remember("a zebra barn", session="talk", access_level="public", vector=EAST)
    (alone,) = await remember("a zebra field", access_level="public", vector=EAST)
    scores = {hit.candidate.memory_id: hit.score for hit in await ranked("zebra secret", BOB, vector=NORTH)}
    assert scores[beside] == pytest.approx(scores[alone], abs=1e-4)


async def test_the_session_of_that_name_of_another_agent_does_not_help(remember: Remember, found: Found) -> None:
    await remember("the zebra", session="talk", by=BOB, access_level="team")
    await remember("In the barn.", session="talk", access_level="team")
    assert await found("zebra", ALICE) == ["the zebra"]


async def test_a_neighbour_of_what_is_near_in_meaning_comes_along(remember: Remember, found: Found) -> None:
    await remember("cat", vector=NORTH, session="talk")
    await remember("It is called zebra.", session="talk")
    await remember("zebra")
    assert (await found("zebra", vector=NORTH))[0] == "It is called zebra."
