"""What the database enforces of the dependencies between tools."""

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_connections.models.discovered_tool import DiscoveredTool
from tmws_connections.models.tool_dependency import ToolDependency


def new_tool(tool_id: str) -> DiscoveredTool:
    return DiscoveredTool(
        id=tool_id,
        tool_id=tool_id,
        name=tool_id,
        category="cli",
        source_path="/bin",
        version="1.0.0",
        namespace="other",
    )


def new_dependency(tool: DiscoveredTool, needed: DiscoveredTool, **values: object) -> ToolDependency:
    return ToolDependency(
        **{"tool_id": tool.id, "depends_on_tool_id": needed.id, "dependency_type": "required", **values}
    )


@pytest.fixture
async def needed(session: AsyncSession) -> DiscoveredTool:
    stored = new_tool("parser")
    session.add(stored)
    await session.flush()
    return stored


async def test_a_dependency_is_stored_after_its_tools(session: AsyncSession) -> None:
    first, second = new_tool("first"), new_tool("second")
    session.add_all([new_dependency(first, second), first, second])
    await session.flush()
    assert (await session.scalars(select(ToolDependency.depends_on_tool_id))).all() == ["second"]


async def test_a_tool_depends_on_another_once(
    session: AsyncSession, tool: DiscoveredTool, needed: DiscoveredTool
) -> None:
    session.add_all([new_dependency(tool, needed), new_dependency(tool, needed, dependency_type="optional")])
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_tool_cannot_depend_on_itself(session: AsyncSession, tool: DiscoveredTool) -> None:
    session.add(new_dependency(tool, tool))
    with pytest.raises(IntegrityError):
        await session.flush()


@pytest.mark.parametrize("column", ["tool_id", "depends_on_tool_id"])
async def test_an_unknown_tool_is_refused(
    session: AsyncSession, tool: DiscoveredTool, needed: DiscoveredTool, column: str
) -> None:
    session.add(new_dependency(tool, needed, **{column: "missing"}))
    with pytest.raises(IntegrityError):
        await session.flush()


@pytest.mark.parametrize("gone", ["tool", "needed"])
async def test_a_dependency_goes_with_either_tool(
    session: AsyncSession, tool: DiscoveredTool, needed: DiscoveredTool, gone: str
) -> None:
    session.add(new_dependency(tool, needed))
    await session.flush()
    identity = {"tool": tool.id, "needed": needed.id}[gone]
    await session.execute(delete(DiscoveredTool).where(DiscoveredTool.id == identity))
    assert (await session.scalars(select(ToolDependency.id))).all() == []


async def test_the_database_refuses_an_unknown_type(
    session: AsyncSession, tool: DiscoveredTool, needed: DiscoveredTool
) -> None:
    session.add(new_dependency(tool, needed))
    await session.flush()
    with pytest.raises(IntegrityError):
        await session.execute(text("UPDATE tool_dependencies SET dependency_type = 'x'"))


async def test_the_model_refuses_an_unknown_type(
    session: AsyncSession, tool: DiscoveredTool, needed: DiscoveredTool
) -> None:
    session.add(new_dependency(tool, needed, dependency_type="wished"))
    with pytest.raises(StatementError):
        await session.flush()
