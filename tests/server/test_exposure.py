"""Where a server may be reached, and by which names, depends on whether it knows its callers."""

import sys
from collections.abc import Callable

import pytest

from tmws_core.application import Application
from tmws_core.errors import ConfigurationError
from tmws_core.server.http import serve_http
from tmws_core.testing.distributions import InstallPlugin

from .conftest import get, serving
from .guard import GUARD


@pytest.fixture
def start_with_guard(install_plugin: InstallPlugin, start: Callable[..., Application]) -> Callable[..., Application]:
    """An application with the plugin that knows its callers, whose source a test may have spoilt."""

    def made(spoil: Callable[[str], str] = str, **fields: object) -> Application:
        install_plugin("guard", spoil(GUARD))
        return start("guard", **fields)

    return made


@pytest.mark.parametrize(
    "spoil",
    [
        lambda source: source.replace("import sys", "import sys, no_such_module", 1),
        lambda source: source + '\n\n    @hookimpl\n    def tmws_lifespan(application):\n        raise OSError("x")\n',
        lambda source: source.replace("seen = []", "seen = ["),
    ],
    ids=["not imported", "not started", "not Python"],
)
async def test_a_server_whose_authentication_is_broken_does_not_serve(
    start_with_guard: Callable[..., Application], spoil: Callable[[str], str]
) -> None:
    async with start_with_guard(spoil) as application:
        with pytest.raises(ConfigurationError, match=r"'guard' .* would say who calls, and is failed") as raised:
            await serve_http(application, host="127.0.0.1", port=0, on_started=print)
    assert raised.value.exit_code == 78


async def test_an_operator_may_do_without_the_authentication(start_with_guard: Callable[..., Application]) -> None:
    spoilt = start_with_guard(lambda source: source.replace("seen = []", "seen = ["), blocked_plugins="guard")
    async with spoilt as application, serving(application) as url:
        assert (await get(f"{url}/healthz")).status_code == 200


async def test_another_broken_plugin_does_not_stop_the_server(
    install_plugin: InstallPlugin, start: Callable[..., Application]
) -> None:
    install_plugin("example", "import no_such_module")
    async with start("example") as application, serving(application) as url:
        assert (await get(f"{url}/healthz")).status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
async def test_with_authentication_others_may_be_served(
    start_with_guard: Callable[..., Application], host: str
) -> None:
    async with start_with_guard() as application, serving(application, host) as url:
        assert (await get(f"{url}/guard/hello")).status_code == 200
        assert (await get(f"{url}/guard/whoami")).status_code == 401
        evil = await get(f"{url}/guard/hello", headers={"Host": "evil.example"})
        assert evil.status_code == 421


async def test_a_server_is_called_by_the_names_that_are_allowed(start_with_guard: Callable[..., Application]) -> None:
    names = "memory.example.org,proxy.example.org:8443,https://tls.example.org"
    async with start_with_guard(api_allowed_hosts=names) as application, serving(application) as url:
        port = url.rpartition(":")[2]
        statuses = {
            host: (await get(f"{url}/guard/hello", {"Host": host})).status_code
            for host in (
                "memory.example.org",
                f"memory.example.org:{port}",
                "proxy.example.org:8443",
                "tls.example.org",
                "proxy.example.org",
                "tls.example.org:1",
                "example.org",
            )
        }
    assert list(statuses.values()) == [200, 200, 200, 200, 421, 421, 421]


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://tls.example.org", 200),
        ("http://tls.example.org", 403),
        ("https://memory.example.org", 200),
        ("http://memory.example.org", 200),
        ("http://evil.example", 403),
    ],
)
async def test_an_allowed_name_is_an_allowed_origin(
    start_with_guard: Callable[..., Application], origin: str, status: int
) -> None:
    names = "memory.example.org,https://tls.example.org"
    async with start_with_guard(api_allowed_hosts=names) as application, serving(application) as url:
        headers = {"Host": "tls.example.org", "Origin": origin}
        assert (await get(f"{url}/guard/hello", headers=headers)).status_code == status


async def test_a_caller_through_a_proxy_is_not_local(start_with_guard: Callable[..., Application]) -> None:
    async with (
        start_with_guard(api_allowed_hosts="https://tls.example.org") as application,
        serving(application) as url,
    ):
        answer = await get(f"{url}/mcp", headers={"Host": "tls.example.org"})
        metadata = "https://tls.example.org/.well-known/oauth-protected-resource/mcp"
        assert answer.headers["WWW-Authenticate"] == f'Bearer resource_metadata="{metadata}"'
        assert [one.loopback for one in sys.modules["guard"].seen] == [False]
