"""An application with this plugin and the agents, who calls it, and rows for the tests that need a parent."""

from collections.abc import AsyncIterator, Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_core import Context, Principal
from tmws_core.application import Application
from tmws_core.pipeline import Call
from tmws_core.settings import Settings
from tmws_skills.authoring import create
from tmws_skills.draft import AccessLevel, Draft
from tmws_skills.format.package import Package, SkillFile
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_version import SkillVersion

ALICE = Principal("alice", "place", frozenset({"*"}))

CallTool = Callable[..., Awaitable[dict[str, Any]]]
ReadResource = Callable[..., Awaitable[str]]
CreateSkill = Callable[..., Awaitable[Skill]]


def skill_md(name: str = "code-review", body: str = "Read the change twice.", *, description: str = "Reviews.") -> str:
    """A SKILL.md."""
    return f"---\nname: {name}\ndescription: {description}\n---\n\n{body}\n"


def package(
    name: str = "code-review", body: str = "Read the change twice.", files: dict[str, bytes] | None = None
) -> Package:
    """A package with that SKILL.md, and perhaps other files."""
    return Package(skill_md(name, body), [SkillFile(path, content) for path, content in (files or {}).items()])


@pytest.fixture
def plugins() -> str:
    """The plugins of the application; a module of tests may have others."""
    return "agents,skills"


@pytest.fixture
def environment() -> dict[str, str]:
    """The environment that the application gets its settings from; a module of tests may have another."""
    return {}


@pytest.fixture
def settings(filled_database_url: str, tmp_path: Path, plugins: str, environment: dict[str, str]) -> Settings:
    values = {"plugins": plugins, "strict": True, "rate_limit": "1000000/second"}
    return Settings(environment, home=tmp_path, database_url=filled_database_url, **values)


@pytest.fixture
def alice() -> Principal:
    return ALICE


@pytest.fixture
def bob() -> Principal:
    return Principal("bob", "place", frozenset({"*"}))


@pytest.fixture
def stranger() -> Principal:
    """Somebody of another namespace."""
    return Principal("stranger", "elsewhere", frozenset({"*"}))


@pytest.fixture
async def other_process(application: Application, settings: Settings) -> AsyncIterator[Application]:
    """A second application on the database of the first, as another process has it."""
    async with Application(settings) as opened:
        yield opened


@pytest.fixture
def call(application: Application) -> CallTool:
    """Calls a tool of the application as an MCP client does, as alice unless another caller is given."""

    async def call(tool: str, /, principal: Principal = ALICE, **arguments: object) -> dict[str, Any]:
        return await application.pipeline.call_tool(Call(principal, "mcp"), tool, arguments)

    return call


@pytest.fixture
def read(application: Application) -> ReadResource:
    """Reads a resource of the application as an MCP client does, as alice unless another caller is given."""

    async def read(uri: str, principal: Principal = ALICE) -> str:
        matching = ((one, one.variables_in(uri)) for one in application.catalogue.resources)
        resource, variables = next((one, found) for one, found in matching if found is not None)

        async def work(context: Context) -> str:
            return str(await resource.function(context, **variables))

        running = application.pipeline.run(Call(principal, "mcp"), uri, resource.scope, work, read_only=True)
        return await running

    return read


@pytest.fixture
def make(session: AsyncSession) -> CreateSkill:
    """Creates a skill in the session that is rolled back, of alice unless another owner is given."""

    async def make(
        name: str = "code-review",
        body: str = "Read the change twice.",
        principal: Principal = ALICE,
        *,
        access_level: AccessLevel = "private",
        tags: tuple[str, ...] = (),
        files: dict[str, bytes] | None = None,
    ) -> Skill:
        draft = Draft(package(name, body, files), principal.namespace, access_level, tags)
        return await session.run_sync(create, principal, draft)

    return make


@pytest.fixture
async def skill(session: AsyncSession) -> Skill:
    """A skill of metis-developer, without a version."""
    skill = Skill(name="code-review", namespace="default", created_by="metis-developer")
    session.add(skill)
    await session.flush()
    return skill


@pytest.fixture
async def version(session: AsyncSession, skill: Skill) -> SkillVersion:
    """Its first version, by hestia-auditor."""
    content = "# Review\nRead the change twice."
    version = SkillVersion(
        skill_id=skill.id,
        version=1,
        content=content,
        content_hash=sha256(content.encode()).hexdigest(),
        created_by="hestia-auditor",
    )
    session.add(version)
    await session.flush()
    return version
