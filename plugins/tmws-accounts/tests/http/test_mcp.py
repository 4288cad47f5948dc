"""A real MCP client that comes in with a key."""

import pytest
from mcp import Client, MCPError
from mcp.client.client import ConnectMode
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

from .conftest import Served


async def tools_seen_with(served: Served, key: str, mode: ConnectMode) -> set[str]:
    """What a client that comes in with a key sees of this plugin's tools, and that it can call one."""
    url = f"{str(served.client.base_url).rstrip('/')}/mcp"
    async with (
        create_mcp_http_client(headers={"Authorization": f"Bearer {key}"}) as http_client,
        Client(streamable_http_client(url, http_client=http_client), mode=mode) as client,
    ):
        answer = await client.call_tool("account_key_list", {})
        assert not answer.is_error
        found = await client.call_tool("tool_search", {"query": "account", "limit": 50})
        assert found.structured_content is not None
        names = {str(one["name"]) for one in found.structured_content["result"]}
        return {name for name in names if name.startswith("account_")}


def leaves(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for part in error.exceptions for leaf in leaves(part)]
    return [error]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
async def test_a_client_comes_in_with_a_key_until_it_is_revoked(served: Served, mode: ConnectMode) -> None:
    key = await served.new_key(scopes=["accounts:read", "server:read"])
    assert await tools_seen_with(served, key, mode) == {"account_key_list"}
    await served.post("/api/v1/accounts/key_revoke", served.key, key_id=key.split("_")[2])
    with pytest.raises((MCPError, ExceptionGroup)) as raised:
        await tools_seen_with(served, key, mode)
    assert ["the credential is not good" in str(leaf) for leaf in leaves(raised.value)] == [True]
