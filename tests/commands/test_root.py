"""The root: version, help, words that mean nothing."""

import subprocess
import sys
from importlib.metadata import entry_points, version
from pathlib import Path

from tests.commands.conftest import Run
from tmws_core.commands import main, serve_stdio
from tmws_core.commands.root import installed
from tmws_core.discovery import ENTRY_POINT_GROUP


def test_version_is_that_of_the_distribution(tmws: Run) -> None:
    assert tmws("--version").out == f"tmws {version('tmws-core')}\n"


def test_version_as_json(tmws: Run) -> None:
    assert tmws("--version", "--json").document == {"version": version("tmws-core")}


def test_no_words_print_the_help_and_are_an_error(tmws: Run) -> None:
    outcome = tmws()
    assert "Usage: tmws" in outcome.out
    assert outcome.code == 64


def test_help_names_every_installed_plugin(tmws: Run) -> None:
    shown = tmws("--help").out
    assert {entry.name for entry in entry_points(group=ENTRY_POINT_GROUP) if f" {entry.name} " not in shown} == set()


def test_the_installed_plugins_are_those_that_discovery_finds() -> None:
    assert {name for name, _ in installed()} == {"core", *entry_points(group=ENTRY_POINT_GROUP).names}


def test_help_imports_neither_plugins_nor_the_heavy_libraries(weather: Path) -> None:
    script = (
        "import sys; from tmws_core.commands import main; main(['--help']); main(['db', '--help']); "
        "print([name for name in ('sqlalchemy', 'mcp', 'starlette', 'alembic', 'weather') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_an_unknown_word_is_answered_with_the_plugins(tmws: Run) -> None:
    outcome = tmws("wether")
    assert outcome.code == 64
    assert outcome.err.startswith("tmws: there is no command or plugin 'wether'")
    assert "memory" in outcome.err


def test_a_misspelt_word_is_answered_with_the_nearest(tmws: Run) -> None:
    assert "did you mean 'doctor'?" in tmws("docto").err


def test_an_unknown_word_as_json(tmws: Run) -> None:
    outcome = tmws("wether", "--json")
    assert outcome.code == 64
    assert outcome.document["error"]["code"] == "unknown_command"


def test_an_unknown_option_says_where_help_is(tmws: Run) -> None:
    outcome = tmws("db", "check", "--fast")
    assert outcome.code == 64
    assert "--fast" in outcome.err
    assert "`tmws db check --help`" in outcome.err


def test_an_error_is_one_line_for_people(tmws: Run, home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text("not = = toml")
    outcome = tmws("plugins")
    assert outcome.code == 78
    assert len(outcome.err.splitlines()) == 1
    assert "config.toml" in outcome.err


def test_an_error_is_a_document_for_programs(tmws: Run, home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text("not = = toml")
    outcome = tmws("plugins", "--json")
    assert outcome.code == 78
    assert outcome.document["error"]["code"] == "configuration"


def test_both_entry_points_are_installed() -> None:
    scripts = {entry.name: entry.load() for entry in entry_points(group="console_scripts") if "tmws" in entry.name}
    assert scripts == {"tmws": main, "tmws-mcp-server": serve_stdio}
