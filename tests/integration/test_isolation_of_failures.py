"""Beside the twelve plugins one is installed that fails: it is named with its reason, and the twelve do not notice."""

import json
from importlib.metadata import entry_points
from typing import Any

import pytest

from tests.integration.installation import Installation
from tests.integration.look import Look
from tmws_core.errors import ExitCode

_TABLE = """
    import sys

    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    from tmws_core import hookimpl
    from tmws_core.declarative import plugin_metadata


    class Base(DeclarativeBase):
        metadata = plugin_metadata("broken")


    class Row(Base):
        __tablename__ = {table!r}
        id: Mapped[int] = mapped_column(primary_key=True)
        {column}


    @hookimpl
    def tmws_models():
        return sys.modules[__name__]
"""
_SEED = """

    from tmws_core import seed


    @seed
    def rows(session):
        session.add(Row(id=1))
        session.flush()
        raise ValueError("the seed is rotten")


    @hookimpl
    def tmws_seeds():
        return sys.modules[__name__]
"""

BROKEN = {
    "raises": ("raise RuntimeError('out of coffee')", "RuntimeError: out of coffee"),
    "exits": ("import sys\nsys.exit(3)", "sys.exit(3)"),
    "hangs, and catches every exception": (
        "while True:\n    try:\n        while True:\n            pass\n    except Exception:\n        pass",
        "TMWS_PLUGIN_IMPORT_SECONDS",
    ),
    "does not parse": ("def (:", "SyntaxError"),
    "misspells a hook": (
        "from tmws_core import hookimpl\n@hookimpl\ndef tmws_modles():\n    return None",
        "did you mean 'tmws_models'?",
    ),
    "has a table that the database refuses": (
        _TABLE.format(table="broken_rows", column="from sqlalchemy import CheckConstraint as C\n        "
                      '__table_args__ = (C("no_such_column > 0", name="impossible"),)'),
        "no_such_column",
    ),
    "has a seed that fails": (_TABLE.format(table="broken_rows", column="") + _SEED, "the seed is rotten"),
    "prints and raises": ("print('{\"not\": \"yours\"}')\nraise RuntimeError('loud')", "RuntimeError: loud"),
}  # fmt: skip


def _plugins(installation: Installation) -> dict[str, dict[str, Any]]:
    status = installation.ask("call", "server_status", TMWS_PLUGIN_IMPORT_SECONDS="3")
    return {plugin["name"]: plugin for plugin in status["plugins"]}


def _assert_failed_alone(plugins: dict[str, dict[str, Any]], look: Look, reason: str) -> None:
    broken = plugins.pop("broken")
    assert broken["status"] == "failed"
    assert reason in broken["reason"]
    assert set(plugins) == {one.name for one in entry_points(group="tmws.plugins")}
    assert {name: plugin["reason"] for name, plugin in plugins.items() if plugin["status"] != "active"} == {}
    declared = {table for plugin in plugins.values() for table in plugin["tables"]}
    assert look.tables() == {table for table in declared if not table.startswith("tmws_")}
    assert len(look.tables()) == 42
    assert look.rows("SELECT plugin FROM tmws_plugins WHERE plugin = 'broken'") == []


@pytest.mark.parametrize(("source", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_a_plugin_that_fails_is_named_and_the_twelve_are_active(
    installation: Installation, look: Look, source: str, reason: str
) -> None:
    installation.install("broken", source)
    _assert_failed_alone(_plugins(installation), look, reason)


@pytest.mark.parametrize("table", ["agents", "Agents"])
def test_a_plugin_that_claims_a_table_of_another_is_stopped_where_the_other_is_established(
    established: Installation, look: Look, table: str
) -> None:
    before = look.everything()
    established.install("broken", _TABLE.format(table=table, column=""))
    _assert_failed_alone(_plugins(established), look, "'agents' (tmws-agents ")
    assert look.everything() == before


def test_of_two_that_claim_one_table_of_a_new_database_neither_wins(installation: Installation, look: Look) -> None:
    installation.install("broken", _TABLE.format(table="users", column=""))
    plugins = _plugins(installation)
    assert {name for name, plugin in plugins.items() if plugin["status"] == "failed"} == {"accounts", "broken"}
    assert "users" not in look.tables()


def test_a_strict_start_ends_with_the_reason_of_the_plugin_that_fails(installation: Installation) -> None:
    installation.install("broken", "raise RuntimeError('out of coffee')")
    ended = installation.run("db", "apply", TMWS_STRICT="true")
    assert ended.returncode == ExitCode.CONFIGURATION
    assert "'broken' (tmws-broken 1.0)" in ended.stderr
    assert "out of coffee" in ended.stderr
    assert not installation.database.exists()


def test_safe_mode_imports_no_plugin(installation: Installation) -> None:
    installation.install("broken", "import os\nos._exit(9)")
    ended = installation.run("plugins", "--json", TMWS_SAFE_MODE="true")
    assert ended.returncode == ExitCode.OK, ended.stderr
    statuses = {plugin["name"]: plugin["status"] for plugin in json.loads(ended.stdout)["plugins"]}
    assert statuses.pop("core") == "active"
    assert set(statuses.values()) == {"blocked"}
