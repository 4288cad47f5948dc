"""Raw JSON-RPC lines, for what a well-behaved client library would not send."""

import asyncio
import json
from typing import Any

INITIALIZE = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "test", "version": "1"},
}
ENVELOPE = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}


def request(number: int, method: str, **params: object) -> dict[str, Any]:
    """A request."""
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


def call(number: int, tool: str, **arguments: object) -> dict[str, Any]:
    """A request that calls a tool."""
    return request(number, "tools/call", name=tool, arguments=arguments)


async def send(server: asyncio.subprocess.Process, *messages: dict[str, Any] | bytes) -> None:
    """Write messages, each on a line."""
    assert server.stdin is not None
    for message in messages:
        line = message if isinstance(message, bytes) else json.dumps(message).encode()
        server.stdin.write(line + b"\n")
    await server.stdin.drain()


async def receive(server: asyncio.subprocess.Process) -> dict[str, Any]:
    """Read one message."""
    assert server.stdout is not None
    message: dict[str, Any] = json.loads(await server.stdout.readline())
    return message


async def initialize(server: asyncio.subprocess.Process) -> dict[str, Any]:
    """Shake hands as in 2025; returns the server's answer."""
    await send(server, request(0, "initialize", **INITIALIZE))
    answer = await receive(server)
    await send(server, {"jsonrpc": "2.0", "method": "notifications/initialized"})
    return answer


async def wait_for_error_line(server: asyncio.subprocess.Process, wanted: bytes) -> None:
    """Read standard error until a line holds the wanted words."""
    assert server.stderr is not None
    while wanted not in (line := await server.stderr.readline()):
        assert line, f"standard error ended without {wanted!r}"


async def close(server: asyncio.subprocess.Process) -> tuple[int, bytes]:
    """Close standard input; returns the exit code and the rest of standard output."""
    output, _ = await server.communicate(b"")  # without input it would leave standard input open
    assert server.returncode is not None
    return server.returncode, output
