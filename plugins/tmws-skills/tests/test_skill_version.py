"""What the database holds true of a version of a skill."""

from hashlib import sha256

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_version import SkillVersion


def draft(number: int, content: str) -> SkillVersion:
    return SkillVersion(version=number, content=content, content_hash=sha256(content.encode()).hexdigest())


async def test_a_number_is_given_once_in_a_skill(session: AsyncSession, version: SkillVersion) -> None:
    second = draft(version.version, "another text")
    second.skill_id = version.skill_id
    session.add(second)
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        await session.flush()


async def test_a_text_is_stored_once_in_a_skill(session: AsyncSession, version: SkillVersion) -> None:
    second = draft(2, version.content)
    second.skill_id = version.skill_id
    session.add(second)
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        await session.flush()


async def test_two_skills_can_have_the_same_text(session: AsyncSession, version: SkillVersion) -> None:
    copy = draft(1, version.content)
    copy.skill = Skill(name="copy", namespace="default", created_by="hestia-auditor")
    session.add(copy)
    await session.flush()
    assert copy.content_hash == version.content_hash


async def test_a_version_and_its_new_skill_are_written_in_one_flush(session: AsyncSession) -> None:
    version = draft(1, "text")
    version.skill = Skill(name="fresh", namespace="default", created_by="metis-developer")
    session.add(version)
    await session.flush()
    assert version.skill_id == version.skill.id


@pytest.mark.parametrize("digest", ["", "a" * 63, "g" * 64, "A" * 64, "a" * 63 + " "])
async def test_a_digest_is_64_lower_case_hex_digits(session: AsyncSession, skill: Skill, digest: str) -> None:
    session.add(SkillVersion(skill_id=skill.id, version=1, content="text", content_hash=digest))
    with pytest.raises(IntegrityError, match="ck_skill_versions_content_hash_sha256"):
        await session.flush()


async def test_a_digest_is_never_missing(session: AsyncSession, skill: Skill) -> None:
    session.add(SkillVersion(skill_id=skill.id, version=1, content="text"))
    with pytest.raises(IntegrityError, match=r"(?i)not.null"):
        await session.flush()


async def test_a_version_has_a_number_from_1_on(session: AsyncSession, skill: Skill) -> None:
    version = draft(0, "text")
    version.skill_id = skill.id
    session.add(version)
    with pytest.raises(IntegrityError, match="ck_skill_versions_version_minimum"):
        await session.flush()


@pytest.mark.parametrize("column", ["metadata_tokens", "core_tokens", "auxiliary_tokens"])
async def test_a_number_that_is_too_small_is_refused(session: AsyncSession, version: SkillVersion, column: str) -> None:
    with pytest.raises(IntegrityError, match=f"ck_skill_versions_{column}_minimum"):
        await session.execute(update(SkillVersion).values({column: -1}))


@pytest.mark.parametrize(
    "column",
    ["content", "metadata_json", "core_instructions", "auxiliary_content", "content_hash", "version", "skill_id"],
)
async def test_what_is_in_a_version_never_changes(session: AsyncSession, version: SkillVersion, column: str) -> None:
    value = 7 if column == "version" else "0" * 36
    with pytest.raises(IntegrityError, match="what is in a version of a skill never changes"):
        await session.execute(update(SkillVersion).values({column: value}))


@pytest.mark.parametrize("column", ["source", "review_status"])
async def test_the_database_refuses_an_unknown_word(session: AsyncSession, version: SkillVersion, column: str) -> None:
    with pytest.raises(IntegrityError, match=f"ck_skill_versions_{column}"):
        await session.execute(text(f"UPDATE skill_versions SET {column} = 'x'"))


async def test_a_row_written_by_hand_gets_the_defaults_of_the_model(
    session: AsyncSession, version: SkillVersion
) -> None:
    await session.execute(
        text(
            "INSERT INTO skill_versions (id, skill_id, version, content, content_hash) "
            "VALUES ('1', :skill, 2, 'x', :hash)"
        ),
        {"skill": version.skill_id, "hash": "0" * 64},
    )
    by_hand = await session.get_one(SkillVersion, "1")
    assert (by_hand.source, by_hand.review_status) == ("manual", "draft")
    assert (version.source, version.review_status) == ("manual", "draft")


async def test_a_version_belongs_to_a_skill(session: AsyncSession) -> None:
    orphan = draft(1, "text")
    orphan.skill_id = "nothing"
    session.add(orphan)
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await session.flush()


async def test_a_version_goes_with_its_skill(session: AsyncSession, version: SkillVersion) -> None:
    await session.execute(delete(Skill).where(Skill.id == version.skill_id))
    assert await session.scalar(select(func.count()).select_from(SkillVersion)) == 0


async def test_a_version_outlives_its_author(session: AsyncSession, version: SkillVersion) -> None:
    await session.execute(delete(Agent).where(Agent.agent_id == version.created_by))
    left = select(SkillVersion.created_by, SkillVersion.content)
    assert (await session.execute(left)).one() == (None, version.content)


async def test_an_owner_who_wrote_the_versions_goes_with_the_whole_skill(
    session: AsyncSession, version: SkillVersion
) -> None:
    version.created_by = "metis-developer"
    await session.flush()
    await session.execute(delete(Agent).where(Agent.agent_id == "metis-developer"))
    assert await session.scalar(select(func.count()).select_from(SkillVersion)) == 0


async def test_a_review_outlives_its_reviewer(session: AsyncSession, version: SkillVersion) -> None:
    version.review_status, version.reviewed_by_agent_id = "approved", "athena-conductor"
    await session.flush()
    await session.execute(delete(Agent).where(Agent.agent_id == "athena-conductor"))
    review = select(SkillVersion.review_status, SkillVersion.reviewed_by_agent_id)
    assert (await session.execute(review)).one() == ("approved", None)
