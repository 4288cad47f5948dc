"""What the database holds true of a tool that a skill needs."""

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_tool import SkillTool


def tool(skill: Skill, **values: object) -> SkillTool:
    values = {"mcp_server_name": "github", "tool_name": "list_issues"} | values
    return SkillTool(skill_id=skill.id, **values)


async def test_a_tool_is_named_once_in_a_skill(session: AsyncSession, skill: Skill) -> None:
    session.add_all([tool(skill), tool(skill, detail_level="full")])
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        await session.flush()


async def test_two_servers_can_have_a_tool_of_the_same_name(session: AsyncSession, skill: Skill) -> None:
    session.add_all([tool(skill), tool(skill, mcp_server_name="gitlab")])
    await session.flush()
    assert await session.scalar(select(func.count()).select_from(SkillTool)) == 2


@pytest.mark.parametrize("column", ["mcp_server_name", "tool_name"])
async def test_a_tool_has_a_server_and_a_name(session: AsyncSession, skill: Skill, column: str) -> None:
    session.add(tool(skill, **{column: None}))
    with pytest.raises(IntegrityError, match=r"(?i)not.null"):
        await session.flush()


async def test_the_database_refuses_an_unknown_detail_level(session: AsyncSession, skill: Skill) -> None:
    session.add(tool(skill))
    await session.flush()
    with pytest.raises(IntegrityError, match="ck_skill_mcp_tools_detail_level"):
        await session.execute(text("UPDATE skill_mcp_tools SET detail_level = 'x'"))


async def test_a_row_written_by_hand_loads_the_summary_as_the_model_does(session: AsyncSession, skill: Skill) -> None:
    written = tool(skill)
    session.add(written)
    await session.flush()
    await session.execute(
        text("INSERT INTO skill_mcp_tools (id, skill_id, mcp_server_name, tool_name) VALUES ('1', :skill, 'x', 'x')"),
        {"skill": skill.id},
    )
    by_hand = await session.get_one(SkillTool, "1")
    assert (by_hand.detail_level, written.detail_level) == ("summary", "summary")


async def test_a_condition_is_read_back_as_it_was_written(session: AsyncSession, skill: Skill) -> None:
    written = tool(skill, load_when_condition={"language": ["python"]})
    session.add(written)
    await session.flush()
    await session.refresh(written)
    assert written.load_when_condition == {"language": ["python"]}


async def test_a_tool_belongs_to_a_skill(session: AsyncSession) -> None:
    session.add(SkillTool(skill_id="nothing", mcp_server_name="github", tool_name="list_issues"))
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await session.flush()


async def test_a_tool_goes_with_its_skill(session: AsyncSession, skill: Skill) -> None:
    session.add(tool(skill))
    await session.flush()
    await session.execute(delete(Skill).where(Skill.id == skill.id))
    assert await session.scalar(select(func.count()).select_from(SkillTool)) == 0
