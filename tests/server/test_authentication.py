"""With an authenticator every request needs a credential, and gets no more than that credential may."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from mcp import Client, MCPError
from mcp.client.client import ConnectMode
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

from tmws_core.application import Application
from tmws_core.settings import Settings
from tmws_core.testing.distributions import InstallPlugin

from .conftest import EXAMPLE, Served, serving
from .guard import GUARD

MODES: list[ConnectMode] = ["legacy", "auto", "2026-07-28"]
GUARDED = [
    ("POST", "/mcp"),
    ("GET", "/mcp"),
    ("DELETE", "/mcp"),
    ("POST", "/api/v1/example/add"),
    ("POST", "/api/v1/core/server_status"),
    ("GET", "/api/v1/openapi.json"),
    ("GET", "/metrics"),
    ("GET", "/example/ping"),
    ("GET", "/guard/whoami"),
    ("GET", "/nowhere"),
    ("GET", "/"),
    ("OPTIONS", "/mcp"),
    ("GET", "/guard/hello/"),
    ("GET", "//guard/hello"),
    ("GET", "/healthz/"),
    ("GET", "/healthz/../metrics"),
]
MALFORMED = [
    "",
    " ",
    "Bearer",
    "Bearer ",
    "bearer",
    "Bearer  ",
    "Bearer a b",
    "Bearer a,b",
    "Bearer a, Bearer b",
    "Bearer =",
    "Bearer a=b",
    "Bearer é",
    'Bearer "admin-key"',
    "Bearer <admin-key>",
    "Bearer admin-key;",
    "BearerX admin-key",
    "Bearer:admin-key",
    "Bearer\tadmin-key",
    "admin-key",
    "Basic YWRhOmFkbWluLWtleQ==",
    "Digest username=ada",
    "Bearer ' OR 1=1 --",
    "Bearer ../../etc/passwd\\",
    "Bearer " + "x" * 10_000,
    "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.",
    "Bearer wrong-key",
]


@pytest_asyncio.fixture
async def guarded(install_plugin: InstallPlugin, tmp_path: Path) -> AsyncIterator[Served]:
    """The example application behind a plugin that knows callers by their keys."""
    install_plugin("example", EXAMPLE)
    install_plugin("guard", GUARD)
    settings = Settings({}, home=tmp_path / "home", plugins="example,guard", strict=True)
    async with (
        Application(settings) as application,
        serving(application) as url,
        httpx.AsyncClient(base_url=url) as client,
    ):
        yield Served(application, url, client)


async def status_of_raw(url: str, method: str, path: str, header: str) -> tuple[int, str]:
    """The status and the whole answer to a request that no well-behaved library would send."""
    host = url.removeprefix("http://")
    reader, writer = await asyncio.open_connection("127.0.0.1", int(host.rpartition(":")[2]))
    head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {header}\r\nConnection: close\r\n\r\n"
    writer.write(head.encode("latin-1"))
    answer = (await reader.read()).decode("latin-1")
    writer.close()
    return int(answer.split(" ", 2)[1]), answer.lower()


def key(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {name}-key"}


@asynccontextmanager
async def mcp_client(served: Served, name: str, mode: ConnectMode = "2026-07-28") -> AsyncIterator[Client]:
    async with (
        create_mcp_http_client(headers=key(name)) as http,
        Client(streamable_http_client(f"{served.url}/mcp", http_client=http), mode=mode) as client,
    ):
        yield client


@pytest.mark.parametrize(("method", "path"), GUARDED)
async def test_without_a_credential_nothing_is_answered(guarded: Served, method: str, path: str) -> None:
    answer = await guarded.client.request(method, path)
    assert (answer.status_code, answer.headers["WWW-Authenticate"].partition(" ")[0]) == (401, "Bearer")
    assert "error=" not in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_a_load_balancer_needs_no_credential(guarded: Served, path: str) -> None:
    assert (await guarded.client.get(path)).status_code == 200


async def test_a_public_route_needs_no_credential(guarded: Served) -> None:
    assert (await guarded.client.get("/guard/hello")).json() == {"agent": "", "client": "127.0.0.1"}


async def test_a_public_route_does_not_look_at_a_credential(guarded: Served) -> None:
    assert (await guarded.client.get("/guard/hello", headers=key("wrong"))).json()["agent"] == ""


async def test_a_public_route_is_public_for_its_methods_alone(guarded: Served) -> None:
    assert (await guarded.client.post("/guard/hello")).status_code == 401


async def test_a_credential_says_who_calls(guarded: Served) -> None:
    answers = [(await guarded.client.get("/guard/whoami", headers=key(name))).json() for name in ("admin", "reader")]
    assert [answer["agent"] for answer in answers] == ["ada", "bob"]


async def test_the_scheme_may_be_written_in_any_case(guarded: Served) -> None:
    answer = await guarded.client.get("/guard/whoami", headers={"Authorization": "bEARER  reader-key"})
    assert answer.json()["agent"] == "bob"


@pytest.mark.parametrize("header", MALFORMED)
@pytest.mark.parametrize(("method", "path"), [("POST", "/mcp"), ("GET", "/guard/whoami")])
async def test_a_malformed_header_is_refused(guarded: Served, method: str, path: str, header: str) -> None:
    status, answer = await status_of_raw(guarded.url, method, path, header)
    assert status == (400 if header.strip().lower() == "bearer" else 401)
    assert "\r\nwww-authenticate: bearer" in answer


@pytest.mark.parametrize("character", ["\0", "\x01", "\x7f", "\n", "\r"])
async def test_a_header_with_a_control_character_is_refused(guarded: Served, character: str) -> None:
    status, _ = await status_of_raw(guarded.url, "GET", "/guard/whoami", f"Bearer admin{character}-key")
    assert status in (400, 401)


@pytest.mark.parametrize(
    ("header", "error"),
    [
        ("Bearer wrong-key", 'error="invalid_token"'),
        ("Bearer a b", 'error="invalid_token"'),
        ("Bearer", 'error="invalid_request"'),
        ("Basic YTpi", ""),
    ],
)
async def test_the_challenge_says_what_was_wrong_with_the_token(guarded: Served, header: str, error: str) -> None:
    answer = await guarded.client.get("/guard/whoami", headers={"Authorization": header})
    assert answer.headers["WWW-Authenticate"] == f"Bearer {error}".strip()


async def test_two_credentials_are_refused(guarded: Served) -> None:
    headers = [("Authorization", "Bearer admin-key"), ("Authorization", "Bearer admin-key")]
    answer = await guarded.client.get("/guard/whoami", headers=headers)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (400, 'Bearer error="invalid_request"')


@pytest.mark.parametrize("query", ["access_token=admin-key", "x=1&access%5Ftoken=admin-key", "access_token="])
async def test_a_token_in_the_address_is_refused(guarded: Served, query: str) -> None:
    answer = await guarded.client.get(f"/guard/whoami?{query}", headers=key("admin"))
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (400, 'Bearer error="invalid_request"')


@pytest.mark.parametrize("name", ["broken", "no-principal"])
async def test_an_authenticator_that_breaks_lets_nobody_in(guarded: Served, name: str) -> None:
    answer = await guarded.client.get("/guard/whoami", headers=key(name))
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal_error")
    assert "secret" not in answer.text


async def test_a_refusal_is_told_with_its_reason(guarded: Served) -> None:
    await guarded.client.post("/mcp", headers=key("wrong"))
    for listener in guarded.application.listeners:
        await listener.close()
    details = {"reason": "nobody has this key", "client": "127.0.0.1", "path": "/mcp"}
    assert sys.modules["guard"].heard == [("", details)]


async def test_no_token_stands_in_the_representation_of_the_credentials(guarded: Served) -> None:
    await guarded.client.get("/guard/whoami", headers=key("admin"))
    (credentials,) = sys.modules["guard"].seen
    assert (credentials.token, "admin-key" in repr(credentials)) == ("admin-key", False)


async def test_the_credentials_tell_where_they_come_from(guarded: Served) -> None:
    await guarded.client.get("/guard/whoami", headers=key("admin"))
    (credentials,) = sys.modules["guard"].seen
    assert (credentials.client, credentials.loopback) == ("127.0.0.1", True)


async def test_an_mcp_client_is_told_in_its_own_protocol(guarded: Served) -> None:
    answer = await guarded.client.post("/mcp", headers=key("wrong"))
    assert (answer.json()["jsonrpc"], answer.json()["error"]["message"]) == ("2.0", "nobody has this key; ask for one")


async def test_the_challenge_points_to_the_metadata_of_the_resource(guarded: Served) -> None:
    answer = await guarded.client.post("/mcp")
    url = f"{guarded.url}/.well-known/oauth-protected-resource/mcp"
    assert answer.headers["WWW-Authenticate"] == f'Bearer resource_metadata="{url}"'
    assert (await guarded.client.get(url)).status_code == 200


async def test_a_scope_that_lacks_is_named_in_the_challenge(guarded: Served) -> None:
    answer = await guarded.client.post("/guard/change", headers=key("reader"))
    assert answer.status_code == 403
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="guard:write"'


async def test_a_refusal_for_another_reason_has_no_challenge(guarded: Served) -> None:
    answer = await guarded.client.get("/guard/own", headers=key("reader"))
    assert (answer.status_code, "WWW-Authenticate" in answer.headers) == (403, False)


async def test_a_public_route_is_limited_for_each_address(guarded: Served) -> None:
    answers = [await guarded.client.post("/guard/login", headers=key(name)) for name in ("admin", "reader", "other")]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2].headers["Retry-After"]) > 60


async def test_metrics_need_the_right_to_see_them(guarded: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await guarded.client.get("/metrics", headers=key("reader"))).status_code == 200
    keys = sys.modules["guard"].KEYS
    monkeypatch.setitem(keys, "writer-key", keys["reader-key"].__class__("cal", "lab", frozenset({"*:write"})))
    assert (await guarded.client.get("/metrics", headers=key("writer"))).status_code == 403


async def test_the_document_shows_what_the_caller_may_use(guarded: Served) -> None:
    shown: dict[str, bool] = {}
    for name in ("reader", "admin", "reader"):
        document = (await guarded.client.get("/api/v1/openapi.json", headers=key(name))).json()
        shown[name] = "/api/v1/example/length" in document["paths"]
        assert "/api/v1/example/add" in document["paths"]
    assert shown == {"reader": False, "admin": True}


async def test_a_tool_beyond_the_scopes_is_refused_over_http(guarded: Served) -> None:
    answer = await guarded.client.post("/api/v1/example/length", json={"text": "x"}, headers=key("reader"))
    assert answer.json()["error"]["message"] == (
        "'bob' may not call example_length: it needs the scope 'example:write'"
    )
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="example:write"'


@pytest.mark.parametrize("mode", MODES)
async def test_an_mcp_client_calls_with_its_key(guarded: Served, mode: ConnectMode) -> None:
    async with mcp_client(guarded, "reader", mode) as client:
        result = await client.call_tool("example_add", {"left": 1, "right": 2})
    assert result.structured_content == {"result": 3.0}


@pytest.mark.parametrize("mode", MODES)
async def test_an_mcp_client_reads_which_scope_it_lacks(guarded: Served, mode: ConnectMode) -> None:
    async with mcp_client(guarded, "reader", mode) as client:
        with pytest.raises(MCPError, match="'bob' may not call example_length: it needs the scope 'example:write'"):
            await client.call_tool("example_length", {"text": "x"})
        result = await client.call_tool("example_add", {"left": 1, "right": 2})
    assert result.structured_content == {"result": 3.0}


async def test_a_scope_that_lacks_is_403_on_mcp(guarded: Served) -> None:
    message = {
        "jsonrpc": "2.0",
        "id": 7,
        "method": "tools/call",
        "params": {
            "name": "example_length",
            "arguments": {"text": "x"},
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
                "io.modelcontextprotocol/clientCapabilities": {},
            },
        },
    }
    headers = {
        **key("reader"),
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": "2026-07-28",
        "MCP-Method": "tools/call",
        "MCP-Name": "example_length",
    }
    answer = await guarded.client.post("/mcp", json=message, headers=headers)
    metadata = f'resource_metadata="{guarded.url}/.well-known/oauth-protected-resource/mcp"'
    assert (answer.status_code, answer.json()["id"]) == (403, 7)
    assert answer.headers["WWW-Authenticate"] == (
        f'Bearer error="insufficient_scope", scope="example:write", {metadata}'
    )


async def test_each_caller_sees_its_own_list_of_tools(install_plugin: InstallPlugin, tmp_path: Path) -> None:
    install_plugin("example", EXAMPLE)
    install_plugin("guard", GUARD)
    settings = Settings({}, home=tmp_path / "home", plugins="example,guard", strict=True, profile="full")
    listed: dict[str, bool] = {}
    async with Application(settings) as application, serving(application) as url:
        served = Served(application, url, httpx.AsyncClient())
        for name in ("admin", "reader", "admin"):
            async with mcp_client(served, name) as client:
                names = {tool.name for tool in (await client.list_tools()).tools}
            listed[name] = "example_length" in names
            assert "example_add" in names
        await served.client.aclose()
    assert listed == {"admin": True, "reader": False}


async def test_a_session_belongs_to_the_agent_that_began_it(guarded: Served) -> None:
    initialize: dict[str, Any] = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    }
    accept = {"Accept": "application/json, text/event-stream"}
    begun = await guarded.client.post("/mcp", json=initialize, headers={**key("admin"), **accept})
    session = {"Mcp-Session-Id": begun.headers["Mcp-Session-Id"], "MCP-Protocol-Version": "2025-11-25", **accept}
    ping = {"jsonrpc": "2.0", "id": 2, "method": "ping"}
    answers = [
        (await guarded.client.post("/mcp", json=ping, headers={**key(name), **session})).status_code
        for name in ("admin", "other", "reader")
    ]
    assert answers == [200, 404, 404]


async def test_the_status_says_who_authenticates(guarded: Served) -> None:
    status = (await guarded.client.post("/api/v1/core/server_status", headers=key("reader"))).json()
    assert status["authentication"] == "plugin guard says who sends each HTTP request: all doors are locked"


async def test_the_status_says_that_nobody_authenticates(served: Served) -> None:
    status = (await served.client.post("/api/v1/core/server_status")).json()
    assert status["authentication"].startswith(
        "no plugin authenticates: every program on this machine acts as 'local-agent', with every right"
    )


async def test_without_an_authenticator_a_token_is_not_looked_at(served: Served) -> None:
    assert (await served.client.get("/example/ping", headers=key("any"))).status_code == 200
