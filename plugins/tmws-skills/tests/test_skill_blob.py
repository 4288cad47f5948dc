"""What the database holds true of the files of skills."""

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_blob import SkillBlob, SkillBlobUse
from tmws_skills.models.skill_version import SkillVersion


@pytest.fixture
async def blob(session: AsyncSession, version: SkillVersion) -> SkillBlob:
    """A blob that the version uses."""
    blob = SkillBlob(digest="a" * 64, size=1, content=b"x")
    session.add(blob)
    await session.flush()
    session.add(SkillBlobUse(version_id=version.id, digest=blob.digest))
    await session.flush()
    return blob


async def test_a_content_in_use_is_not_deleted(session: AsyncSession, blob: SkillBlob) -> None:
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await session.execute(delete(SkillBlob))


async def test_a_use_goes_with_its_skill_and_the_content_stays(session: AsyncSession, blob: SkillBlob) -> None:
    await session.execute(delete(Skill))
    assert await session.scalar(select(func.count()).select_from(SkillBlobUse)) == 0
    assert await session.scalar(select(func.count()).select_from(SkillBlob)) == 1


@pytest.mark.parametrize(
    ("digest", "size", "constraint"), [("A" * 64, 1, "digest_sha256"), ("b" * 64, -1, "size_minimum")]
)
async def test_a_content_is_described_by_digest_and_size(
    session: AsyncSession, digest: str, size: int, constraint: str
) -> None:
    session.add(SkillBlob(digest=digest, size=size, content=b"x"))
    with pytest.raises(IntegrityError, match=f"ck_tmws_skill_blobs_{constraint}"):
        await session.flush()
