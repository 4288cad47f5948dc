"""`tmws serve --stdio`: the MCP server that a client starts as its own process."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from tmws_core.commands.failure import Failure, fail, log_traceback
from tmws_core.commands.startup import read_settings, start_log, unopened, without_collection
from tmws_core.errors import ConfigurationError
from tmws_core.server.standard_streams import StandardStreams, claim_standard_streams

if TYPE_CHECKING:
    from tmws_core.extensions import Extensions


def start(**arguments: Any) -> int:
    """Serve until the client closes its end.

    Standard output belongs to the protocol from the first line on, so that a failure is told on standard error alone.

    Args:
        arguments: fields of the core's settings that were given as options.

    Returns:
        The exit code.
    """
    start_log()
    try:
        streams = claim_standard_streams()
        asyncio.run(_serve(arguments, streams))
    except (Exception, KeyboardInterrupt) as error:
        log_traceback(error)
        return fail(Failure.of(error), as_json=False)
    return 0


async def _serve(arguments: dict[str, Any], streams: StandardStreams) -> None:
    with without_collection():
        from tmws_core.server.stdio import serve_stdio

        extensions = _announced(arguments)
    await serve_stdio(partial(unopened, **arguments), streams, extensions)


def _announced(arguments: dict[str, Any]) -> "Extensions":
    from tmws_core.extensions import announced

    try:
        return announced(read_settings(**arguments).core)
    except ConfigurationError:  # the client hears of it when the application is made
        return {}
