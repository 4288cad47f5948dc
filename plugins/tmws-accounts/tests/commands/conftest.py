"""Runs `tmws accounts …` on a home of its own."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tmws_core.commands import main

from ..conftest import PASSWORD

Run = Callable[..., int]
RunForJSON = Callable[..., Any]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of everything that the commands keep."""
    folder = tmp_path / "home"
    for name, value in {"HOME": str(folder), "PLUGINS": "agents,accounts", "STRICT": "true"}.items():
        monkeypatch.setenv(f"TMWS_{name}", value)
    return folder


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command with something on its standard input; gives its exit code."""

    def run(*words: str, typed: str = f"{PASSWORD}\n") -> int:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        return main(["accounts", *words])

    return run


@pytest.fixture
def result(run: Run, capfd: pytest.CaptureFixture[str]) -> RunForJSON:
    """Runs a command with --json and gives its result."""

    def result(*words: str, typed: str = f"{PASSWORD}\n") -> Any:  # noqa: ANN401 -- any JSON
        capfd.readouterr()
        code = run(*words, "--json", typed=typed)
        output = capfd.readouterr().out
        assert code == 0, output
        document = json.loads(output)
        return document.get("result", document)  # a tool's object is not wrapped

    return result
