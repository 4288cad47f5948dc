"""`tmws serve`: the server, over HTTP or over standard input and output."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from tmws_core.commands.output import AsJSON, print_json
from tmws_core.commands.startup import unopened, without_collection
from tmws_core.standard_output import standard_output_kept

if TYPE_CHECKING:
    from tmws_core.application import Application


def serve(
    host: Annotated[
        str | None, typer.Option(help="The address to bind (TMWS_API_HOST); others than loopback need authentication.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="The port to bind; 0 is any free one (TMWS_API_PORT).")] = None,
    profile: Annotated[
        str | None, typer.Option(help="Which tools a client sees at once: default or full (TMWS_PROFILE).")
    ] = None,
    strict: Annotated[
        bool | None, typer.Option("--strict/--no-strict", help="End the start when any plugin fails (TMWS_STRICT).")
    ] = None,
    safe_mode: Annotated[
        bool | None, typer.Option("--safe-mode", help="Start with the core alone (TMWS_SAFE_MODE).")
    ] = None,
    stdio: Annotated[
        bool, typer.Option("--stdio", help="Serve MCP to one client over standard input and output.")
    ] = False,
    as_json: AsJSON = False,
) -> None:
    """Start the server: MCP and HTTP on one address, or MCP over standard input and output."""
    options = {"api_host": host, "api_port": port, "profile": profile, "strict": strict, "safe_mode": safe_mode}
    if stdio:
        from tmws_core.commands.stdio import start

        raise typer.Exit(start(**options))
    _serve_http(options, as_json=as_json)


def _serve_http(options: dict[str, Any], *, as_json: bool) -> None:
    import asyncio

    application = unopened(**options)
    with standard_output_kept() as output:
        asyncio.run(_opened(application, output, as_json))


async def _opened(application: "Application", output: TextIO, as_json: bool) -> None:
    with without_collection():
        from tmws_core.server.http import serve_http

    core = application.settings.core
    announce = partial(_announce, application, output, as_json)
    async with application:
        await serve_http(application, host=core.api_host, port=core.api_port, on_started=announce)


def _announce(application: "Application", output: TextIO, as_json: bool, url: str) -> None:
    from tmws_core.commands.announcement import Announcement

    announcement = Announcement.of(application, url)
    if as_json:
        print_json(announcement.as_json(), output)
    else:
        announcement.print(output)
