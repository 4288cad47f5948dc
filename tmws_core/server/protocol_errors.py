"""A tool's errors as errors of the MCP protocol, where there is no result that could carry them."""

from mcp import types
from mcp.shared.exceptions import MCPError

from tmws_core.tool_errors import ToolError

_FIRST_FAULT_OF_THE_SERVER = 500


def as_protocol_error(error: ToolError, **about: str) -> MCPError:
    """The error with the JSON-RPC code that says whose fault it is, the caller's or the server's.

    Args:
        error: what went wrong.
        about: what it is about, such as `uri`, for the error's data.
    """
    code = types.INTERNAL_ERROR if error.status >= _FIRST_FAULT_OF_THE_SERVER else types.INVALID_PARAMS
    return MCPError(code, str(error), {**about, "error": error.as_json()})
