"""`tmws doctor`."""

import sqlite3
from pathlib import Path

import pytest

from tests.commands.conftest import Outcome, Run
from tmws_core.testing.distributions import InstallPlugin

SICK = """
    import sys

    from tmws_core import Context, health_check, hookimpl


    @health_check
    async def pulse(ctx: Context) -> str:
        \"\"\"Whether there is a pulse.\"\"\"
        raise RuntimeError("no pulse; call a doctor")


    @hookimpl
    def tmws_health_checks():
        return sys.modules[__name__]
"""


def verdicts(outcome: Outcome, check: str) -> list[str]:
    """What was found of one check."""
    return [found["verdict"] for found in outcome.document["findings"] if found["check"] == check]


def test_without_a_database_it_says_so_and_makes_none(tmws: Run, weather: Path, home: Path) -> None:
    outcome = tmws("doctor")
    assert outcome.code == 0
    assert "does not exist yet" in outcome.out
    assert not home.exists()


def test_a_finished_database_is_well(tmws: Run, weather: Path) -> None:
    tmws("db", "apply")
    outcome = tmws("doctor", "--json")
    assert outcome.code == 0
    assert outcome.document["well"] is True
    assert verdicts(outcome, "integrity") == ["ok"]
    assert verdicts(outcome, "plugin weather") == ["ok"]
    assert "ok" in verdicts(outcome, "database")


def test_health_checks_are_asked(tmws: Run, weather: Path) -> None:
    tmws("db", "apply")
    assert "the sky is blue" in tmws("doctor").out


def test_a_health_check_that_fails_is_bad_and_says_what_to_do(
    tmws: Run, install_plugin: InstallPlugin, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_plugin("sick", SICK)
    monkeypatch.setenv("TMWS_PLUGINS", "sick")
    tmws("db", "apply")
    outcome = tmws("doctor")
    assert outcome.code == 1
    assert "no pulse; call a doctor" in outcome.out


def test_a_broken_plugin_is_bad(tmws: Run, broken: Path) -> None:
    outcome = tmws("doctor", "--json")
    assert outcome.code == 1
    assert verdicts(outcome, "plugin broken") == ["bad"]


def test_a_settings_file_that_cannot_be_read_is_bad(tmws: Run, home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text("not = = toml")
    outcome = tmws("doctor", "--json")
    assert outcome.code == 1
    assert verdicts(outcome, "settings") == ["bad"]


def test_an_unknown_setting_is_bad(tmws: Run, weather: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMWS_COLOUR", "red")
    outcome = tmws("doctor")
    assert outcome.code == 1
    assert "TMWS_COLOUR" in outcome.out


def test_tables_that_differ_are_bad(tmws: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMWS_PLUGINS", "usage,agents")
    tmws("db", "apply")
    with sqlite3.connect(home / "data" / "tmws.db") as connection:
        connection.execute("ALTER TABLE token_consumption ADD COLUMN surprise TEXT")
    connection.close()
    outcome = tmws("doctor", "--json")
    assert outcome.code == 1
    assert verdicts(outcome, "schema usage") == ["bad"]


def test_a_database_behind_its_plugins_is_noted_and_not_changed(
    tmws: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMWS_SAFE_MODE", "true")
    tmws("db", "apply")
    monkeypatch.delenv("TMWS_SAFE_MODE")
    before = (home / "data" / "tmws.db").read_bytes()
    outcome = tmws("doctor", "--json")
    assert outcome.code == 0
    assert verdicts(outcome, "schema usage") == ["note"]
    assert (home / "data" / "tmws.db").read_bytes() == before


def test_a_damaged_file_is_bad(tmws: Run, weather: Path, home: Path) -> None:
    (home / "data").mkdir(parents=True)
    (home / "data" / "tmws.db").write_bytes(b"this is a letter, not a database" * 100)
    outcome = tmws("doctor", "--json")
    assert outcome.code == 1
    assert verdicts(outcome, "integrity") == ["bad"]


def test_a_folder_that_is_a_file_is_bad(tmws: Run, weather: Path, home: Path) -> None:
    home.mkdir()
    (home / "data").write_text("I am not a folder")
    outcome = tmws("doctor", "--json")
    assert outcome.code == 1
    assert verdicts(outcome, "folder") == ["bad"]
