import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from tmws_core.application import Application
from tmws_core.server.http import serve_http
from tmws_core.settings import Settings
from tmws_core.testing.distributions import InstallPlugin, PluginDistribution

EXAMPLE = """
    import asyncio
    import subprocess
    import sys

    from starlette.requests import Request
    from starlette.responses import PlainTextResponse, Response

    from tmws_core import Context, health_check, hookimpl, prompt, resource, route, tool

    print("a plugin prints while it is imported")


    @tool(scope="example:read", read_only=True, idempotent=True, listed=True)
    async def example_add(ctx: Context, left: float, right: float) -> float:
        \"\"\"Add two numbers.\"\"\"
        return left + right


    @tool(scope="example:write", destructive=True)
    async def example_length(ctx: Context, text: str) -> int:
        \"\"\"Measure a text.\"\"\"
        return len(text)


    @tool(scope="example:read", read_only=True)
    async def example_loud(ctx: Context) -> str:
        \"\"\"Print, and start a child that prints.\"\"\"
        print("a tool prints", flush=True)
        subprocess.run([sys.executable, "-c", "print('a child prints')"], check=True)
        return "done"


    @tool(scope="example:read", read_only=True)
    async def example_count(ctx: Context, to: int) -> int:
        \"\"\"Count and tell how far.\"\"\"
        for number in range(1, to + 1):
            await ctx.progress(number, to, f"number {number}")
        return to


    @tool(scope="example:read", read_only=True, rate_limit="1/hour")
    async def example_rare(ctx: Context) -> str:
        \"\"\"Answer once an hour.\"\"\"
        return "once"


    @tool(scope="example:read", read_only=True)
    async def example_broken(ctx: Context) -> str:
        \"\"\"Break.\"\"\"
        raise RuntimeError("a secret of the inside")


    @resource("example://motto", scope="example:read")
    async def motto(ctx: Context) -> str:
        \"\"\"The motto.\"\"\"
        return "Slowly but surely."


    @resource("example://greeting/{name}", scope="example:read")
    async def greeting(ctx: Context, name: str) -> str:
        \"\"\"A greeting for somebody.\"\"\"
        return f"Good day, {name}."


    @prompt(scope="example:read")
    async def summarise(ctx: Context, topic: str, length: str = "short") -> str:
        \"\"\"Ask for a summary.\"\"\"
        return f"Summarise {topic}, {length}."


    @route("/example/ping", scope="example:read")
    async def ping(ctx: Context, request: Request) -> Response:
        \"\"\"Answer that the plugin is there.\"\"\"
        return PlainTextResponse("pong")


    @health_check
    async def weather(ctx: Context) -> str:
        \"\"\"Whether the weather is fair.\"\"\"
        if SICK:
            raise RuntimeError("it rains; wait")
        return "fair"


    SICK = False
    here = sys.modules[__name__]


    @hookimpl
    def tmws_tools():
        return here


    @hookimpl
    def tmws_resources():
        return here


    @hookimpl
    def tmws_prompts():
        return here


    @hookimpl
    def tmws_routes():
        return here


    @hookimpl
    def tmws_health_checks():
        return here
"""


NOTES = """
    import asyncio
    import sys

    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    from tmws_core import Context, Principal, hookimpl, tool
    from tmws_core.declarative import plugin_metadata


    class Base(DeclarativeBase):
        metadata = plugin_metadata("notes")


    class Note(Base):
        __tablename__ = "notes"
        text: Mapped[str] = mapped_column(primary_key=True)


    @tool(scope="notes:write")
    async def notes_keep(ctx: Context, text: str) -> str:
        \"\"\"Keep a note.\"\"\"
        ctx.session.add(Note(text=text))
        return text


    @tool(scope="notes:write")
    async def notes_act_as(ctx: Context, agent: str) -> None:
        \"\"\"Act for another agent.\"\"\"
        ctx.act_as(Principal(agent, "elsewhere", frozenset({"notes:*"}), actor=ctx.principal.agent_id))


    @tool(scope="notes:write")
    async def notes_whoami(ctx: Context) -> list[str | None]:
        \"\"\"Tell in whose name the call is made, and who really acts.\"\"\"
        return [ctx.principal.agent_id, ctx.principal.actor]


    @tool(scope="notes:write")
    async def notes_hold(ctx: Context, text: str) -> str:
        \"\"\"Write a note and never finish.\"\"\"
        ctx.session.add(Note(text=text))
        await ctx.session.flush()
        print("holding", file=sys.stderr, flush=True)
        await asyncio.Event().wait()
        return text


    here = sys.modules[__name__]


    @hookimpl
    def tmws_models():
        return here


    @hookimpl
    def tmws_tools():
        return here
"""


@dataclass(frozen=True)
class Served:
    """An application that is served on a socket of its own."""

    application: Application
    url: str
    client: httpx.AsyncClient

    async def call(self, tool: str, **arguments: object) -> httpx.Response:
        """Call a tool of the example plugin over the HTTP API."""
        return await self.client.post(f"/api/v1/example/{tool}", json=arguments)


@pytest_asyncio.fixture
async def application(install_plugin: InstallPlugin, tmp_path: Path) -> AsyncIterator[Application]:
    """The core and the example plugin, opened."""
    install_plugin("example", EXAMPLE)
    async with Application(Settings({}, home=tmp_path / "home", plugins="example", strict=True)) as opened:
        yield opened


@asynccontextmanager
async def serving(application: Application, host: str = "127.0.0.1") -> AsyncIterator[str]:
    """Serve an application on a real socket, and stop it with a real signal."""
    started: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    server = asyncio.create_task(serve_http(application, host=host, port=0, on_started=started.set_result))
    server.add_done_callback(lambda _: started.cancel())
    yield await started
    os.kill(os.getpid(), signal.SIGTERM)
    await server


@pytest_asyncio.fixture
async def served(application: Application) -> AsyncIterator[Served]:
    """The example application behind a real socket."""
    async with serving(application) as url, httpx.AsyncClient(base_url=url) as client:
        yield Served(application, url, client)


@dataclass(frozen=True)
class Command:
    """`tmws serve` with the example plugins, as a client starts it."""

    words: list[str]
    environment: dict[str, str]
    home: Path

    @property
    def database(self) -> Path:
        """The file that the server writes."""
        return self.home / "data" / "tmws.db"

    async def start(self) -> asyncio.subprocess.Process:
        """Start it with pipes."""
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(
            *self.words, stdin=pipe, stdout=pipe, stderr=pipe, env=self.environment, limit=2**23
        )


@pytest.fixture
def stdio_command(tmp_path: Path) -> Command:
    """How a client starts the stdio server."""
    site, home = tmp_path / "site", tmp_path / "home"
    PluginDistribution("example", EXAMPLE).write(site)
    PluginDistribution("notes", NOTES).write(site)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("TMWS_")}
    environment |= {
        "PYTHONPATH": str(site),
        "TMWS_HOME": str(home),
        "TMWS_PLUGINS": "example,notes",
        "TMWS_STRICT": "true",
    }
    return Command([sys.executable, "-m", "tmws_core", "serve", "--stdio"], environment, home)


async def get(url: str, headers: dict[str, str] | None = None) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.get(url, headers=headers)
