"""`tmws serve` and `tmws-mcp-server`, as processes."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx
import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

from tests.commands.conftest import Run, command

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


@contextmanager
def started(words: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    """A running `tmws`, which is ended at the latest with the test."""
    with subprocess.Popen(
        command(words), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        try:
            yield running
        finally:
            running.kill()
            running.communicate()


def stream(opened: IO[str] | None) -> IO[str]:
    """A stream that was asked for."""
    assert opened is not None
    return opened


def document_from(opened: IO[str]) -> dict[str, object]:
    """The first JSON document of a stream that stays open."""
    text = ""
    while not text.endswith("\n}\n"):
        text += opened.readline()
    read: dict[str, object] = json.loads(text)
    return read


def lines_until(opened: IO[str], word: str) -> str:
    """The text of a stream up to the line in which a word stands."""
    text = ""
    for line in opened:
        text += line
        if word in line:
            break
    return text


@pytest.mark.parametrize("options", [(), ("--profile", "full"), ("--safe-mode",)])
async def test_a_client_initializes_over_stdio(weather: Path, home: Path, options: tuple[str, ...]) -> None:
    environment = {"TMWS_HOME": str(home), "TMWS_PLUGINS": "weather", "PYTHONPATH": str(weather)}
    parameters = StdioServerParameters(
        command=sys.executable, args=["-m", "tmws_core", "serve", "--stdio", *options], env=environment
    )
    async with stdio_client(parameters) as streams, ClientSession(*streams) as session:
        await session.initialize()
        names = {tool.name for tool in (await session.list_tools()).tools}
    assert "server_status" in names
    assert ("weather_report" in names) is (options != ("--safe-mode",))


def test_stdio_imports_nothing_that_only_the_other_commands_need(weather: Path) -> None:
    script = (
        "import sys; from tmws_core.commands import main; main(['serve', '--stdio']); "
        "print([name for name in ('typer', 'rich', 'alembic') if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], input=json.dumps(INITIALIZE) + "\n", capture_output=True, text=True, timeout=60,
        check=True,
    )  # fmt: skip
    assert json.loads(done.stdout)["result"]["serverInfo"]["name"]
    assert done.stderr.splitlines()[-1] == "[]"


def test_stdio_tells_a_failure_on_standard_error_alone(process: Run, home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text("not = = toml")
    outcome = process("serve", "--stdio")
    assert (outcome.code, outcome.out) == (78, "")
    assert "config.toml" in outcome.err


def test_stdio_is_strict_when_it_is_told_so(process: Run, broken: Path) -> None:
    outcome = process("serve", "--stdio", "--strict")
    assert (outcome.code, outcome.out) == (78, "")
    assert "no luck today" in outcome.err


def test_http_answers_where_it_says(weather: Path) -> None:
    with started(["serve", "--port", "0", "--json"]) as running:
        said = document_from(stream(running.stdout))
        assert httpx.get(f"{said['url']}/healthz").status_code == 200
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0


@pytest.mark.parametrize("variables", [("--host", "0.0.0.0"), ("--host", "::")])
def test_http_serves_nobody_else_without_authentication(
    process: Run, weather: Path, variables: tuple[str, ...]
) -> None:
    outcome = process("serve", "--port", "0", *variables)
    assert outcome.code == 78
    assert "no running plugin brings authentication" in outcome.err


def test_http_says_that_it_authenticates_nobody(weather: Path) -> None:
    with started(["serve", "--port", "0", "--json"]) as running:
        said = document_from(stream(running.stdout))
    assert str(said["authentication"]).startswith("no plugin authenticates: every program on this machine acts as")


def test_http_says_how_a_client_is_connected(weather: Path) -> None:
    with started(["serve", "--port", "0", "--json"]) as running:
        said = document_from(stream(running.stdout))
    clients = said["clients"]
    assert isinstance(clients, dict)
    assert clients["command"] == f"claude mcp add --transport http tmws {said['mcp_url']}"
    assert clients["mcpServers"]["mcpServers"]["tmws"]["url"] == said["mcp_url"]
    assert clients["servers"]["servers"]["tmws"] == {"type": "http", "url": said["mcp_url"]}


def test_http_says_what_runs(weather: Path) -> None:
    with started(["serve", "--port", "0"]) as running:
        said = lines_until(stream(running.stdout), "Ctrl-C")
    assert ["weather", "1.0", "active", "0", "3"] in [line.split() for line in said.splitlines()]
    assert "1 of 1 core tables" in said


def test_an_address_that_others_can_reach_is_refused(process: Run, weather: Path) -> None:
    outcome = process("serve", "--host", "0.0.0.0", "--port", "0", "--json")
    assert outcome.code == 78
    assert outcome.document["error"]["code"] == "configuration"


def test_a_profile_that_does_not_exist_is_refused(process: Run, weather: Path) -> None:
    outcome = process("serve", "--profile", "huge")
    assert outcome.code == 78
    assert "TMWS_PROFILE" in outcome.err


@pytest.mark.skipif(sys.platform == "win32", reason="there SIGINT cannot be sent to one process")
def test_an_interrupt_ends_a_command_quietly(weather: Path) -> None:
    with started(["call", "weather_wait"]) as running:
        lines_until(stream(running.stderr), "waiting")
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=30)
    assert (running.returncode, out, err) == (130, "", "")
