"""A database of the first revision, with names that look alike, is upgraded by the start of a server."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, MetaData, Table, select, text

from tmws_agents import migrations
from tmws_agents.models.agent import Agent
from tmws_core import Context, Principal
from tmws_core.application import Application
from tmws_core.assembly import Assembly
from tmws_core.fields import look_alike
from tmws_core.history import History
from tmws_core.pipeline import Call
from tmws_core.schema.engine import database_urls, schema_engine
from tmws_core.schema.migration import run_revisions
from tmws_core.schema.registry import record_applied
from tmws_core.settings import Settings
from tmws_core.tool_errors import AlreadyChanged

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
# the younger ones first, so that the order of the rows does not pass for that of the moments
AGENTS = [("w0rker-1", 3), ("worker-l", 2), ("worker-1", 1), ("Old Name", 1), ("日本語", 1), ("muses.documenter", 1)]
NAMESPACES = [("default", 1), ("lab-1", 1), ("lab.l", 2)]
TABLES = ("agent_namespaces", "agents", "agent_teams", "personas")


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings({}, home=tmp_path, database_url=database_url, plugins="agents", strict=True)


@pytest.fixture
def former(settings: Settings, database_url: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of a database of the first revision, by table."""
    assembly = Assembly(settings)
    assembly.schema.apply([record for record in assembly.active if record.name != "agents"], strict=True)
    url, _ = database_urls(database_url)
    with schema_engine(url).connect() as connection, connection.begin():
        run_revisions(connection, History.of(migrations).revisions[:1])
        record_applied(connection, [record for record in assembly.active if record.name == "agents"])
        connection.execute(text("UPDATE tmws_plugins SET revision = 'agents_0001' WHERE plugin = 'agents'"))
        _fill(connection)
        return {table: _rows(connection, table) for table in TABLES}


@pytest.fixture
async def application(settings: Settings, former: object) -> AsyncIterator[Application]:
    """The application that has upgraded it."""
    async with Application(settings) as opened:
        yield opened


def _fill(connection: Connection) -> None:
    tables = {name: Table(name, MetaData(), autoload_with=connection) for name in TABLES}
    for name, age in NAMESPACES:
        row = {"id": f"namespace-{name}", "namespace": name, "created_at": LONG_AGO + age * timedelta(days=1)}
        connection.execute(tables["agent_namespaces"].insert().values(row))
    for name, age in AGENTS:
        row = {"id": f"agent-{name}", "agent_id": name, "display_name": name, "namespace": "default"}
        connection.execute(tables["agents"].insert().values(**row, created_at=LONG_AGO + age * timedelta(days=1)))
    team = {"id": "1", "team_id": "crew", "team_name": "x", "shared_namespace": "lab-1", "leader_agent_id": "worker-l"}
    connection.execute(tables["agent_teams"].insert().values(team))
    persona = {"id": "1", "name": "auditor", "type": "x", "role": "auditor", "display_name": "x", "description": "own"}
    connection.execute(tables["personas"].insert().values(persona))


def _rows(connection: Connection, table: str) -> list[dict[str, Any]]:
    reflected = Table(table, MetaData(), autoload_with=connection)
    return [dict(row) for row in connection.execute(select(reflected).order_by(reflected.c.id)).mappings()]


async def test_nothing_that_was_stored_is_lost_or_renamed(
    application: Application, former: dict[str, list[dict[str, Any]]], database_url: str
) -> None:
    url, _ = database_urls(database_url)
    with schema_engine(url).connect() as connection:
        for table, rows in former.items():
            present = {row["id"]: row for row in _rows(connection, table)}
            for row in rows:
                assert {key: present[row["id"]][key] for key in row} == row


async def test_of_names_that_look_alike_the_oldest_counts(application: Application) -> None:
    async with application.database.session(read_only=True) as session:
        found = (await session.execute(select(Agent.agent_id, Agent.look_alike))).all()
    looks = {name: look for name, look in found if name in dict(AGENTS)}
    assert looks == {name: look_alike(name) for name, _ in AGENTS} | {"w0rker-1": None, "worker-l": None}


async def test_nobody_gets_another_such_name(application: Application) -> None:
    boss = Call(Principal("boss", "office", frozenset({"*"})), "mcp")
    for name in ("w0rker-l", "worker.1"):
        with pytest.raises(AlreadyChanged, match="looks like"):
            await application.pipeline.call_tool(boss, "agent_register", {"agent_id": name, "namespace": "lab-1"})


async def test_the_seeds_that_have_no_place_are_left_out(application: Application) -> None:
    async with application.database.session(read_only=True) as session:
        names = set(await session.scalars(select(Agent.agent_id)))
    assert "muses-documenter" not in names
    assert "hestia-auditor" in names


async def test_a_health_check_names_those_that_look_alike(application: Application) -> None:
    (check,) = application.catalogue.health_checks["agents"]

    async def work(context: Context) -> str:
        return str(await check.function(context))

    calling = Call(application.local_principal, "cli")
    told = await application.pipeline.run(calling, "agents", None, work, read_only=True)
    assert told == (
        "14 active agents; agent 'w0rker-1' looks like another: tell them apart with care; agent 'worker-l' looks like "
        "another: tell them apart with care; namespace 'lab.l' looks like another: tell them apart with care"
    )
