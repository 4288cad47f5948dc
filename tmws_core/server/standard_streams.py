"""Takes the standard streams for the protocol, before anybody else can write to them."""

import os
import sys
from dataclasses import dataclass

from tmws_core.errors import ConfigurationError

_INPUT, _OUTPUT, _ERROR = 0, 1, 2


@dataclass(frozen=True)
class StandardStreams:
    """Private descriptors of what was standard input and output when the process began.

    Attributes:
        input: what the client writes to.
        output: what the client reads from.
    """

    input: int
    output: int


def claim_standard_streams() -> StandardStreams:
    """Keep the real standard input and output for the protocol, and put others in their place.

    From now on a `print`, wherever it comes from - a plugin, a library, a child process - ends up in standard error,
    and whoever reads standard input finds it at its end. This must come before any plugin is imported.

    Raises:
        ConfigurationError: the process was started without a standard input or output.
    """
    _open_missing_error_stream()
    sys.stdout.flush()
    try:
        streams = StandardStreams(os.dup(_INPUT), os.dup(_OUTPUT))
    except OSError as error:
        raise ConfigurationError(
            f"standard input or output is closed ({error.strerror}); start the server with both, or serve HTTP"
        ) from error
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, _INPUT)
    os.close(nothing)
    os.dup2(_ERROR, _OUTPUT)
    _tell_windows()
    return streams


def _open_missing_error_stream() -> None:
    try:
        os.fstat(_ERROR)
    except OSError:
        opened = os.open(os.devnull, os.O_WRONLY)
        if opened != _ERROR:
            os.dup2(opened, _ERROR)
            os.close(opened)


def _tell_windows() -> None:
    """Windows gives child processes its own handles, which do not follow the descriptors."""
    if sys.platform == "win32":
        from mcp.os.win32.utilities import rebind_std_handle_to_fd

        rebind_std_handle_to_fd(_INPUT)
        rebind_std_handle_to_fd(_OUTPUT)
