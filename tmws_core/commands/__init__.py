"""The command line: `tmws`, and `tmws-mcp-server`, which is `tmws serve --stdio` under the name that clients know.

A client waits for the stdio server to start. So the server that needs no arguments to be parsed is started before
anything is imported that only the other commands need.
"""

import sys
from collections.abc import Sequence

from tmws_core.commands.failure import INTERRUPTED

STDIO_SERVER = ["serve", "--stdio"]


def main(words: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        words: what was typed after `tmws`; by default what this process was started with.

    Returns:
        The exit code, one of `tmws_core.errors.ExitCode`, or 130 after an interrupt.
    """
    try:
        return _run(sys.argv[1:] if words is None else list(words))
    except KeyboardInterrupt:
        return INTERRUPTED


def serve_stdio() -> int:
    """Serve MCP over standard input and output; options are those of `tmws serve`."""
    return main([*STDIO_SERVER, *sys.argv[1:]])


def _run(typed: list[str]) -> int:
    if typed == STDIO_SERVER:
        from tmws_core.commands.stdio import start

        return start()
    from tmws_core.commands.root import run

    return run(typed)
