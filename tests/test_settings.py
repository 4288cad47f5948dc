"""Settings come from an argument, else from the environment, else from the file, else from the default."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import BaseModel, Field

from tmws_core.errors import ConfigurationError, Conflict
from tmws_core.settings import Settings


class NoteSettings(BaseModel):
    limit: int = Field(10, ge=1, description="How many notes.")
    colours: list[str] = []


def _settings(
    tmp_path: Path, environment: Mapping[str, str] | None = None, file: str = "", **arguments: object
) -> Settings:
    (tmp_path / "config.toml").write_text(file)
    return Settings(environment or {}, home=tmp_path, **arguments)


def test_an_argument_wins_over_the_environment(tmp_path: Path) -> None:
    assert _settings(tmp_path, {"TMWS_API_PORT": "2"}, "api_port = 3", api_port=1).core.api_port == 1


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    assert _settings(tmp_path, {"TMWS_API_PORT": "2"}, "api_port = 3").core.api_port == 2


def test_the_file_wins_over_the_default(tmp_path: Path) -> None:
    assert _settings(tmp_path, file="api_port = 3").core.api_port == 3


@pytest.mark.parametrize(
    ("environment", "agent_id"),
    [
        ({}, "local-agent"),
        ({"ANTHROPIC_AGENT_ID": "dan"}, "dan"),
        ({"ANTHROPIC_AGENT_ID": "dan", "OPENAI_AGENT_ID": "cal"}, "cal"),
        ({"OPENAI_AGENT_ID": "cal", "CLAUDE_AGENT_ID": "bob"}, "bob"),
        ({"CLAUDE_AGENT_ID": "bob", "MCP_AGENT_ID": "ada"}, "ada"),
        ({"MCP_AGENT_ID": "ada", "TMWS_AGENT_ID": "eve"}, "eve"),
        ({"MCP_AGENT_ID": "", "CLAUDE_AGENT_ID": "bob"}, "bob"),
    ],
)
def test_the_name_of_a_local_agent_may_come_from_its_client(
    tmp_path: Path, environment: dict[str, str], agent_id: str
) -> None:
    assert Settings(environment, home=tmp_path).core.agent_id == agent_id


def test_the_file_wins_over_a_variable_of_others(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('agent_id = "ada"')
    assert Settings({"MCP_AGENT_ID": "bob"}, home=tmp_path).core.agent_id == "ada"


def test_a_malformed_variable_of_others_is_told_by_its_own_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"MCP_AGENT_ID \(agent_id\): String should match pattern"):
        Settings({"MCP_AGENT_ID": "My Agent"}, home=tmp_path)


def test_an_entry_names_the_variable_of_others_that_it_comes_from(tmp_path: Path) -> None:
    settings = Settings({"MCP_AGENT_ID": "ada"}, home=tmp_path)
    settings.fill({})
    (entry,) = [entry for entry in settings.entries() if entry.key == "agent_id"]
    assert (entry.variable, entry.origin, entry.value) == ("MCP_AGENT_ID", "environment", "ada")


def test_an_empty_variable_counts_as_not_set(tmp_path: Path) -> None:
    assert _settings(tmp_path, {"TMWS_API_PORT": ""}, "api_port = 3").core.api_port == 3


def test_a_variable_may_be_in_any_case(tmp_path: Path) -> None:
    assert _settings(tmp_path, {"tmws_api_port": "2"}).core.api_port == 2


def test_an_argument_that_is_none_was_not_given(tmp_path: Path) -> None:
    assert _settings(tmp_path, {"TMWS_API_PORT": "2"}, api_port=None).core.api_port == 2


def test_the_home_folder_holds_the_settings_file(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("api_port = 3")
    assert Settings({"TMWS_HOME": str(tmp_path)}).core.api_port == 3


def test_the_settings_file_may_be_elsewhere(tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text("api_port = 4")
    assert _settings(tmp_path, {"TMWS_CONFIG": str(file)}, "api_port = 3").core.api_port == 4


def test_the_tilde_is_the_users_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Settings({}).home == tmp_path / ".tmws"


def test_the_process_environment_is_read_when_no_other_is_given(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TMWS_API_PORT", "5")
    assert Settings(home=tmp_path).core.api_port == 5


def test_the_default_database_is_a_file_in_the_home_folder(tmp_path: Path) -> None:
    assert _settings(tmp_path).database_url == f"sqlite+aiosqlite:///{tmp_path / 'data' / 'tmws.db'}"


@pytest.mark.parametrize("names", ["memory, agents", "memory,agents,"])
def test_names_are_separated_by_commas(tmp_path: Path, names: str) -> None:
    assert _settings(tmp_path, {"TMWS_PLUGINS": names}).core.plugins == frozenset({"memory", "agents"})


def test_names_are_a_list_in_the_file(tmp_path: Path) -> None:
    assert _settings(tmp_path, file='blocked_plugins = ["memory"]').core.blocked_plugins == {"memory"}


@pytest.mark.parametrize(
    ("environment", "file"),
    [({"TMWS_API_PORT": "many"}, ""), ({}, 'api_port = "many"'), ({"TMWS_API_PORT": "-1"}, "")],
)
def test_a_malformed_value_is_told_by_its_variable_and_key(
    tmp_path: Path, environment: dict[str, str], file: str
) -> None:
    with pytest.raises(ConfigurationError, match=r"malformed setting: TMWS_API_PORT \(api_port\): Input should be"):
        _settings(tmp_path, environment, file)


def test_a_malformed_value_of_a_section_is_told_by_its_variable_and_key(tmp_path: Path) -> None:
    settings = _settings(tmp_path, file="[notes]\nlimit = 0")
    with pytest.raises(ConfigurationError, match=r"TMWS_NOTES_LIMIT \(notes\.limit\): Input should be"):
        settings.fill({"notes": NoteSettings})


def test_a_file_that_is_no_toml_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"config\.toml cannot be read as TOML"):
        _settings(tmp_path, file="[[[")


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match=r"config\.toml cannot be read as TOML"):
        Settings({}, home=tmp_path)


@pytest.mark.parametrize("variable", ["TMWS_API_PROT", "TMWS_NOTES_LIMITT", "TMWS_VOTES_LIMIT"])
def test_an_unknown_variable_is_refused(tmp_path: Path, variable: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{variable} is set, but no such setting exists; see `tmws config`"):
        _settings(tmp_path, {variable: "1"}).fill({"notes": NoteSettings})


@pytest.mark.parametrize(
    ("file", "key"),
    [("api_prot = 1", "api_prot"), ("[notes]\nlimitt = 1", r"notes\.limitt"), ("[votes]\nlimit = 1", "votes")],
)
def test_an_unknown_key_of_the_file_is_refused(tmp_path: Path, file: str, key: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"config\.toml: {key} is set, but no such setting exists"):
        _settings(tmp_path, file=file).fill({"notes": NoteSettings})


def test_a_section_must_be_a_table(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"\[notes\] must be a table of settings"):
        _settings(tmp_path, file="notes = 1").fill({"notes": NoteSettings})


def test_the_keys_of_a_plugin_that_does_not_run_are_left_alone(tmp_path: Path) -> None:
    settings = _settings(tmp_path, {"TMWS_NOTES_LIMIT": "x"}, "[notes]\nlimit = 1")
    settings.fill({}, inactive=["notes"])
    assert settings.core.api_port == 8000


def test_a_section_is_filled_from_the_environment_and_the_file(tmp_path: Path) -> None:
    settings = _settings(tmp_path, {"TMWS_NOTES_LIMIT": "3"}, '[notes]\nlimit = 2\ncolours = ["red"]')
    settings.fill({"notes": NoteSettings})
    assert settings.section(NoteSettings) == NoteSettings(limit=3, colours=["red"])


def test_a_section_that_nobody_contributed_is_told(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="no running plugin contributed NoteSettings with tmws_settings"):
        _settings(tmp_path).section(NoteSettings)


def test_two_sections_may_not_share_a_variable(tmp_path: Path) -> None:
    class Notes(BaseModel):
        a_limit: int = 1

    class NotesA(BaseModel):
        limit: int = 1

    with pytest.raises(Conflict, match="setting TMWS_NOTES_A_LIMIT is claimed by notes and by notes_a; rename one"):
        _settings(tmp_path).fill({"notes": Notes, "notes_a": NotesA})


def test_no_section_takes_a_variable_of_the_core(tmp_path: Path) -> None:
    class Api(BaseModel):
        port: int = 1

    with pytest.raises(Conflict, match="setting TMWS_API_PORT is claimed by core and by api; rename one"):
        _settings(tmp_path).fill({"api": Api})


def test_every_entry_says_where_its_value_comes_from(tmp_path: Path) -> None:
    settings = _settings(tmp_path, {"TMWS_API_PORT": "2"}, "[notes]\nlimit = 2", api_host="::1")
    settings.fill({"notes": NoteSettings})
    origins = {entry.key: (entry.variable, entry.value, entry.origin) for entry in settings.entries()}
    assert origins["api_host"] == ("TMWS_API_HOST", "::1", "argument")
    assert origins["api_port"] == ("TMWS_API_PORT", 2, "environment")
    assert origins["notes.limit"] == ("TMWS_NOTES_LIMIT", 2, "file")
    assert origins["notes.colours"] == ("TMWS_NOTES_COLOURS", [], "default")


def test_every_setting_of_the_core_is_described(tmp_path: Path) -> None:
    assert [entry.key for entry in _settings(tmp_path).entries() if not entry.description] == []
