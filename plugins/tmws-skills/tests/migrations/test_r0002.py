"""A database of the first revision is upgraded by the start of a server, and nothing in it is lost."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Executable, MetaData, Table, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.assembly import Assembly
from tmws_core.history import History
from tmws_core.pipeline import Call
from tmws_core.schema.engine import database_urls, schema_engine
from tmws_core.schema.migration import run_revisions
from tmws_core.schema.registry import record_applied
from tmws_core.settings import Settings
from tmws_skills import migrations
from tmws_skills.format.package import Package
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_version import SkillVersion

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
# the younger ones first, so that the order of the rows does not pass for that of the moments
SKILLS = [("m0dern", 3, False), ("rnodern", 2, False), ("modern", 1, True), ("review", 1, False)]
CONTENT = "# Review\nRead the change twice.\n"
METIS = Principal("metis-developer", "default", frozenset({"*"}))


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings({}, home=tmp_path, database_url=database_url, plugins="agents,skills", strict=True)


@pytest.fixture
def former(settings: Settings, database_url: str) -> None:
    """A database of the first revision with rows in it."""
    assembly = Assembly(settings)
    assembly.schema.apply([record for record in assembly.active if record.name != "skills"], strict=True)
    url, _ = database_urls(database_url)
    with schema_engine(url).connect() as connection, connection.begin():
        run_revisions(connection, History.of(migrations).revisions[:1])
        record_applied(connection, [record for record in assembly.active if record.name == "skills"])
        connection.execute(text("UPDATE tmws_plugins SET revision = 'skills_0001' WHERE plugin = 'skills'"))
        _fill(connection)


@pytest.fixture
async def application(settings: Settings, former: None) -> AsyncIterator[Application]:
    """The application that has upgraded it."""
    async with Application(settings) as opened:
        yield opened


def _fill(connection: Connection) -> None:
    names = ("skills", "skill_versions", "skill_activations")
    skills, versions, activations = (Table(name, MetaData(), autoload_with=connection) for name in names)
    for name, age, deleted in SKILLS:
        moment = LONG_AGO + age * timedelta(days=1)
        row: dict[str, Any] = {"id": name, "name": name, "namespace": "default", "created_by": METIS.agent_id}
        connection.execute(skills.insert().values(**row, is_deleted=deleted, tags_json=["x"], created_at=moment))
        first = {"id": f"{name}-1", "skill_id": name, "version": 1, "content": CONTENT, "metadata_json": "no JSON"}
        connection.execute(versions.insert().values(**first, content_hash=sha256(CONTENT.encode()).hexdigest()))
    for number in range(2):
        row = {
            "id": str(number),
            "skill_id": "review",
            "version": 1,
            "agent_id": METIS.agent_id,
            "namespace": "default",
        }
        connection.execute(activations.insert().values(**row, activated_at=LONG_AGO + number * timedelta(days=1)))


async def _all(application: Application, statement: Executable) -> list[Any]:
    async with application.database.session(read_only=True) as session:
        return [tuple(row) for row in await session.execute(statement)]


async def test_a_version_is_a_folder_with_one_file_now(application: Application) -> None:
    columns = (SkillVersion.content, SkillVersion.core_instructions, SkillVersion.metadata_json)
    found = await _all(application, select(*columns, SkillVersion.auxiliary_content, SkillVersion.content_hash))
    assert found == [(CONTENT, CONTENT, "{}", "[]", Package(CONTENT).digest)] * len(SKILLS)


async def test_of_names_that_look_alike_the_oldest_present_one_counts(application: Application) -> None:
    looks = await _all(application, select(Skill.name, Skill.look_alike).order_by(Skill.name))
    assert looks == [("m0dern", None), ("modern", "rnodern"), ("review", "review"), ("rnodern", "rnodern")]


async def test_what_was_deleted_can_be_restored(application: Application) -> None:
    (deleted,) = await _all(application, select(Skill.name, Skill.deleted_at).where(Skill.is_deleted))
    assert deleted[0] == "modern"
    assert deleted[1] is not None


async def test_an_agent_goes_on_with_the_newest_of_its_activations(application: Application) -> None:
    found = await _all(application, text("SELECT id, state FROM skill_activations ORDER BY id"))
    assert found == [("0", "inactive"), ("1", "active")]


async def test_a_former_skill_is_found_by_its_words_and_changed(application: Application) -> None:
    call = Call(METIS, "mcp")
    found = await application.pipeline.call_tool(call, "skill_search", {"query": "change twice"})
    assert "review" in [hit["skill"]["name"] for hit in found["hits"]]
    changed = await application.pipeline.call_tool(call, "skill_update", {"skill": "review", "instructions": "Thrice."})
    assert changed["active_version"] == 2


async def test_a_version_does_not_change_any_more(application: Application) -> None:
    def work(session: Session) -> None:
        session.execute(text("UPDATE skill_versions SET content = 'x'"))

    with pytest.raises(IntegrityError, match="never changes"):
        await application.database.transaction(work, read_only=False)
