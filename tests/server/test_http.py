import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from tmws_core.application import Application
from tmws_core.errors import ConfigurationError
from tmws_core.server.address import Address, Name, bind
from tmws_core.server.guards import LARGEST_BODY_BYTES
from tmws_core.server.http import serve_http

from .conftest import Served, serving

PATHS = ["/mcp", "/api/v1/example/add", "/api/v1/openapi.json", "/example/ping", "/healthz", "/readyz", "/metrics", "/"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1:1", "localhost.evil.example"])
async def test_a_foreign_host_is_refused_on_every_path(served: Served, path: str, host: str) -> None:
    assert (await served.client.post(path, headers={"Host": host})).status_code == 421


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:1"])
async def test_a_foreign_origin_is_refused_on_every_path(served: Served, path: str, origin: str) -> None:
    assert (await served.client.post(path, headers={"Origin": origin})).status_code == 403


async def test_the_servers_own_origin_is_let_in(served: Served) -> None:
    assert (await served.client.get("/healthz", headers={"Origin": served.url})).status_code == 200


async def test_whitespace_around_a_header_is_no_part_of_it(served: Served) -> None:
    host = served.url.removeprefix("http://")
    reader, writer = await asyncio.open_connection("127.0.0.1", int(host.rpartition(":")[2]))
    writer.write(f"GET /healthz HTTP/1.1\r\nHost: \t {host} \t\r\nConnection: close\r\n\r\n".encode())
    assert (await reader.readline()).split(b" ")[1] == b"200"
    writer.close()


async def test_localhost_is_a_name_of_the_server(served: Served) -> None:
    port = served.url.rpartition(":")[2]
    assert (await served.client.get("/healthz", headers={"Host": f"localhost:{port}"})).status_code == 200


@pytest.mark.parametrize("path", ["/mcp", "/api/v1/example/length"])
async def test_a_body_beyond_the_limit_is_refused(served: Served, path: str) -> None:
    answer = await served.client.post(path, content=b" " * (LARGEST_BODY_BYTES + 1))
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"


async def test_a_body_beyond_the_limit_is_refused_although_its_length_is_not_declared(served: Served) -> None:
    async def body() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b" " * (LARGEST_BODY_BYTES // 4)

    answer = await served.client.post("/api/v1/example/length", content=body())
    assert answer.status_code == 413


async def test_a_body_at_the_limit_is_read(served: Served) -> None:
    frame = b'{"text": ""}'
    body = frame.replace(b'""', b'"' + b"x" * (LARGEST_BODY_BYTES - len(frame)) + b'"')
    assert (await served.client.post("/api/v1/example/length", content=body)).status_code == 200


async def test_a_plugins_route_is_served(served: Served) -> None:
    assert (await served.client.get("/example/ping")).text == "pong"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
async def test_only_a_loopback_address_is_bound(served: Served, host: str) -> None:
    with pytest.raises(ConfigurationError, match="TMWS_API_HOST") as raised:
        await serve_http(served.application, host=host, port=0, on_started=print)
    assert raised.value.exit_code == 78


def test_a_refused_address_says_that_authentication_is_missing() -> None:
    with pytest.raises(ConfigurationError, match="no running plugin brings authentication"):
        bind("0.0.0.0", 0)


def test_a_name_that_lets_others_in_is_refused_without_authentication() -> None:
    with pytest.raises(ConfigurationError, match=r"TMWS_API_ALLOWED_HOSTS: memory\.example\.org lets others in"):
        bind("127.0.0.1", 0, {"localhost:3000", "memory.example.org"})


@pytest.mark.parametrize(
    "name", ["memory example", "https://", "user@memory.example", "*", "memory.example/path", "a:b"]
)
def test_what_is_no_host_is_no_allowed_name(name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"TMWS_API_ALLOWED_HOSTS: .* is no host; write one such as"):
        bind("127.0.0.1", 0, {name}, authenticated=True)


@pytest.mark.parametrize(
    ("host", "names", "allowed"),
    [
        ("127.0.0.1", (), ["127.0.0.1:8000", "localhost:8000"]),
        ("[::1]", (), ["[::1]:8000", "localhost:8000"]),
        ("0.0.0.0", (), ["127.0.0.1:8000", "localhost:8000"]),
        ("[::]", (), ["[::1]:8000", "localhost:8000"]),
        ("192.0.2.1", (), ["192.0.2.1:8000"]),
        ("192.0.2.1", ("Memory.example",), ["192.0.2.1:8000", "memory.example", "memory.example:8000"]),
        ("192.0.2.1", ("https://[2001:db8::1]:444/",), ["192.0.2.1:8000", "[2001:db8::1]:444"]),
    ],
)
def test_the_names_of_an_address_are_its_own_and_those_that_are_allowed(
    host: str, names: tuple[str, ...], allowed: list[str]
) -> None:
    assert Address(host, 8000, [Name.of(name) for name in names]).allowed_hosts == allowed


@pytest.mark.parametrize(
    ("host", "called", "local"),
    [
        ("127.0.0.1", "localhost:8000", True),
        ("127.0.0.1", "LOCALHOST:8000", True),
        ("127.0.0.1", "memory.example", False),
        ("0.0.0.0", "localhost:8000", False),
    ],
)
def test_a_request_is_local_when_the_address_and_its_name_are(host: str, called: str, local: bool) -> None:
    assert Address(host, 8000, [Name.of("memory.example")]).is_local(called) is local


def test_a_server_for_others_is_announced_by_its_name() -> None:
    assert Address("0.0.0.0", 8000, [Name.of("https://memory.example")]).url == "https://memory.example"


def test_a_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"port {port} cannot be bound"):
            bind("127.0.0.1", port)


async def test_sigterm_stops_the_server(application: Application) -> None:
    async with serving(application, "localhost") as url:
        port = int(url.rpartition(":")[2])
    with pytest.raises(OSError, match=str(port)):
        await asyncio.open_connection("127.0.0.1", port)
