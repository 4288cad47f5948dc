"""What the database enforces of instances of tools."""

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_connections.models.discovered_tool import DiscoveredTool
from tmws_connections.models.tool_instance import ToolInstance


def new_instance(tool: DiscoveredTool, **values: object) -> ToolInstance:
    return ToolInstance(**{"tool_id": tool.id, "instance_id": "first", "status": "starting", **values})


async def test_an_instance_is_stored_after_its_tool(session: AsyncSession) -> None:
    tool = DiscoveredTool(
        id="t", tool_id="t", name="T", category="container", source_path="t", version="1.0.0", namespace="default"
    )
    session.add_all([new_instance(tool), tool])
    await session.flush()
    assert (await session.scalars(select(ToolInstance.tool_id))).all() == ["t"]


async def test_an_instance_of_an_unknown_tool_is_refused(session: AsyncSession) -> None:
    session.add(ToolInstance(tool_id="missing", instance_id="first", status="starting"))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_the_instances_go_with_their_tool(session: AsyncSession, tool: DiscoveredTool) -> None:
    session.add(new_instance(tool))
    await session.flush()
    await session.execute(delete(DiscoveredTool).where(DiscoveredTool.id == tool.id))
    assert (await session.scalars(select(ToolInstance.id))).all() == []


async def test_two_instances_cannot_share_an_id(session: AsyncSession, tool: DiscoveredTool) -> None:
    session.add_all([new_instance(tool), new_instance(tool)])
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_two_instances_cannot_share_a_container(session: AsyncSession, tool: DiscoveredTool) -> None:
    session.add_all([new_instance(tool, container_id="c"), new_instance(tool, instance_id="second", container_id="c")])
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_instances_outside_containers_do_not_collide(session: AsyncSession, tool: DiscoveredTool) -> None:
    session.add_all([new_instance(tool), new_instance(tool, instance_id="second")])
    await session.flush()
    assert (await session.scalars(select(ToolInstance.container_id))).all() == [None, None]


async def test_the_database_refuses_an_unknown_state(session: AsyncSession, tool: DiscoveredTool) -> None:
    session.add(new_instance(tool))
    await session.flush()
    with pytest.raises(IntegrityError):
        await session.execute(text("UPDATE tool_instances SET status = 'x'"))


async def test_the_model_refuses_an_unknown_state(session: AsyncSession, tool: DiscoveredTool) -> None:
    session.add(new_instance(tool, status="asleep"))
    with pytest.raises(StatementError):
        await session.flush()


@pytest.mark.parametrize("port", [0, 65536])
async def test_a_port_that_does_not_exist_is_refused(session: AsyncSession, tool: DiscoveredTool, port: int) -> None:
    session.add(new_instance(tool, port=port))
    with pytest.raises(IntegrityError):
        await session.flush()


@pytest.mark.parametrize("port", [None, 1, 65535])
async def test_an_instance_listens_on_any_port_or_none(
    session: AsyncSession, tool: DiscoveredTool, port: int | None
) -> None:
    session.add(new_instance(tool, port=port))
    await session.flush()
    assert (await session.scalars(select(ToolInstance.port))).all() == [port]


async def test_an_instance_written_without_the_model_has_empty_metadata(
    session: AsyncSession, tool: DiscoveredTool
) -> None:
    await session.execute(
        text("INSERT INTO tool_instances (id, tool_id, instance_id, status) VALUES ('raw', :tool, 'first', 'running')"),
        {"tool": tool.id},
    )
    assert (await session.get_one(ToolInstance, "raw")).metadata_json == {}
