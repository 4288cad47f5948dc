"""What the documents name exists: commands, settings, links."""

import re
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from tmws_core.application import Application
from tmws_core.commands.generated import PluginGroup
from tmws_core.commands.root import build

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "plugins").glob("*/README.md")])

_COMMAND = re.compile(r"(?:^|`)(?:\$ )?tmws ([^`\n]+)", re.MULTILINE)
# a document for authors installs plugins of its own as examples
_ENTRY_POINT = re.compile(r'^\[project\.entry-points\."tmws\.plugins"\]\n(\w+) = ', re.MULTILINE)
_VARIABLE = re.compile(r"\bTMWS_[A-Z0-9_]+\b")
_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")

pytestmark = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: str(file.relative_to(ROOT)))


def test_every_command_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    examples = set(_ENTRY_POINT.findall(text))
    named = [words.split() for words in _COMMAND.findall(text)]
    assert [words for words in named if words[0] not in examples and not _exists(words)] == []


def _exists(words: list[str]) -> bool:
    """Whether words lead to a command; words in capitals stand for what the user has to fill in."""
    command: Any = get_command(build())
    for word in words:
        if word.startswith("-") or isinstance(command, PluginGroup) or not hasattr(command, "commands"):
            return True
        if word not in command.commands:
            return word.strip("…<>[]").isupper() or not word[0].isalpha()
        command = command.commands[word]
    return True


def test_every_link_leads_somewhere(document: Path) -> None:
    links = _LINK.findall(document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_setting_exists(document: Path, application: Application) -> None:
    known = {entry.variable for entry in application.settings.entries()} | {"TMWS_CONFIG"}
    named = set(_VARIABLE.findall(document.read_text(encoding="utf-8")))
    assert {name for name in named if name not in known and not name.endswith("_")} == set()
