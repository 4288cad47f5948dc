"""JSON answers over HTTP; an error looks the same wherever it comes from."""

from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tmws_core.tool_errors import InternalError, RateLimited, ToolError


def error_answer(error: ToolError) -> JSONResponse:
    """A tool's error with its own status."""
    headers = {}
    if isinstance(error, RateLimited):
        headers["Retry-After"] = str(error.details["retry_after_seconds"])
    return JSONResponse({"error": error.as_json()}, error.status, headers)


def refusal(status: HTTPStatus, message: str, hint: str = "") -> JSONResponse:
    """A refusal that comes before any tool; its code is the status in words."""
    error = {"code": status.name.lower(), "message": message, "hint": hint}
    return JSONResponse({"error": {key: value for key, value in error.items() if value}}, status)


async def on_tool_error(_request: Request, error: Exception) -> Response:
    """Answer an error that a handler raised on purpose."""
    return error_answer(error) if isinstance(error, ToolError) else await on_any_error(_request, error)


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
