"""The words of a database of the second revision are found after the upgrade as those of a new one are."""

from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import MetaData, Table, select, text
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
from tmws_skills import documents, migrations, versions
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_document import SkillDocument

METIS = Principal("metis-developer", "default", frozenset({"*"}))
BODY = "コードを二回確認してください。\nUse snake_case, café and path/to/file.\n"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings({}, home=tmp_path, database_url=database_url, plugins="agents,skills", strict=True)


@pytest.fixture
def former(settings: Settings, database_url: str) -> None:
    """A database of the second revision with one skill in it, indexed as it was then."""
    assembly = Assembly(settings)
    assembly.schema.apply([record for record in assembly.active if record.name != "skills"], strict=True)
    url, _ = database_urls(database_url)
    with schema_engine(url).connect() as connection, connection.begin():
        run_revisions(connection, History.of(migrations).revisions[:2])
        record_applied(connection, [record for record in assembly.active if record.name == "skills"])
        connection.execute(text("UPDATE tmws_plugins SET revision = 'skills_0002' WHERE plugin = 'skills'"))
        tables = ("skills", "skill_versions", "tmws_skill_documents")
        skills, stored, indexed = (Table(name, MetaData(), autoload_with=connection) for name in tables)
        skill = {"id": "1", "name": "kensa-guide", "namespace": "default", "created_by": METIS.agent_id}
        connection.execute(skills.insert().values(**skill, description="変更の検査", tags_json=["Qualität"]))
        version = {"id": "1", "skill_id": "1", "version": 1, "content": BODY, "core_instructions": BODY}
        connection.execute(stored.insert().values(**version, content_hash=sha256(BODY.encode()).hexdigest()))
        words = {"name": "kensa-guide", "tags": "Qualität", "description": "変更の検査", "body": BODY}
        connection.execute(indexed.insert().values(skill_id="1", **words))


async def test_a_skill_is_found_by_the_words_that_it_has_now(settings: Settings, former: None) -> None:
    async with Application(settings) as application:
        for query in ("確認", "検査", "書 確認", "qualitat", "CAFE", "snake", "file"):
            call = Call(METIS, "mcp")
            answer = await application.pipeline.call_tool(call, "skill_search", {"query": query})
            assert [hit["skill"]["name"] for hit in answer["hits"]] == ["kensa-guide"], query


async def test_the_upgrade_writes_what_a_change_of_the_skill_would_write(settings: Settings, former: None) -> None:
    def words(session: Session) -> tuple[str, ...]:
        one = session.scalars(select(SkillDocument).execution_options(populate_existing=True)).one()
        return one.name, one.tags, one.description, one.body

    def renewed(session: Session) -> tuple[str, ...]:
        skill = session.get_one(Skill, "1")
        documents.renew(session, skill, versions.active(session, skill))
        return words(session)

    async with Application(settings) as application:
        upgraded = await application.database.transaction(words, read_only=True)
        assert upgraded == await application.database.transaction(renewed, read_only=False)
