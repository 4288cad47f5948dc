"""What becomes due with skills is done in the background."""

from datetime import timedelta

import pytest
from sqlalchemy import Update, func, select, update
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.columns import utc_now
from tmws_core.tool_errors import NotFound
from tmws_skills.maintenance import MaintenanceReport
from tmws_skills.models.base import Base
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_blob import SkillBlob
from tmws_skills.models.skill_sharing import SkillSharing
from tmws_skills.state import SkillState

from .conftest import CallTool, skill_md

LONG_AGO = timedelta(days=8)


async def maintained(application: Application) -> MaintenanceReport:
    report = await application.state(SkillState).maintenance.once()
    assert report is not None
    return report


async def changed(application: Application, statement: Update) -> None:
    def work(session: Session) -> None:
        session.execute(statement.execution_options(synchronize_session=False))

    await application.database.transaction(work, read_only=False)


async def counted(application: Application, model: type[Base]) -> int | None:
    async with application.database.session(read_only=True) as session:
        return await session.scalar(select(func.count()).select_from(model))


async def test_what_was_deleted_long_ago_goes_with_its_files(application: Application, call: CallTool) -> None:
    await call("skill_create", skill_md=skill_md(), files=[{"path": "a", "text": "a"}, {"path": "b", "text": "b"}])
    await call("skill_create", skill_md=skill_md("other"), files=[{"path": "b", "text": "b"}])
    await call("skill_delete", skill="code-review")
    report = await maintained(application)
    assert (report.skills_purged, report.files_purged) == (0, 0)
    await changed(application, update(Skill).where(Skill.is_deleted).values(deleted_at=utc_now() - LONG_AGO))
    report = await maintained(application)
    assert (report.skills_purged, report.files_purged) == (1, 1)
    assert (await counted(application, Skill), await counted(application, SkillBlob)) == (1, 1)
    with pytest.raises(NotFound):
        await call("skill_restore", skill="code-review")


async def test_a_share_that_is_over_goes_and_the_skill_is_private(
    application: Application, call: CallTool, bob: Principal
) -> None:
    await call("skill_create", bob, skill_md=skill_md("of-bob"))
    await call("skill_create", skill_md=skill_md())
    await call("skill_share", skill="code-review", agent_id="bob", days=1)
    assert (await maintained(application)).shares_ended == 0
    await changed(application, update(SkillSharing).values(expires_at=utc_now() - LONG_AGO))
    with pytest.raises(NotFound):
        await call("skill_get", bob, skill="code-review")
    assert (await maintained(application)).shares_ended == 1
    assert await counted(application, SkillSharing) == 0
    assert (await call("skill_get", skill="code-review"))["access_level"] == "private"


async def test_one_process_at_a_time_maintains(application: Application, other_process: Application) -> None:
    await maintained(application)
    assert await other_process.state(SkillState).maintenance.once() is None


class TestLittleAtATime:
    @pytest.fixture
    def environment(self) -> dict[str, str]:
        return {"TMWS_SKILLS_MOST_PER_MAINTENANCE": "1", "TMWS_SKILLS_UNDO_DAYS": "0"}

    async def test_a_run_does_no_more_than_the_settings_say(self, application: Application, call: CallTool) -> None:
        for name in ("one", "two"):
            await call("skill_create", skill_md=skill_md(name))
            await call("skill_delete", skill=name)
        report = await maintained(application)
        assert (report.skills_purged, report.more) == (1, True)
        report = await maintained(application)
        assert report.skills_purged == 1
        assert not (await maintained(application)).more
