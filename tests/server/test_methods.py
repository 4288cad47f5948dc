"""A plugin answers requests of an extension of MCP, in both eras and on every transport."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest
import pytest_asyncio
from mcp import Client, MCPError, types
from mcp.client.client import ConnectMode
from pydantic import BaseModel, ConfigDict

from tmws_core.application import Application
from tmws_core.context import Context
from tmws_core.contributions import Extension, mcp_method
from tmws_core.contributions.authenticator import Authenticator
from tmws_core.credentials import Credentials
from tmws_core.errors import PluginError
from tmws_core.extensions import announced
from tmws_core.principal import Principal
from tmws_core.settings import Settings
from tmws_core.testing.distributions import InstallPlugin, PluginDistribution

from .conftest import Command, serving
from .protocol import ENVELOPE, close, initialize, receive, request, send

STARS = {
    "extension.py": """
        from tmws_core import Extension

        STARS = Extension("org.example/stars", {"moons": True})
    """,
    "__init__.py": """
        import sys
        from typing import Annotated, Any

        from pydantic import BaseModel, Field

        from tmws_core import Context, hookimpl, mcp_method
        from tmws_core.tool_errors import NotFound
        from stars.extension import STARS

        here = sys.modules[__name__]
        done = []


        class Star(BaseModel):
            star_name: str = Field(serialization_alias="starName")
            moons: int | None = None
            raw: dict[str, Any] = {}


        @mcp_method("stars/get", extension=STARS, scope="stars:read", read_only=True, lifetime=60)
        async def star(ctx: Context, name: str, far: Annotated[int, Field(ge=0)] = 0) -> Star:
            if name == "broken":
                raise RuntimeError("a secret of the inside")
            if name != "Jupiter":
                raise NotFound(f"there is no star {name!r}")
            return Star(star_name=f"{name} {far}", raw={"nothing": None})


        @mcp_method("stars/name", extension=STARS, scope="stars:write")
        async def name_star(ctx: Context, name: str) -> Star:
            done.append(name)
            await ctx.progress(1, 1, "named")
            return Star(star_name=name)


        @mcp_method("tools/call", extension=STARS, scope="stars:write")
        async def intrude(ctx: Context) -> Star:
            return Star(star_name="never")


        @hookimpl
        def tmws_mcp_methods():
            return here
    """,
}
EXTENSIONS = {"org.example/stars": {"moons": True}}


class Params(types.RequestParams):
    name: str


class Ask(types.Request[Any, str]):
    method: str
    params: dict[str, Any]


class Answer(types.Result):
    model_config = ConfigDict(extra="allow")


@pytest.fixture(params=["legacy", "auto", "2026-07-28"])
def mode(request: pytest.FixtureRequest) -> ConnectMode:
    wanted: ConnectMode = request.param
    return wanted


@pytest_asyncio.fixture
async def application(install_plugin: InstallPlugin, tmp_path: Path) -> AsyncIterator[Application]:
    install_plugin("stars", STARS)
    async with Application(Settings({}, home=tmp_path / "home", plugins="stars", strict=True)) as opened:
        yield opened


@pytest_asyncio.fixture
async def url(application: Application) -> AsyncIterator[str]:
    async with serving(application) as address:
        yield f"{address}/mcp"


async def ask(client: Client, method: str, **params: object) -> dict[str, Any]:
    answer = await client.session.send_request(Ask(method=method, params=params), Answer)
    return answer.model_dump(by_alias=True, exclude_none=True)


async def test_a_method_is_answered_with_its_result(url: str, mode: ConnectMode) -> None:
    async with Client(url, mode=mode) as client:
        answer = await ask(client, "stars/get", name="Jupiter", far=3, unheard_of=1)
    told = {key: value for key, value in answer.items() if key not in ("_meta", "resultType")}
    wanted = {"starName": "Jupiter 3", "raw": {"nothing": None}, "ttlMs": 60_000, "cacheScope": "private"}
    assert told == wanted


async def test_a_result_without_a_lifetime_does_not_tell_one(url: str) -> None:
    async with Client(url, mode="2026-07-28") as client:
        answer = await ask(client, "stars/name", name="Io")
    assert (answer["resultType"], answer["starName"]) == ("complete", "Io")
    assert answer.keys().isdisjoint({"ttlMs", "cacheScope"})


async def test_the_server_says_that_it_has_the_extension(url: str) -> None:
    async with Client(url, mode="auto") as client:
        assert client.server_capabilities.extensions == EXTENSIONS


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"name": "Vega"}, "there is no star 'Vega'"),
        ({}, "stars/get: name: Field required"),
        ({"name": "Jupiter", "far": -1}, "stars/get: far: Input should be greater than or equal to 0"),
        ({"name": 7}, "stars/get: name: Input should be a valid string"),
    ],
)
async def test_what_is_wrong_with_a_request_is_told_as_invalid_parameters(
    url: str, mode: ConnectMode, params: dict[str, Any], told: str
) -> None:
    async with Client(url, mode=mode) as client:
        with pytest.raises(MCPError, match=told) as raised:
            await ask(client, "stars/get", **params)
    assert raised.value.code == types.INVALID_PARAMS


async def test_what_broke_inside_is_an_internal_error_that_tells_nothing(url: str, mode: ConnectMode) -> None:
    async with Client(url, mode=mode) as client:
        with pytest.raises(MCPError) as raised:
            await ask(client, "stars/get", name="broken")
    assert raised.value.code == types.INTERNAL_ERROR
    assert "secret" not in str(raised.value)


async def test_a_method_of_mcp_itself_stays_the_servers_own(url: str) -> None:
    async with Client(url, mode="2026-07-28") as client:
        found = await client.call_tool("tool_search", {"query": "status"})
    assert not found.is_error


async def test_a_caller_without_the_scope_is_told_which_one_it_needs(application: Application) -> None:
    async def know(_context: Context, _credentials: Credentials) -> Principal:
        return Principal("ada", "lab", frozenset({"stars:read"}))

    application.catalogue.authenticator = Authenticator(function=know)
    headers = {
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": "2026-07-28",
        "Mcp-Method": "stars/name",
    }
    async with serving(application) as address, httpx.AsyncClient(base_url=address) as client:
        asked = request(1, "stars/name", name="Io", _meta=ENVELOPE)
        answer = await client.post("/mcp", json=asked, headers=headers)
    assert answer.status_code == 403
    assert 'error="insufficient_scope", scope="stars:write"' in answer.headers["WWW-Authenticate"]


@pytest.fixture
def command(stdio_command: Command, tmp_path: Path) -> Command:
    PluginDistribution("stars", STARS, extension="stars.extension:STARS").write(tmp_path / "site")
    return replace(stdio_command, environment=stdio_command.environment | {"TMWS_PLUGINS": "stars"})


async def test_a_client_over_standard_input_hears_of_the_extension_before_the_plugins_are_loaded(
    command: Command,
) -> None:
    server = await command.start()
    await send(server, request(1, "server/discover", _meta=ENVELOPE))
    told = (await receive(server))["result"]["capabilities"]["extensions"]
    await send(server, request(2, "stars/get", name="Jupiter", _meta=ENVELOPE))
    answer = (await receive(server))["result"]
    await close(server)
    assert (told, answer["starName"]) == (EXTENSIONS, "Jupiter 0")


async def test_the_earlier_era_has_no_word_for_extensions_but_the_methods_are_there(command: Command) -> None:
    server = await command.start()
    told = (await initialize(server))["result"]["capabilities"]
    await send(server, request(2, "stars/get", name="Jupiter"))
    answer = (await receive(server))["result"]
    await close(server)
    assert ("extensions" in told, answer["starName"]) == (False, "Jupiter 0")


@pytest.mark.parametrize("barred", [{"safe_mode": True}, {"blocked_plugins": "stars"}, {"plugins": "example"}])
def test_a_plugin_that_may_not_run_announces_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, barred: dict[str, Any]
) -> None:
    PluginDistribution("stars", STARS, extension="stars.extension:STARS").write(tmp_path / "site")
    PluginDistribution("example", "").write(tmp_path / "site")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    assert announced(Settings({}, home=tmp_path, **barred).core).get("org.example/stars") is None


async def test_an_extension_that_is_not_announced_is_told_to_the_operator(
    stdio_command: Command, tmp_path: Path
) -> None:
    PluginDistribution("stars", STARS).write(tmp_path / "site")
    server = await replace(stdio_command, environment=stdio_command.environment | {"TMWS_PLUGINS": "stars"}).start()
    told = (await initialize(server))["result"]["capabilities"]
    await send(server, request(1, "stars/get", name="Jupiter"))
    assert (await receive(server))["result"]["starName"] == "Jupiter 0"
    _, error = await server.communicate(b"")
    assert "extensions" not in told
    assert b"no client over standard input hears of the extension org.example/stars" in error


class Nothing(BaseModel):
    """Nothing."""


@pytest.mark.parametrize("identifier", ["stars", "org.example/", "/stars", "org.example/a b", "1org/stars"])
def test_an_extension_has_a_domain_and_a_name(identifier: str) -> None:
    with pytest.raises(PluginError, match="write a domain and a name"):
        Extension(identifier)


@pytest.mark.parametrize("method", ["stars", "stars/", "/get", "stars/get it"])
def test_a_method_has_an_area_and_a_verb(method: str) -> None:
    with pytest.raises(PluginError, match="write an area and a verb"):

        @mcp_method(method, extension=Extension("org.example/stars"), scope="stars:read")
        async def star(ctx: Context, kind: Literal["big"]) -> Nothing:
            return Nothing()
