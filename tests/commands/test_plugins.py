"""`tmws plugins`."""

import sqlite3
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests.commands.conftest import Run


def test_every_installed_plugin_is_listed(tmws: Run) -> None:
    listed = {plugin["name"] for plugin in tmws("plugins", "--json").document["plugins"]}
    assert listed == {"core", *entry_points(group="tmws.plugins").names}


def test_a_plugin_is_listed_with_its_version_and_state(tmws: Run, weather: Path) -> None:
    rows = [line.split() for line in tmws("plugins").out.splitlines()]
    assert ["weather", "tmws-weather", "1.0", "active", "0", "3"] in rows


def test_a_broken_plugin_is_listed_with_its_reason(tmws: Run, broken: Path) -> None:
    outcome = tmws("plugins")
    assert outcome.code == 0
    assert "no luck today" in outcome.out


def test_a_broken_plugin_is_listed_even_when_the_start_is_strict(
    tmws: Run, broken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMWS_STRICT", "true")
    assert "no luck today" in tmws("plugins").out


def test_a_plugin_that_only_the_database_knows_is_absent(tmws: Run, home: Path) -> None:
    tmws("db", "apply")
    with sqlite3.connect(home / "data" / "tmws.db") as connection:
        connection.execute("UPDATE tmws_plugins SET plugin = 'gone' WHERE plugin = 'usage'")
    connection.close()
    gone = next(one for one in tmws("plugins", "--json").document["plugins"] if one["name"] == "gone")
    assert gone["status"] == "absent"
    assert gone["tables"] == ["token_consumption"]


def test_one_plugin_is_shown_with_what_it_contributes(tmws: Run, weather: Path) -> None:
    shown = tmws("plugins", "show", "weather", "--json").document
    assert shown["hooks"] == ["tmws_commands", "tmws_health_checks", "tmws_settings", "tmws_tools"]
    assert shown["tools"] == ["weather_report", "weather_names", "weather_wait"]
    assert shown["commands"] == ["shout", "import"]
    assert shown["settings"] == ["token"]


def test_one_plugin_is_shown_to_people(tmws: Run, weather: Path) -> None:
    assert "weather_report" in tmws("plugins", "show", "weather").out


def test_a_broken_plugin_is_shown_with_its_traceback(tmws: Run, broken: Path) -> None:
    assert "RuntimeError: no luck today" in tmws("plugins", "show", "broken").out.split("Traceback")[1]


def test_an_unknown_plugin_is_an_error_that_names_the_others(tmws: Run, weather: Path) -> None:
    outcome = tmws("plugins", "show", "whether")
    assert outcome.code == 1
    assert "weather" in outcome.err


def test_json_of_the_group_holds_for_its_commands(tmws: Run, weather: Path) -> None:
    assert tmws("plugins", "--json", "show", "weather").document["name"] == "weather"
