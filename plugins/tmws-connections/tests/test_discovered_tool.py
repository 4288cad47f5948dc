"""What the database enforces of discovered tools."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_connections.models.discovered_tool import DiscoveredTool

DEFAULTS = {
    "input_schema": {},
    "tool_metadata": {},
    "is_active": True,
    "trust_score": 0.5,
    "usage_count": 0,
    "success_count": 0,
    "metadata_json": {},
}


def new_tool(**values: object) -> DiscoveredTool:
    return DiscoveredTool(
        **{
            "tool_id": "linter",
            "name": "Linter",
            "category": "cli",
            "source_path": "/bin/lint",
            "version": "1.0.0",
            "namespace": "default",
            **values,
        }
    )


async def test_a_new_tool_has_the_defaults_of_the_model(session: AsyncSession, tool: DiscoveredTool) -> None:
    assert {name: getattr(tool, name) for name in DEFAULTS} == DEFAULTS
    assert tool.discovered_at.tzinfo is not None


async def test_a_row_written_without_the_model_has_the_same_defaults(session: AsyncSession) -> None:
    await session.execute(
        text(
            "INSERT INTO discovered_tools (id, tool_id, name, category, source_path, version, namespace) "
            "VALUES ('raw', 'linter', 'Linter', 'cli', '/bin/lint', '1.0.0', 'default')"
        )
    )
    tool = await session.get_one(DiscoveredTool, "raw")
    assert {name: getattr(tool, name) for name in DEFAULTS} == DEFAULTS
    assert tool.discovered_at.tzinfo is not None


async def test_a_namespace_has_each_tool_once(session: AsyncSession) -> None:
    session.add_all([new_tool(), new_tool()])
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_two_namespaces_may_have_the_same_tool(session: AsyncSession) -> None:
    session.add_all([new_tool(), new_tool(namespace="other")])
    await session.flush()
    assert set(await session.scalars(select(DiscoveredTool.namespace))) == {"default", "other"}


async def test_the_database_refuses_an_unknown_category(session: AsyncSession, tool: DiscoveredTool) -> None:
    with pytest.raises(IntegrityError):
        await session.execute(text("UPDATE discovered_tools SET category = 'x'"))


async def test_the_model_refuses_a_category_in_capitals(session: AsyncSession) -> None:
    session.add(new_tool(category="MCP"))
    with pytest.raises(StatementError):
        await session.flush()


@pytest.mark.parametrize("version", ["", "1", "1.0", "v1.0.0", "1..0", ".1.0.0", "latest", "1.0.0 beta", "1.0.0_1"])
async def test_a_version_that_cannot_be_semantic_is_refused(session: AsyncSession, version: str) -> None:
    session.add(new_tool(version=version))
    with pytest.raises(IntegrityError):
        await session.flush()


@pytest.mark.parametrize("version", ["0.1.0", "10.20.30", "1.0.0-alpha.1", "1.0.0-RC.1+build.5"])
async def test_a_semantic_version_is_allowed(session: AsyncSession, version: str) -> None:
    session.add(new_tool(version=version))
    await session.flush()
    assert (await session.scalars(select(DiscoveredTool.version))).all() == [version]


@pytest.mark.parametrize(
    "values",
    [{"trust_score": -0.1}, {"trust_score": 1.1}, {"success_count": -1}, {"usage_count": 1, "success_count": 2}],
)
async def test_impossible_numbers_are_refused(session: AsyncSession, values: dict[str, object]) -> None:
    session.add(new_tool(**values))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_the_bounds_of_trust_and_success_are_allowed(session: AsyncSession) -> None:
    session.add_all([new_tool(trust_score=0), new_tool(tool_id="other", trust_score=1, usage_count=2, success_count=2)])
    await session.flush()
    assert set(await session.scalars(select(DiscoveredTool.trust_score))) == {0, 1}
