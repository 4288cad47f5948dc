"""Names that a reader takes for one are not given twice, and those of the server are the operator's."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from tmws_agents.lookup import AGENTS
from tmws_agents.models.agent import Agent
from tmws_agents.models.namespace import Namespace
from tmws_agents.models.persona import Persona
from tmws_agents.models.team import Team
from tmws_agents.names import is_taken, refuse_reserved
from tmws_core import Principal
from tmws_core.tool_errors import PermissionDenied

Named = Agent | Namespace | Team | Persona


def named(kind: str, name: str) -> Named:
    if kind == "agent":
        return Agent(agent_id=name, display_name="x")
    if kind == "namespace":
        return Namespace(namespace=name)
    if kind == "team":
        return Team(team_id=name, team_name="x", shared_namespace="default")
    return Persona(name=name, type="x", role="auditor", display_name="x", description="x")


@pytest.mark.parametrize("kind", ["agent", "namespace", "team", "persona"])
@pytest.mark.parametrize(
    ("name", "alike"), [("worker-1", "worker-l"), ("b0b", "bob"), ("modern", "modem"), ("a.b.c", "a_b-c")]
)
async def test_the_database_refuses_a_name_that_looks_like_another(
    session: AsyncSession, kind: str, name: str, alike: str
) -> None:
    session.add(named(kind, name))
    await session.flush()
    session.add(named(kind, alike))
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        await session.flush()


async def test_what_is_alike_is_known_of_each_of_several_rows_written_at_once(session: AsyncSession) -> None:
    session.add_all([named("agent", "one-1"), named("agent", "two.2")])
    await session.flush()
    alike = select(Agent.agent_id, Agent.look_alike).where(Agent.agent_id.in_(["one-1", "two.2"]))
    assert {tuple(row) for row in await session.execute(alike)} == {("one-1", "one-l"), ("two.2", "two-2")}


@pytest.mark.parametrize(("name", "taken"), [("hestia-auditor", True), ("hest1a.audit0r", False), ("hestia", False)])
async def test_a_name_is_taken_by_itself_and_by_what_looks_like_it(
    session: AsyncSession, name: str, taken: bool
) -> None:
    assert await session.run_sync(is_taken, AGENTS, name) is taken


@pytest.mark.parametrize("name", ["admin", "r00t", "system", "loca1_agent", "public"])
def test_a_reserved_name_is_refused_to_all_but_the_operator(name: str) -> None:
    with pytest.raises(PermissionDenied, match="kept for the server and its operator"):
        refuse_reserved(Principal("alice", "place", frozenset({"*:write"})), "agent_id", name)
    refuse_reserved(Principal("boss", "office", frozenset({"*"})), "agent_id", name)


async def test_a_row_without_a_look_hides_no_other_name(session: AsyncSession) -> None:
    def work(session: Session) -> bool:
        session.add(named("agent", "bare-name"))
        session.flush()
        for row in session.scalars(select(Agent).where(Agent.agent_id == "bare-name")):
            row.look_alike = None
        session.flush()
        return is_taken(session, AGENTS, "bare-name")

    assert await session.run_sync(work)
