"""The files that a person names at the terminal, and what is said when they cannot be used."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pydantic import BaseModel, Field

from tmws_core.errors import ExitCode
from tmws_core.tool_errors import ToolError
from tmws_memory.exchange.record import Fault

_MOST_LISTED = 1000


class FileUnusable(ToolError):
    """A file or folder cannot be read or written."""

    code = "file_unusable"
    status = 422
    exit_code = ExitCode.INPUT_OUTPUT


class FaultLine(BaseModel):
    """Something that was left out, while the rest went on."""

    source: str = Field(description="The file, or the memory.")
    line: int | None = Field(description="The line of the file, when one is meant.")
    reason: str


class Faults:
    """The faults of a command: the first thousand for its result, every further one in the log."""

    def __init__(self, log: Callable[..., None]) -> None:
        self.listed: list[FaultLine] = []
        self._log = log

    def tell(self, fault: Fault) -> None:
        """Take a fault."""
        if len(self.listed) < _MOST_LISTED:
            self.listed.append(FaultLine(source=fault.source, line=fault.line, reason=fault.reason))
        else:
            self._log("%s, line %s: %s", fault.source, fault.line, fault.reason)


@contextmanager
def told() -> Iterator[None]:
    """Say of a file that cannot be used which one it is and why.

    Raises:
        FileUnusable: instead of an OSError.
    """
    try:
        yield
    except OSError as error:
        raise FileUnusable(f"{error.filename or 'a file'}: {error.strerror or error}") from error
