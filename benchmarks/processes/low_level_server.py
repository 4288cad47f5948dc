"""The floor of a stdio server: the SDK's low-level server as its documentation has it, with tools that it is given.

It lists the tools of the file that is its first argument, a result of `tools/list`, and answers a call with nothing.
"""

import json
import sys
from pathlib import Path
from typing import Any

import anyio
from mcp import types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

LISTED = types.ListToolsResult.model_validate({"tools": json.loads(Path(sys.argv[1]).read_bytes())["tools"]})


async def list_tools(
    _request: ServerRequestContext[Any], _params: types.PaginatedRequestParams | None
) -> types.ListToolsResult:
    """The tools of the file."""
    return LISTED


async def call_tool(_request: ServerRequestContext[Any], _params: types.CallToolRequestParams) -> types.CallToolResult:
    """Nothing."""
    return types.CallToolResult(content=[])


async def main() -> None:
    """Serve until the input ends."""
    server: Server[Any] = Server("floor", version="1", on_list_tools=list_tools, on_call_tool=call_tool)
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


if __name__ == "__main__":
    anyio.run(main)
