"""How a command ends when something goes wrong: one clear line for people, one document for programs, an exit code."""

import json
import logging
import re
import sys
from dataclasses import dataclass, field
from typing import Any

from tmws_core.errors import ExitCode, TMWSError

INTERRUPTED = 130

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Failure:
    """What went wrong.

    Attributes:
        code: a short word that programs compare.
        message: what was wrong and what to do.
        exit_code: the code with which the command ends.
        details: more for programs.
    """

    code: str
    message: str
    exit_code: int
    details: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, error: BaseException) -> "Failure":
        """The failure that an error means."""
        from tmws_core.tool_errors import ToolError

        match error:
            case KeyboardInterrupt():
                return cls("interrupted", "interrupted", INTERRUPTED)
            case ToolError():
                return cls(error.code, str(error), error.exit_code, error.as_json())
            case TMWSError():
                return cls(_code(type(error)), str(error), error.exit_code)
            case _:
                message = f"an error of the server itself, {error!r}; with TMWS_LOG_LEVEL=DEBUG the log shows where"
                return cls("internal_error", message, ExitCode.SOFTWARE)

    def as_json(self) -> dict[str, Any]:
        """The failure for programs."""
        return {"error": {"code": self.code, "message": self.message, **self.details}}


def fail(failure: Failure, *, as_json: bool) -> int:
    """Show a failure: as a document on standard output, or as a line on standard error.

    Returns:
        The exit code.
    """
    if as_json:
        sys.stdout.write(f"{json.dumps(failure.as_json(), indent=2)}\n")
        sys.stdout.flush()
    elif failure.exit_code != INTERRUPTED:
        sys.stderr.write(f"tmws: {' '.join(failure.message.split())}\n")
    return failure.exit_code


def log_traceback(error: BaseException) -> None:
    """Keep the traceback for those who look for the place."""
    logger.debug("the command failed", exc_info=error)


def _code(kind: type[TMWSError]) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__.removesuffix("Error")).lower()
