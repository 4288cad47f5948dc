"""Two servers, each a process of its own, write to one file at once: no change is lost, and no caller turned away."""

import sys
from contextlib import AsyncExitStack
from typing import Any

import anyio
from mcp import Client, StdioServerParameters, stdio_client
from mcp.types import CallToolResult

from tests.integration.installation import Installation
from tests.integration.look import Look

PROCESSES = 2
WRITERS_IN_EACH = 3
CHANGES_OF_EACH = 8


async def _call(client: Client, tool: str, **arguments: object) -> CallToolResult:
    called = await client.call_tool(tool, arguments)
    assert isinstance(called, CallToolResult)
    return called


async def _result(client: Client, tool: str, **arguments: object) -> dict[str, Any]:
    called = await _call(client, tool, **arguments)
    assert not called.is_error, called.content
    assert isinstance(called.structured_content, dict)
    return called.structured_content


async def _add_one(client: Client, memory_id: str) -> None:
    """Raise the number that a memory holds, and begin anew whenever somebody else was quicker."""
    while True:
        memory = await _result(client, "memory_get", memory_id=memory_id)
        changes = {"content": str(int(memory["content"]) + 1), "expected_version": memory["version"]}
        changed = await _call(client, "memory_update", memory_id=memory_id, **changes)
        if not changed.is_error:
            return
        assert "read it again" in str(changed.content), changed.content


async def test_two_processes_that_write_to_one_file_lose_no_change(established: Installation, look: Look) -> None:
    established.variables |= {"TMWS_PLUGINS": "agents,memory", "TMWS_RATE_LIMIT": "100000/second"}
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "tmws_core", "serve", "--stdio"], env=established.environment()
    )
    async with AsyncExitStack() as stack:
        log = stack.enter_context((established.folder / "server.log").open("a"))
        clients = [await stack.enter_async_context(Client(stdio_client(server, errlog=log))) for _ in range(PROCESSES)]
        memory_id = (await _result(clients[0], "memory_store", content="0"))["id"]

        async def work(client: Client, name: str) -> None:
            for number in range(CHANGES_OF_EACH):
                await _add_one(client, memory_id)
                await _result(client, "memory_store", content=f"note of {name} number{number}")

        async with anyio.create_task_group() as writers:
            for process, client in enumerate(clients):
                for writer in range(WRITERS_IN_EACH):
                    writers.start_soon(work, client, f"{process}{writer}")
    total = PROCESSES * WRITERS_IN_EACH * CHANGES_OF_EACH
    assert look.rows("SELECT content, version FROM memories WHERE id = '" + memory_id + "'") == [
        (str(total), total + 1)
    ]
    assert look.value("SELECT count(*) FROM memories") == total + 1
    assert look.value("SELECT count(*) FROM tmws_memory_documents") == total + 1
    assert look.value("PRAGMA integrity_check") == "ok"
    assert "database is locked" not in (established.folder / "server.log").read_text()
