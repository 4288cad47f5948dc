"""Other memory servers, from their registries, each in a folder of its own with a home of its own.

The versions are fixed, so that figures of different days compare. basic-memory runs without its semantic search, whose
model it would have to download.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BASIC_MEMORY = "basic-memory==0.23.2"
SERVER_MEMORY = "@modelcontextprotocol/server-memory@2026.8.31"
PYTHON_VARIABLE = "BENCHMARK_PEER_PYTHON"
_OLDEST_PYTHON = (3, 12)


@dataclass(frozen=True)
class ToolCall:
    """A call of a tool over MCP."""

    tool: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Peer:
    """A memory server.

    Attributes:
        name: what it is called in the table.
        command: what starts its stdio server.
        environment: the environment of that.
        store: the call that stores a text under a title.
        search: the call that finds the texts with a word.
    """

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    store: Callable[[str, str], ToolCall]
    search: Callable[[str], ToolCall]


def basic_memory(folder: Path) -> Peer:
    """Install basic-memory: notes in Markdown files with an index in SQLite.

    Raises:
        RuntimeError: there is no Python that is new enough, or it cannot be installed.
    """
    venv, home = folder / "venv", folder / "home"
    home.mkdir(parents=True)
    _run([_python(), "-m", "venv", str(venv)])
    _run([str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", BASIC_MEMORY])
    environment = {
        **_isolated(home),
        "BASIC_MEMORY_HOME": str(home / "notes"),
        "BASIC_MEMORY_CONFIG_DIR": str(home / "configuration"),
        "BASIC_MEMORY_SEMANTIC_SEARCH_ENABLED": "false",
        "FASTMCP_CHECK_FOR_UPDATES": "off",
    }
    return Peer(
        BASIC_MEMORY.replace("==", " "),
        [str(venv / "bin" / "basic-memory"), "mcp"],
        environment,
        lambda title, text: ToolCall("write_note", {"title": title, "content": text, "directory": "benchmark"}),
        lambda word: ToolCall("search_notes", {"query": word}),
    )


def server_memory(folder: Path) -> Peer:
    """Install the reference server of the Model Context Protocol: entities in one JSON file.

    Raises:
        RuntimeError: there is no Node.js, or it cannot be installed.
    """
    home = folder / "home"
    home.mkdir(parents=True)
    node, npm = _program("node"), _program("npm")
    environment = {**_isolated(home), "npm_config_cache": str(folder / "cache")}
    _run([npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--silent", SERVER_MEMORY], environment)
    package, _, version = SERVER_MEMORY.rpartition("@")
    return Peer(
        f"{package.rpartition('/')[2]} {version}",
        [node, str(folder / "node_modules" / package / "dist" / "index.js")],
        {**environment, "MEMORY_FILE_PATH": str(home / "memory.jsonl")},
        lambda title, text: ToolCall(
            "create_entities", {"entities": [{"name": title, "entityType": "note", "observations": [text]}]}
        ),
        lambda word: ToolCall("search_nodes", {"query": word}),
    )


def _isolated(home: Path) -> dict[str, str]:
    """This process's environment with another home folder, and nothing that speaks of the user's own servers."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("TMWS_", "BASIC_MEMORY_", "XDG_"))}
    return {**kept, "HOME": str(home)}


def _python() -> str:
    """A Python that basic-memory runs on."""
    names = [f"python3.{minor}" for minor in range(14, _OLDEST_PYTHON[1] - 1, -1)]
    found = [os.environ.get(PYTHON_VARIABLE), sys.executable, *map(shutil.which, names)]
    for python in filter(None, found):
        asked = [python, "-c", f"import sys; sys.exit(sys.version_info < {_OLDEST_PYTHON})"]
        if subprocess.run(asked, check=False, capture_output=True).returncode == 0:
            return python
    oldest = ".".join(map(str, _OLDEST_PYTHON))
    raise RuntimeError(f"{BASIC_MEMORY} needs Python {oldest}, and there is none on the path; set {PYTHON_VARIABLE}")


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise RuntimeError(f"{SERVER_MEMORY} needs {name}, which is not on the path; install Node.js")
    return found


def _run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed: {(done.stderr or done.stdout).strip()[-2000:]}")
