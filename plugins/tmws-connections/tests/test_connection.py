"""What the database enforces of connections."""

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_agents.models.agent import Agent
from tmws_agents.models.namespace import Namespace
from tmws_connections.models.connection import Connection


def new_connection(**values: object) -> Connection:
    return Connection(
        **{
            "server_name": "files",
            "namespace": "default",
            "agent_id": "metis-developer",
            "status": "disconnected",
            "config_json": {"command": "uvx"},
            **values,
        }
    )


async def stored(session: AsyncSession, connection: Connection) -> Connection:
    session.add(connection)
    await session.flush()
    return connection


async def test_a_new_connection_has_the_defaults_of_the_model(session: AsyncSession) -> None:
    connection = await stored(session, new_connection())
    assert (connection.transport, connection.tools_json) == ("stdio", [])


async def test_a_row_written_without_the_model_has_the_same_defaults(session: AsyncSession) -> None:
    await session.execute(
        text(
            "INSERT INTO mcp_connections (id, server_name, namespace, agent_id, status, config_json) "
            "VALUES ('raw', 'files', 'default', 'metis-developer', 'disconnected', '{}')"
        )
    )
    connection = await session.get_one(Connection, "raw")
    assert (connection.transport, connection.tools_json) == ("stdio", [])


async def test_a_namespace_has_each_server_once(session: AsyncSession) -> None:
    session.add_all([new_connection(), new_connection(agent_id="hestia-auditor")])
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_two_namespaces_may_have_the_same_server(session: AsyncSession) -> None:
    session.add(Namespace(namespace="other"))
    await session.flush()
    session.add_all([new_connection(), new_connection(namespace="other")])
    await session.flush()
    assert set(await session.scalars(select(Connection.namespace))) == {"default", "other"}


@pytest.mark.parametrize("column", ["status", "transport"])
async def test_the_database_refuses_a_word_outside_the_vocabulary(session: AsyncSession, column: str) -> None:
    await stored(session, new_connection())
    with pytest.raises(IntegrityError):
        await session.execute(text(f"UPDATE mcp_connections SET {column} = 'x'"))


async def test_the_model_refuses_an_unknown_state(session: AsyncSession) -> None:
    session.add(new_connection(status="connected"))
    with pytest.raises(StatementError):
        await session.flush()


@pytest.mark.parametrize("column", ["agent_id", "namespace"])
async def test_an_unknown_agent_or_namespace_is_refused(session: AsyncSession, column: str) -> None:
    session.add(new_connection(**{column: "nobody-here"}))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_connection_goes_with_its_agent(session: AsyncSession) -> None:
    await stored(session, new_connection())
    await session.execute(delete(Agent).where(Agent.agent_id == "metis-developer"))
    assert (await session.scalars(select(Connection.id))).all() == []


async def test_a_connection_goes_with_its_namespace(session: AsyncSession) -> None:
    session.add(Namespace(namespace="other"))
    await session.flush()
    await stored(session, new_connection(namespace="other"))
    await session.execute(delete(Namespace).where(Namespace.namespace == "other"))
    assert (await session.scalars(select(Connection.id))).all() == []


async def test_a_connection_follows_its_agent_to_a_new_name(session: AsyncSession) -> None:
    connection = await stored(session, new_connection())
    await session.execute(update(Agent).where(Agent.agent_id == "metis-developer").values(agent_id="metis-builder"))
    await session.refresh(connection)
    assert connection.agent_id == "metis-builder"


async def test_a_connection_follows_its_namespace_to_a_new_name(session: AsyncSession) -> None:
    connection = await stored(session, new_connection())
    await session.execute(update(Namespace).where(Namespace.namespace == "default").values(namespace="home"))
    await session.refresh(connection)
    assert connection.namespace == "home"
