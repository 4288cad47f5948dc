"""Two writers of one skill, in two processes on one database: one wins, and the other hears why it did not."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.columns import utc_now
from tmws_core.pipeline import Call
from tmws_core.tool_errors import AlreadyChanged, NotFound, ToolError
from tmws_skills import authoring, blobs, deletion

from .conftest import CallTool, package, skill_md

ON_POSTGRESQL = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)


async def test_of_two_revisions_of_one_version_one_wins(
    application: Application, other_process: Application, alice: Principal, call: CallTool
) -> None:
    await call("skill_create", skill_md=skill_md())
    arguments = {"skill": "code-review", "expected_version": 1}
    outcomes = await asyncio.gather(
        application.pipeline.call_tool(Call(alice, "mcp"), "skill_update", arguments | {"instructions": "First."}),
        other_process.pipeline.call_tool(Call(alice, "mcp"), "skill_update", arguments | {"instructions": "Second."}),
        return_exceptions=True,
    )
    (won,) = [outcome for outcome in outcomes if isinstance(outcome, dict)]
    (lost,) = [outcome for outcome in outcomes if isinstance(outcome, ToolError)]
    assert (lost.code, won["active_version"]) == ("conflict", 2)
    assert lost.message == "the skill 'code-review' is at version 2, not 1: somebody else has changed it"
    assert len((await call("skill_versions", skill="code-review"))["versions"]) == 2


async def test_many_writers_without_an_expectation_lose_nothing(
    application: Application, other_process: Application, alice: Principal, call: CallTool
) -> None:
    await call("skill_create", skill_md=skill_md())
    await asyncio.gather(
        *(
            process.pipeline.call_tool(
                Call(alice, "mcp"), "skill_update", {"skill": "code-review", "instructions": f"Of {number}."}
            )
            for number in range(6)
            for process in ([application, other_process][number % 2],)
        )
    )
    page = await call("skill_versions", skill="code-review")
    assert [one["version"] for one in page["versions"]] == [7, 6, 5, 4, 3, 2, 1]
    assert page["active_version"] == 7


async def test_of_two_creations_of_one_name_one_wins(
    application: Application, other_process: Application, alice: Principal, bob: Principal, call: CallTool
) -> None:
    await call("skill_create", skill_md=skill_md("something"))
    outcomes = await asyncio.gather(
        application.pipeline.call_tool(Call(alice, "mcp"), "skill_create", {"skill_md": skill_md()}),
        other_process.pipeline.call_tool(Call(bob, "mcp"), "skill_create", {"skill_md": skill_md()}),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyChanged", "dict"]


@ON_POSTGRESQL
async def test_a_revision_that_waited_for_another_one_is_stale(
    application: Application, other_process: Application, alice: Principal, call: CallTool
) -> None:
    await call("skill_create", skill_md=skill_md())
    async with application.database.session(read_only=False) as first:
        await first.run_sync(authoring.revise, alice, "code-review", package(body="First."), 1)
        late = {"skill": "code-review", "instructions": "Second.", "expected_version": 1}
        second = asyncio.create_task(other_process.pipeline.call_tool(Call(alice, "mcp"), "skill_update", late))
        await _until_something_waits_for_a_lock(application)
        await first.commit()
    with pytest.raises(AlreadyChanged, match="is at version 2, not 1"):
        await second


@ON_POSTGRESQL
async def test_a_revision_that_waited_for_a_deletion_finds_nothing(
    application: Application, other_process: Application, alice: Principal, call: CallTool
) -> None:
    await call("skill_create", skill_md=skill_md())
    async with application.database.session(read_only=False) as first:
        await first.run_sync(deletion.delete, alice, "code-review")
        late = {"skill": "code-review", "instructions": "Second."}
        second = asyncio.create_task(other_process.pipeline.call_tool(Call(alice, "mcp"), "skill_update", late))
        await _until_something_waits_for_a_lock(application)
        await first.commit()
    with pytest.raises(NotFound, match="there is no skill 'code-review'"):
        await second


@ON_POSTGRESQL
async def test_a_name_that_another_process_is_taking_is_taken(
    application: Application, other_process: Application, alice: Principal, call: CallTool
) -> None:
    await call("skill_create", skill_md=skill_md("modern"))
    await call("skill_delete", skill="modern")
    async with application.database.session(read_only=False) as first:
        await first.run_sync(deletion.restore, alice, "modern")
        await first.flush()
        late = {"skill_md": skill_md("rnodern")}
        second = asyncio.create_task(other_process.pipeline.call_tool(Call(alice, "mcp"), "skill_create", late))
        await _until_something_waits_for_a_lock(application)
        await first.commit()
    with pytest.raises(AlreadyChanged, match="'rnodern' is taken, or looks like"):
        await second


@ON_POSTGRESQL
async def test_a_content_that_is_being_purged_is_written_anew(
    application: Application, other_process: Application, alice: Principal, call: CallTool
) -> None:
    created = {"skill_md": skill_md(), "files": [{"path": "a", "text": "a"}]}
    await call("skill_create", **created)
    await call("skill_delete", skill="code-review")

    async with application.database.session(read_only=False) as first:
        await first.run_sync(
            lambda opened: deletion.purge(opened, deletion.due(opened, utc_now() + timedelta(days=1), 9))
        )
        assert await first.run_sync(blobs.purge, 9) == 1
        second = asyncio.create_task(other_process.pipeline.call_tool(Call(alice, "mcp"), "skill_create", created))
        await _until_something_waits_for_a_lock(application)
        await first.commit()
    await second
    loaded = await call("skill_load", skill="code-review", file="a")
    assert loaded["file"]["content"] == "a"


async def _until_something_waits_for_a_lock(application: Application) -> None:
    """Ask PostgreSQL until a session of this database is blocked by another one."""
    waiters = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with application.database.writer.connect() as connection:
        while not await connection.scalar(text(waiters)):
            await connection.rollback()
