"""How far a call is, is shown to a person at a terminal and to nobody else."""

import asyncio
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.conftest import Outcome, Run, command
from tmws_core.commands.progress import progress_bar
from tmws_core.progress import ReportProgress
from tmws_core.testing.distributions import InstallPlugin

_COUNTER = '''
    import sys

    from tmws_core import Context, command, hookimpl, tool


    @tool(scope="counter:read", read_only=True)
    async def counter_run(ctx: Context, to: int) -> int:
        """Count."""
        for number in range(1, to + 1):
            await ctx.progress(number, to, "counting")
        return to


    @command(scope="counter:read")
    async def march(ctx: Context, to: int) -> str:
        """March."""
        for number in range(1, to + 1):
            await ctx.progress(number, to)
            print(f"step {number}")
        return "there"


    @hookimpl
    def tmws_tools():
        return sys.modules[__name__]


    @hookimpl
    def tmws_commands():
        return sys.modules[__name__]
'''

Shown = Callable[..., str]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    """What a terminal of a hundred columns is sent while the reports that are given are made."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")

    async def report_all(report: ReportProgress, reports: tuple[tuple[float, float | None, str | None], ...]) -> None:
        for one in reports:
            await report(*one)

    def shown(*reports: tuple[float, float | None, str | None]) -> str:
        ours, theirs = pty.openpty()
        with os.fdopen(theirs, "w", encoding="utf-8") as terminal, monkeypatch.context() as patched:
            patched.setattr(sys, "stderr", terminal)
            with progress_bar() as report:
                asyncio.run(report_all(report, reports))
        return _all_of(ours).decode()

    return shown


def _all_of(descriptor: int) -> bytes:
    """What a terminal was sent, until nobody has it open any more."""
    read = b""
    with open(descriptor, "rb", buffering=0) as terminal:
        while True:
            try:
                block = terminal.read(65536)
            except OSError:  # Linux says so instead of an end
                return read
            if not block:
                return read
            read += block


def _last(shown: str) -> str:
    """The bar as it was drawn last."""
    return [line for line in shown.split("\r") if "━" in line][-1]


def test_a_bar_has_message_percentage_count_and_time(shown: Shown) -> None:
    last = _last(shown((1, 4, "reading"), (2, 4, "writing")))
    for part in ("writing", "50%", "2/4", "0:00:"):
        assert part in last


def test_a_report_without_a_message_leaves_the_last_one(shown: Shown) -> None:
    last = _last(shown((1, 4, "reading"), (2, 4, None)))
    assert "reading" in last
    assert "2/4" in last


def test_without_a_total_the_count_alone_is_shown(shown: Shown) -> None:
    last = _last(shown((37.5, None, None)))
    assert "37.5" in last
    assert "%" not in last
    assert "37.5/" not in last


def test_a_message_is_one_line_that_cannot_steer_the_terminal(shown: Shown) -> None:
    assert "one of \\x1b[31m[bold]many[/]" in shown((1, 4, "one\nof \x1b[31m[bold]many[/]"))


def test_without_a_report_there_is_no_bar(shown: Shown) -> None:
    assert shown() == ""


@pytest.fixture
def counter(install_plugin: InstallPlugin, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only plugin that is loaded: one that tells how far it is."""
    site = install_plugin("counter", _COUNTER)
    monkeypatch.setenv("TMWS_PLUGINS", "counter")
    monkeypatch.setenv("PYTHONPATH", str(site))
    return site


@pytest.fixture
def at_terminal(counter: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command whose standard error is a terminal, and whose standard output is a pipe."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")

    def run(*words: str) -> Outcome:
        ours, theirs = pty.openpty()
        with subprocess.Popen(command(words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs) as done:
            os.close(theirs)
            shown = _all_of(ours)
            assert done.stdout is not None
            out = done.stdout.read().decode()
        return Outcome(done.returncode, out, shown.decode())

    return run


def test_with_json_standard_output_is_one_document_under_a_bar(at_terminal: Run) -> None:
    outcome = at_terminal("call", "counter_run", "to=4", "--json")
    assert outcome.document == {"result": 4}
    assert "4/4" in _last(outcome.err)


def test_what_a_command_prints_on_its_way_stands_above_the_bar(at_terminal: Run) -> None:
    outcome = at_terminal("counter", "march", "--to", "3")
    assert outcome.out == "there\n"
    assert "3/3" in _last(outcome.err)
    assert [step for step in ("step 1", "step 2", "step 3") if step in outcome.err] == ["step 1", "step 2", "step 3"]


@pytest.mark.usefixtures("counter")
def test_a_pipe_gets_no_bar(process: Run) -> None:
    outcome = process("counter", "run", "--to", "4")
    assert outcome.out == "4\n"
    assert "counting" not in outcome.err
    assert "━" not in outcome.err
