"""What the database enforces of the history of checks on tools."""

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_connections.models.discovered_tool import DiscoveredTool
from tmws_connections.models.tool_verification import ToolVerification


def new_check(tool: DiscoveredTool, **values: object) -> ToolVerification:
    return ToolVerification(**{"tool_id": tool.id, "success": True, "verification_method": "manual", **values})


async def stored(session: AsyncSession, check: ToolVerification) -> ToolVerification:
    session.add(check)
    await session.flush()
    return check


async def test_a_new_check_has_the_defaults_of_the_model(session: AsyncSession, tool: DiscoveredTool) -> None:
    check = await stored(session, new_check(tool))
    assert check.verification_metadata == {}
    assert check.verified_at.tzinfo is not None


async def test_a_row_written_without_the_model_has_the_same_defaults(
    session: AsyncSession, tool: DiscoveredTool
) -> None:
    await session.execute(
        text(
            "INSERT INTO tool_verification_history (id, tool_id, success, verification_method) "
            "VALUES ('raw', :tool, true, 'manual')"
        ),
        {"tool": tool.id},
    )
    check = await session.get_one(ToolVerification, "raw")
    assert check.verification_metadata == {}
    assert check.verified_at.tzinfo is not None


async def test_a_check_is_stored_after_its_tool(session: AsyncSession) -> None:
    tool = DiscoveredTool(
        id="t", tool_id="t", name="T", category="api", source_path="t", version="1.0.0", namespace="default"
    )
    session.add_all([new_check(tool), tool])
    await session.flush()
    assert (await session.scalars(select(ToolVerification.tool_id))).all() == ["t"]


async def test_a_check_of_an_unknown_tool_is_refused(session: AsyncSession) -> None:
    session.add(ToolVerification(tool_id="missing", success=True, verification_method="manual"))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_the_checks_go_with_their_tool(session: AsyncSession, tool: DiscoveredTool) -> None:
    await stored(session, new_check(tool))
    await session.execute(delete(DiscoveredTool).where(DiscoveredTool.id == tool.id))
    assert (await session.scalars(select(ToolVerification.id))).all() == []


async def test_a_check_by_an_unknown_agent_is_refused(session: AsyncSession, tool: DiscoveredTool) -> None:
    session.add(new_check(tool, verified_by_agent_id="nobody-here"))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_check_outlives_the_agent_that_made_it(session: AsyncSession, tool: DiscoveredTool) -> None:
    check = await stored(session, new_check(tool, verified_by_agent_id="hestia-auditor"))
    await session.execute(delete(Agent).where(Agent.agent_id == "hestia-auditor"))
    await session.refresh(check)
    assert check.verified_by_agent_id is None


async def test_a_check_follows_its_agent_to_a_new_name(session: AsyncSession, tool: DiscoveredTool) -> None:
    check = await stored(session, new_check(tool, verified_by_agent_id="hestia-auditor"))
    await session.execute(update(Agent).where(Agent.agent_id == "hestia-auditor").values(agent_id="hestia-checker"))
    await session.refresh(check)
    assert check.verified_by_agent_id == "hestia-checker"


async def test_the_database_refuses_an_unknown_method(session: AsyncSession, tool: DiscoveredTool) -> None:
    await stored(session, new_check(tool))
    with pytest.raises(IntegrityError):
        await session.execute(text("UPDATE tool_verification_history SET verification_method = 'x'"))


async def test_the_model_refuses_an_unknown_method(session: AsyncSession, tool: DiscoveredTool) -> None:
    session.add(new_check(tool, verification_method="guess"))
    with pytest.raises(StatementError):
        await session.flush()
