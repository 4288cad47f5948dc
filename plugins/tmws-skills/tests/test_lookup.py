"""To find a skill by its identifier or its name."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_core.tool_errors import InvalidArguments, NotFound
from tmws_skills.lookup import find, find_deleted, find_own

from .conftest import CreateSkill


@pytest.mark.parametrize("spelling", ["{id}", "{name}", "{namespace}/{name}"])
async def test_a_skill_is_found_by_identifier_and_by_name(
    session: AsyncSession, make: CreateSkill, alice: Principal, spelling: str
) -> None:
    skill = await make()
    named = spelling.format(id=skill.id, name=skill.name, namespace=skill.namespace)
    assert (await session.run_sync(find, alice, named)) is skill


async def test_a_hidden_skill_leaves_no_doubt_about_the_visible_one(
    session: AsyncSession, make: CreateSkill, alice: Principal, stranger: Principal
) -> None:
    hidden = Principal("hidden", "another", frozenset({"*"}))
    await make(principal=hidden)
    seen = await make(principal=stranger, access_level="public")
    assert (await session.run_sync(find, alice, "code-review")) is seen


async def test_a_name_of_two_other_namespaces_is_in_doubt(
    session: AsyncSession, make: CreateSkill, alice: Principal, stranger: Principal
) -> None:
    for owner in (stranger, Principal("another", "another", frozenset({"*"}))):
        await make(principal=owner, access_level="public")
    with pytest.raises(InvalidArguments, match="another/code-review, elsewhere/code-review"):
        await session.run_sync(find, alice, "code-review")


async def test_only_an_owner_has_its_own(
    session: AsyncSession, make: CreateSkill, alice: Principal, bob: Principal
) -> None:
    skill = await make(access_level="public")
    assert (await session.run_sync(find_own, alice, "code-review")) is skill
    with pytest.raises(NotFound):
        await session.run_sync(find_own, bob, "code-review")


async def test_of_several_deleted_ones_the_last_is_meant(
    session: AsyncSession, make: CreateSkill, alice: Principal
) -> None:
    skills = []
    for _ in range(2):
        skills.append(await make())
        skills[-1].is_deleted, skills[-1].deleted_at = True, utc_now()
        await session.flush()
    assert (await session.run_sync(find_deleted, alice, "code-review")) is skills[1]
