"""How far a call is, is shown to a person at a terminal and to nobody else."""

import json
import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.commands.conftest import Outcome, Run, command
from tmws_core.testing.distributions import InstallPlugin

_COUNTER = '''
    import sys

    from tmws_core import Context, command, hookimpl, tool


    @tool(scope="counter:read", read_only=True)
    async def counter_run(ctx: Context, to: int, known: bool = True) -> int:
        """Count."""
        for number in range(1, to + 1):
            await ctx.progress(number, to if known else None, f"number {number}\\nof \\x1b[31m[bold]many[/]")
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


@pytest.fixture(autouse=True)
def counter(install_plugin: InstallPlugin, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only plugin that is loaded: one that tells how far it is."""
    site = install_plugin("counter", _COUNTER)
    monkeypatch.setenv("TMWS_PLUGINS", "counter")
    monkeypatch.setenv("PYTHONPATH", str(site))
    return site


@pytest.fixture
def at_terminal(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command whose standard error is a terminal of a hundred columns, and whose standard output is a pipe."""
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


def test_a_terminal_gets_a_bar_with_percentage_count_and_time(at_terminal: Run) -> None:
    outcome = at_terminal("counter", "run", "4")
    assert (outcome.code, outcome.out) == (0, "4\n")
    last = outcome.err.rpartition("\r")[2]
    assert "━" in last
    for part in ("100%", "4/4", "0:00:"):
        assert part in last


def test_a_message_is_one_line_that_cannot_steer_the_terminal(at_terminal: Run) -> None:
    assert "number 4 of \\x1b[31m[bold]many[/]" in at_terminal("counter", "run", "4").err


def test_without_a_total_the_count_alone_is_shown(at_terminal: Run) -> None:
    last = at_terminal("counter", "run", "4", "--no-known").err.rpartition("\r")[2]
    assert "4" in last
    assert "100%" not in last
    assert "4/" not in last


def test_a_command_shows_its_progress_too(at_terminal: Run) -> None:
    outcome = at_terminal("counter", "march", "3")
    assert (outcome.out, "3/3" in outcome.err) == ("there\n", True)


def test_what_a_plugin_prints_stays_beside_the_bar(at_terminal: Run) -> None:
    shown = at_terminal("counter", "march", "3").err
    assert [step for step in ("step 1", "step 2", "step 3") if step in shown] == ["step 1", "step 2", "step 3"]


def test_with_json_standard_output_is_one_document_under_a_bar(at_terminal: Run) -> None:
    outcome = at_terminal("call", "counter_run", "to=4", "--json")
    assert json.loads(outcome.out) == {"result": 4}
    assert "4/4" in outcome.err


def test_a_call_without_progress_shows_no_bar(at_terminal: Run) -> None:
    assert "━" not in at_terminal("counter", "run", "0").err


def test_a_pipe_gets_no_bar(process: Run) -> None:
    outcome = process("counter", "run", "4")
    assert outcome.out == "4\n"
    assert "number" not in outcome.err
    assert "━" not in outcome.err
