"""MCP over standard input and output: one client, one JSON-RPC message per line."""

from tmws_core.application import Application
from tmws_core.server.conversation import Conversation
from tmws_core.server.lines import Lines
from tmws_core.server.mcp import mcp_server
from tmws_core.server.standard_streams import StandardStreams, claim_standard_streams
from tmws_core.server.stopping import on_stop_signal

__all__ = ["StandardStreams", "claim_standard_streams", "serve_stdio"]


async def serve_stdio(application: Application, streams: StandardStreams) -> None:
    """Serve one client until its input ends, or SIGTERM or SIGINT comes.

    Args:
        application: opened.
        streams: what `claim_standard_streams` took before the plugins were loaded.
    """
    lines = Lines(streams)
    try:
        with on_stop_signal(lines.end):
            await Conversation(mcp_server(application), lines).run()
    finally:
        lines.close()
