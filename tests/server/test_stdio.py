import asyncio
import json
import os
import signal
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters
from mcp.client.client import ConnectMode

from tmws_core.testing.distributions import PluginDistribution

from .conftest import Command
from .protocol import (
    ENVELOPE,
    INITIALIZE,
    call,
    close,
    initialize,
    receive,
    request,
    send,
    wait_for_error_line,
)

SLOW = """
    import os
    import sys

    from tmws_core import Context, hookimpl, tool

    with open(os.environ["SLOW_GATE"]) as gate:
        gate.read()


    @tool(scope="slow:read", read_only=True)
    async def slow_ping(ctx: Context) -> str:
        \"\"\"Answer that the plugin is there.\"\"\"
        return "pong"


    @hookimpl
    def tmws_tools():
        return sys.modules[__name__]
"""

MODES: list[ConnectMode] = ["legacy", "auto", "2026-07-28"]


def notes(command: Command) -> set[str]:
    connection = sqlite3.connect(command.database)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {text for (text,) in connection.execute("SELECT text FROM notes")}
    finally:
        connection.close()


@pytest.mark.parametrize("mode", MODES)
async def test_a_client_of_either_era_is_served(stdio_command: Command, mode: ConnectMode) -> None:
    parameters = StdioServerParameters(
        command=stdio_command.words[0], args=stdio_command.words[1:], env=stdio_command.environment
    )
    async with Client(parameters, mode=mode) as client:
        result = await client.call_tool("example_add", {"left": 1, "right": 2})
    assert result.structured_content == {"result": 3.0}


async def test_the_handshake_does_not_wait_for_a_plugin_that_is_slow_to_import(
    stdio_command: Command, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    PluginDistribution("slow", SLOW).write(tmp_path / "site")
    command = replace(
        stdio_command, environment=stdio_command.environment | {"TMWS_PLUGINS": "slow", "SLOW_GATE": str(gate)}
    )
    server = await command.start()
    assert (await initialize(server))["result"]["protocolVersion"] == "2025-11-25"
    await send(server, call(1, "slow_ping"))
    await asyncio.to_thread(gate.write_text, "go on")  # whoever opens a pipe waits for the other end
    assert (await receive(server))["result"]["structuredContent"] == {"result": "pong"}
    assert (await close(server))[0] == 0


async def test_a_client_that_discovers_and_then_initializes_is_served(stdio_command: Command) -> None:
    server = await stdio_command.start()
    await send(server, request(1, "server/discover", _meta=ENVELOPE))
    assert "2026-07-28" in (await receive(server))["result"]["supportedVersions"]
    assert (await initialize(server))["result"]["protocolVersion"] == "2025-11-25"
    await send(server, call(2, "example_add", left=1, right=2))
    assert (await receive(server))["result"]["structuredContent"] == {"result": 3.0}
    assert (await close(server))[0] == 0


async def test_a_call_of_the_first_era_is_answered_although_the_client_changed_to_the_second(
    stdio_command: Command,
) -> None:
    server = await stdio_command.start()
    await send(
        server,
        request(1, "tools/call", name="example_add", arguments={"left": 1, "right": 2}, _meta=ENVELOPE),
        request(2, "initialize", **INITIALIZE),
    )
    assert {(await receive(server))["id"], (await receive(server))["id"]} == {1, 2}
    assert (await close(server))[0] == 0


async def test_nothing_that_a_plugin_or_its_child_prints_reaches_the_protocol(stdio_command: Command) -> None:
    server = await stdio_command.start()
    await initialize(server)
    await send(server, call(1, "example_loud"))
    assert (await receive(server))["result"]["structuredContent"] == {"result": "done"}
    assert server.stdin is not None
    server.stdin.close()
    assert server.stdout is not None
    assert server.stderr is not None
    assert await server.stdout.read() == b""
    errors = await server.stderr.read()
    await server.wait()
    for printed in (b"a plugin prints while it is imported", b"a tool prints", b"a child prints"):
        assert printed in errors


async def test_a_line_that_is_no_message_is_refused_and_the_next_one_served(stdio_command: Command) -> None:
    server = await stdio_command.start()
    await initialize(server)
    await send(server, b"{", b"[]", call(1, "example_add", left=1, right=2))
    answers = [await receive(server) for _ in range(3)]
    assert [answer["error"]["code"] for answer in answers if answer["id"] is None] == [-32700, -32600]
    assert [answer["result"]["isError"] for answer in answers if answer["id"] == 1] == [False]
    await close(server)


async def test_a_line_beyond_the_limit_is_refused_and_the_next_one_served(stdio_command: Command) -> None:
    server = await stdio_command.start()
    await initialize(server)
    await send(server, call(1, "notes_keep", text="x" * 5_000_000), call(2, "example_add", left=1, right=2))
    answers = {answer["id"]: answer for answer in [await receive(server), await receive(server)]}
    assert "4194304 bytes" in answers[None]["error"]["message"]
    assert answers[2]["result"]["isError"] is False
    await close(server)


async def test_what_was_asked_before_the_end_of_the_input_is_answered(stdio_command: Command) -> None:
    server = await stdio_command.start()
    await initialize(server)
    await send(server, *(call(number, "notes_keep", text=str(number)) for number in range(1, 6)))
    code, output = await close(server)
    answered = {json.loads(line)["id"] for line in output.splitlines()}
    assert code == 0
    assert answered == {1, 2, 3, 4, 5}
    assert notes(stdio_command) == {"1", "2", "3", "4", "5"}


async def test_the_end_of_the_input_rolls_back_a_call_that_does_not_finish(stdio_command: Command) -> None:
    server = await stdio_command.start()
    await initialize(server)
    await send(server, call(1, "notes_hold", text="half"))
    await wait_for_error_line(server, b"holding")
    code, _ = await close(server)
    assert code == 0
    assert notes(stdio_command) == set()


async def test_sigterm_rolls_back_a_call_that_does_not_finish(stdio_command: Command) -> None:
    server = await stdio_command.start()
    await initialize(server)
    await send(server, call(1, "notes_hold", text="half"))
    await wait_for_error_line(server, b"holding")
    server.send_signal(signal.SIGTERM)
    assert await server.wait() == 0
    assert notes(stdio_command) == set()


async def test_what_was_acknowledged_before_sigterm_is_stored(stdio_command: Command) -> None:
    server = await stdio_command.start()
    await initialize(server)
    await send(server, *(call(number, "notes_keep", text=str(number)) for number in range(1, 21)))
    first = await receive(server)
    server.send_signal(signal.SIGTERM)
    assert server.stdout is not None
    answers = [first, *(json.loads(line) for line in (await server.stdout.read()).splitlines())]
    acknowledged = {str(answer["id"]) for answer in answers if "result" in answer}
    assert await server.wait() == 0
    assert acknowledged
    assert acknowledged <= notes(stdio_command)


async def test_a_client_that_vanishes_ends_the_server(stdio_command: Command) -> None:
    server = await stdio_command.start()
    await initialize(server)
    assert server.stdin is not None
    server.stdin.close()
    assert await server.wait() == 0


async def test_a_client_acts_for_another_agent_after_it_said_so(stdio_command: Command) -> None:
    server = await stdio_command.start()
    await initialize(server)
    asked: list[tuple[str, dict[str, str]]] = [
        ("notes_whoami", {}),
        ("notes_act_as", {"agent": "bob"}),
        ("notes_whoami", {}),
    ]
    answers = []
    for number, (tool, arguments) in enumerate(asked, 1):
        await send(server, call(number, tool, **arguments))
        while "result" not in (message := await receive(server)):
            assert message["method"].endswith("/list_changed")
        answers.append(message["result"].get("structuredContent"))
    await close(server)
    assert [answers[0], answers[2]] == [{"result": ["local-agent", None]}, {"result": ["bob", "local-agent"]}]


async def test_another_client_is_not_touched_by_that(stdio_command: Command) -> None:
    first, second = await stdio_command.start(), await stdio_command.start()
    for server in (first, second):
        await initialize(server)
    await send(first, call(1, "notes_act_as", agent="bob"))
    await receive(first)
    await send(second, call(1, "notes_whoami"))
    answer = await receive(second)
    for server in (first, second):
        await close(server)
    assert answer["result"]["structuredContent"] == {"result": ["local-agent", None]}
