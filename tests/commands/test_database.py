"""`tmws db`."""

import sqlite3
from pathlib import Path

import pytest

from tests.commands.conftest import Run
from tmws_core.testing.distributions import InstallPlugin

NOTES = {
    "__init__.py": """
        from tmws_core import hookimpl
        from notes import migrations, models


        @hookimpl
        def tmws_models():
            return models


        @hookimpl
        def tmws_migrations():
            return migrations
    """,
    "models.py": """
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

        from tmws_core.declarative import plugin_metadata


        class Base(DeclarativeBase):
            metadata = plugin_metadata("notes")


        class Note(Base):
            __tablename__ = "notes"
            id: Mapped[str] = mapped_column(primary_key=True)
    """,
    "migrations/__init__.py": "",
}


@pytest.fixture
def notes(install_plugin: InstallPlugin, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A plugin with a table and no revision yet."""
    monkeypatch.setenv("TMWS_PLUGINS", "notes")
    return install_plugin("notes", NOTES)


def test_a_plan_changes_nothing_and_makes_no_file(tmws: Run, home: Path) -> None:
    outcome = tmws("db", "plan")
    assert outcome.code == 0
    assert "create 4 tables" in outcome.out
    assert not home.exists()


def test_a_plan_as_json_names_the_tables(tmws: Run) -> None:
    steps = {step["plugin"]: step for step in tmws("db", "plan", "--json").document["plugins"]}
    assert steps["usage"]["action"] == "create"
    assert steps["usage"]["missing"] == ["token_consumption"]


def test_a_plan_of_a_finished_database_has_nothing_to_do(tmws: Run) -> None:
    tmws("db", "apply")
    assert {step["action"] for step in tmws("db", "plan", "--json").document["plugins"]} == {"current"}


def test_apply_makes_the_tables(tmws: Run, home: Path) -> None:
    assert tmws("db", "apply").code == 0
    with sqlite3.connect(home / "data" / "tmws.db") as connection:
        query = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'tmws_%'"
        assert connection.execute(query).fetchone() == (42,)
    connection.close()


def test_apply_as_json_tells_what_was_done(tmws: Run) -> None:
    applied = tmws("db", "apply", "--json").document
    assert {step["action"] for step in applied["plugins"]} == {"create"}
    assert applied["failures"] == {}


def test_apply_with_a_broken_plugin_fails_and_names_it(tmws: Run, broken: Path) -> None:
    outcome = tmws("db", "apply")
    assert outcome.code == 78
    assert "broken: " in outcome.out


def test_apply_with_a_newer_database_fails(tmws: Run, home: Path) -> None:
    tmws("db", "apply")
    with sqlite3.connect(home / "data" / "tmws.db") as connection:
        connection.execute("UPDATE tmws_plugins SET revision = 'usage_9999' WHERE plugin = 'usage'")
    connection.close()
    outcome = tmws("db", "apply", "--json")
    assert outcome.code == 78
    assert "the database is newer" in outcome.document["failures"]["usage"]


def test_check_before_apply_counts_none(tmws: Run, home: Path) -> None:
    outcome = tmws("db", "check")
    assert outcome.code == 1
    assert outcome.out.splitlines()[-1].startswith("0 of 42 plugin tables, 0 of 1 core tables")
    assert not home.exists()


def test_check_after_apply_counts_all(tmws: Run) -> None:
    tmws("db", "apply")
    outcome = tmws("db", "check")
    assert outcome.code == 0
    assert outcome.out.splitlines()[-1].startswith("42 of 42 plugin tables, 1 of 1 core tables")


def test_check_counts_on_every_kind_of_database(
    tmws: Run, filled_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMWS_DATABASE_URL", filled_database_url)
    outcome = tmws("db", "check", "--json")
    assert outcome.code == 0
    assert outcome.document["summary"].startswith("42 of 42 plugin tables, 1 of 1 core tables")


def test_check_names_a_table_that_is_missing(tmws: Run, home: Path) -> None:
    tmws("db", "apply")
    with sqlite3.connect(home / "data" / "tmws.db") as connection:
        connection.execute("DROP TABLE token_consumption")
    connection.close()
    outcome = tmws("db", "check", "--json")
    assert outcome.code == 1
    assert [table["name"] for table in outcome.document["tables"] if not table["live"]] == ["token_consumption"]
    assert outcome.document["summary"].startswith("41 of 42 plugin tables")


def test_check_tells_a_column_that_differs(tmws: Run, home: Path) -> None:
    tmws("db", "apply")
    with sqlite3.connect(home / "data" / "tmws.db") as connection:
        connection.execute("ALTER TABLE tasks ADD COLUMN surprise TEXT")
    connection.close()
    outcome = tmws("db", "check")
    assert outcome.code == 1
    assert "tasks: tasks: column surprise is not declared" in outcome.out


def test_check_is_not_well_while_a_plugin_is_broken(tmws: Run, broken: Path) -> None:
    tmws("db", "apply")
    outcome = tmws("db", "check", "--json")
    assert outcome.code == 1
    assert "no luck today" in outcome.document["unwell"]["broken"]


def test_every_declared_table_has_an_owner(tmws: Run) -> None:
    tables = tmws("db", "check", "--json").document["tables"]
    owners = {table["name"]: table["owner"] for table in tables}
    assert owners["memories"] == "memory"
    assert owners["tmws_plugins"] == "core"


def test_a_revision_is_written_into_the_plugins_package(tmws: Run, notes: Path) -> None:
    outcome = tmws("db", "revision", "notes", "-m", "first tables", "--json")
    assert outcome.code == 0
    file = Path(outcome.document["file"])
    assert file.is_relative_to(notes)
    assert "create_table" in file.read_text()


def test_a_revision_of_an_unknown_plugin_is_an_error(tmws: Run, weather: Path) -> None:
    outcome = tmws("db", "revision", "whether", "-m", "anything")
    assert outcome.code == 1
    assert "see `tmws plugins`" in outcome.err


def test_a_file_that_is_no_database_is_an_error_of_input(tmws: Run, home: Path) -> None:
    (home / "data").mkdir(parents=True)
    (home / "data" / "tmws.db").write_bytes(b"this is a letter, not a database" * 100)
    outcome = tmws("db", "check", "--json")
    assert outcome.code == 74
    assert "not a SQLite database" in outcome.document["error"]["message"]
