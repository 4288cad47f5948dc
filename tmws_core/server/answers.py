"""JSON answers over HTTP; an error looks the same wherever it comes from."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from mcp import types
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tmws_core.tool_errors import InternalError, RateLimited, ToolError


def error_answer(error: ToolError) -> JSONResponse:
    """A tool's error with its own status."""
    return JSONResponse({"error": error.as_json()}, error.status, _headers(error))


def message_answer(request: types.RequestId | None, error: ToolError, headers: Mapping[str, str]) -> JSONResponse:
    """A tool's error as the JSON-RPC message that MCP clients read in an answer with its status.

    Args:
        request: the number of the request that it answers; None when that was not read.
        error: the error.
        headers: the headers of the answer.
    """
    told = types.ErrorData(code=types.INVALID_REQUEST, message=str(error), data={"error": error.as_json()})
    message = types.JSONRPCError(jsonrpc="2.0", id=request, error=told)
    return JSONResponse(message.model_dump(mode="json", by_alias=True), error.status, {**headers, **_headers(error)})


def refusal(status: HTTPStatus, message: str, hint: str = "") -> JSONResponse:
    """A refusal that comes before any tool; its code is the status in words."""
    error = {"code": status.name.lower(), "message": message, "hint": hint}
    return JSONResponse({"error": {key: value for key, value in error.items() if value}}, status)


async def on_http_exception(_request: Request, error: Exception) -> Response:
    """Answer what Starlette refuses: an unknown path, or a method that a path does not have."""
    if not isinstance(error, HTTPException):
        return await on_any_error(_request, error)
    answer = refusal(HTTPStatus(error.status_code), str(error.detail), "see /api/v1/openapi.json for what there is")
    answer.headers.update(error.headers or {})
    return answer


async def on_any_error(_request: Request, _error: Exception) -> Response:
    """Answer what nobody expected; the server's log has the traceback, the client gets none of it."""
    return error_answer(InternalError("the request failed for a reason that is not yours", hint="see the server's log"))


def json_answer(value: dict[str, Any]) -> JSONResponse:
    """A result."""
    return JSONResponse(value)


def _headers(error: ToolError) -> dict[str, str]:
    return {"Retry-After": str(error.details["retry_after_seconds"])} if isinstance(error, RateLimited) else {}
