"""`tmws config`."""

from pathlib import Path

import pytest

from tests.commands.conftest import Outcome, Run
from tmws_core.commands.config import shown


def setting(outcome: Outcome, key: str) -> dict[str, object]:
    """One of the settings that were printed."""
    return next(entry for entry in outcome.document["settings"] if entry["key"] == key)


def test_a_default_is_told_as_such(tmws: Run, weather: Path) -> None:
    entry = setting(tmws("config", "--json"), "api_port")
    assert (entry["value"], entry["variable"], entry["origin"]) == (8000, "TMWS_API_PORT", "default")


def test_a_variable_is_told_as_such(tmws: Run, weather: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMWS_STRICT", "true")
    entry = setting(tmws("config", "--json"), "strict")
    assert (entry["value"], entry["origin"]) == (True, "environment")


def test_the_file_is_told_as_such(tmws: Run, weather: Path, home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text("api_port = 9000")
    entry = setting(tmws("config", "--json"), "api_port")
    assert (entry["value"], entry["origin"]) == (9000, "file")


def test_a_plugins_secret_is_masked(tmws: Run, weather: Path) -> None:
    printed = tmws("config").out
    assert "weather.token" in printed
    assert "cloud-key" not in printed


def test_a_password_in_a_url_is_masked() -> None:
    assert shown("postgresql://anna:open@sesame@host/db") == "postgresql://anna:**********@host/db"


def test_an_unknown_variable_is_answered_with_the_settings_that_exist(
    tmws: Run, weather: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMWS_COLOUR", "red")
    outcome = tmws("config")
    assert outcome.code == 78
    assert "TMWS_COLOUR" in outcome.err
    assert "TMWS_API_PORT" in outcome.out


def test_an_unknown_variable_as_json(tmws: Run, weather: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMWS_COLOUR", "red")
    outcome = tmws("config", "--json")
    assert outcome.code == 78
    assert outcome.document["error"]["code"] == "configuration"
    assert {"key": "api_port", "variable": "TMWS_API_PORT"} in outcome.document["known_settings"]


def test_the_path_is_that_of_the_home(tmws: Run, home: Path) -> None:
    assert tmws("config", "path").out == f"{home / 'config.toml'}\n"


def test_the_path_as_json(tmws: Run, home: Path) -> None:
    assert tmws("config", "path", "--json").document == {"path": str(home / "config.toml"), "exists": False}
