"""The errors that a tool answers with; each is the same on MCP, HTTP and the command line."""

from typing import Any

from tmws_core.errors import ExitCode, TMWSError


class ToolError(TMWSError):
    """A call failed for a reason that the caller can understand.

    Attributes:
        code: a short word that programs compare, such as `not_found`.
        status: the HTTP status.
        message: what was wrong.
        hint: what to do; it may be empty.
        details: more for programs, such as the faulty arguments.
    """

    code = "failed"
    status = 500
    exit_code = ExitCode.FAILED

    def __init__(self, message: str, *, hint: str = "", details: dict[str, Any] | None = None) -> None:
        super().__init__(f"{message}; {hint}" if hint else message)
        self.message = message
        self.hint = hint
        self.details = details or {}

    def as_json(self) -> dict[str, Any]:
        """The error as every door shows it."""
        described = {"code": self.code, "message": self.message, "hint": self.hint, "details": self.details}
        return {key: value for key, value in described.items() if value}


class InvalidArguments(ToolError):
    """The arguments do not fit the tool's schema."""

    code = "invalid_arguments"
    status = 422
    exit_code = ExitCode.USAGE


class Unauthenticated(ToolError):
    """Nobody knows who calls.

    Attributes:
        error: what the challenge says of the token that was shown (RFC 6750, section 3.1); empty when none was.
    """

    code = "unauthenticated"
    status = 401

    def __init__(self, message: str, *, hint: str = "", details: dict[str, Any] | None = None, error: str = "") -> None:
        super().__init__(message, hint=hint, details=details)
        self.error = error


class PermissionDenied(ToolError):
    """The principal does not hold the tool's scope."""

    code = "permission_denied"
    status = 403


class NotFound(ToolError):
    """There is no such thing, or the principal may not see it; the two are not told apart."""

    code = "not_found"
    status = 404


class AlreadyChanged(ToolError):
    """The thing was changed since the caller read it, or it exists already."""

    code = "conflict"
    status = 409


class TooLarge(ToolError):
    """An argument is larger than a setting allows."""

    code = "too_large"
    status = 413


class RateLimited(ToolError):
    """The principal calls too often."""

    code = "rate_limited"
    status = 429


class StorageFull(ToolError):
    """The disk is full; nothing was written, reading goes on."""

    code = "storage_full"
    status = 507


class InternalError(ToolError):
    """Something broke inside; the details are in the server's log under the number that the message names."""

    code = "internal_error"
