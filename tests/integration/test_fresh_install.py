"""The two tests that the report of the missing tables asked for, and what else a fresh install must withstand."""

import sqlite3
from pathlib import Path

import pytest

from tmws_core.tables import create_tables

EXPECTED_TABLES = {
    "agent_namespaces", "agent_teams", "agents", "api_audit_log", "api_keys", "detected_patterns", "discovered_tools",
    "execution_traces", "learning_patterns", "license_key_usage", "license_keys", "mcp_connections", "memories",
    "memory_consolidations", "memory_patterns", "memory_sharing", "pattern_usage_history", "personas",
    "phase_templates", "refresh_tokens", "security_audit_logs", "skill_activations", "skill_mcp_tools",
    "skill_memory_filters", "skill_shared_agents", "skill_suggestions", "skill_versions", "skills", "task_templates",
    "tasks", "token_consumption", "tool_dependencies", "tool_instances", "tool_verification_history",
    "trust_score_history", "users", "verification_records", "workflow_execution_logs", "workflow_executions",
    "workflow_schedules", "workflow_step_executions", "workflows",
}  # fmt: skip


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home folder of a user who starts for the first time."""
    home = tmp_path / "home"
    monkeypatch.setenv("TMWS_HOME", str(home))
    return home


def _tables(home: Path) -> set[str]:
    connection = sqlite3.connect(home / "data" / "tmws.db")
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'tmws\\_%' ESCAPE '\\'"
    found = {name for (name,) in connection.execute(query)}
    connection.close()
    return found


def _touch(file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.touch()


def _assert_exactly_the_expected_tables(home: Path) -> None:
    actual = _tables(home)
    assert actual == EXPECTED_TABLES, f"missing: {EXPECTED_TABLES - actual}; unexpected: {actual - EXPECTED_TABLES}"


async def test_fresh_install_creates_all_42_tables(home: Path) -> None:
    await create_tables()
    assert len(EXPECTED_TABLES) == 42
    _assert_exactly_the_expected_tables(home)


async def test_create_tables_is_idempotent(home: Path) -> None:
    await create_tables()
    again = await create_tables()
    assert not again.writes
    assert not again.failures
    _assert_exactly_the_expected_tables(home)


async def test_the_flag_file_of_the_ancestor_is_not_believed(home: Path) -> None:
    _touch(home / ".initialized")
    await create_tables()
    _assert_exactly_the_expected_tables(home)


async def test_a_deleted_database_is_created_again(home: Path) -> None:
    await create_tables()
    for file in (home / "data").glob("tmws.db*"):
        file.unlink()
    await create_tables()
    _assert_exactly_the_expected_tables(home)


async def test_an_empty_file_becomes_a_whole_database(home: Path) -> None:
    _touch(home / "data" / "tmws.db")
    await create_tables()
    _assert_exactly_the_expected_tables(home)


async def test_a_fresh_install_holds_its_seeds_once(home: Path) -> None:
    await create_tables()
    await create_tables()
    connection = sqlite3.connect(home / "data" / "tmws.db")
    agents = connection.execute("SELECT count(*), count(DISTINCT agent_id) FROM agents").fetchone()
    templates = connection.execute("SELECT count(*), count(DISTINCT template_id) FROM phase_templates").fetchone()
    connection.close()
    assert (agents, templates) == ((9, 9), (4, 4))
