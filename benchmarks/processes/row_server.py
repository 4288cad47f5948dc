"""The floor of a tool that reads one row: the SDK's low-level server, and a bare SELECT through our own engine."""

import json
from typing import Any

import anyio
from mcp import types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from sqlalchemy import Column, Integer, MetaData, String, Table, select

from benchmarks.generated_plugin import NOTES
from tmws_core.database import Database
from tmws_core.settings import Settings

NOTE = Table(
    NOTES,
    MetaData(),
    Column("id", String, primary_key=True),
    Column("title", String),
    Column("content", String),
    Column("importance", Integer),
)


async def main() -> None:
    """Serve until the input ends."""
    database = Database(Settings().database_url)

    async def list_tools(
        _request: ServerRequestContext[Any], _params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        schema = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}
        return types.ListToolsResult(tools=[types.Tool(name=f"{NOTES}_get", input_schema=schema)])

    async def call_tool(
        _request: ServerRequestContext[Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        identifier = (params.arguments or {})["id"]
        async with database.reader.connect() as connection:
            row = (await connection.execute(select(NOTE).where(NOTE.c.id == identifier))).mappings().one()
        found = dict(row)
        text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
        return types.CallToolResult(content=[types.TextContent(text=text)], structured_content=found)

    server: Server[Any] = Server("floor", version="1", on_list_tools=list_tools, on_call_tool=call_tool)
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())
    await database.close()


if __name__ == "__main__":
    anyio.run(main)
