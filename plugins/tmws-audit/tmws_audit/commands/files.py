"""What is said when a file or a log cannot be used."""

from collections.abc import Iterator
from contextlib import contextmanager

from tmws_audit.signing import KeyUnusable
from tmws_core.errors import ExitCode
from tmws_core.tool_errors import ToolError


class FileUnusable(ToolError):
    """A file cannot be read or written."""

    code = "file_unusable"
    status = 422
    exit_code = ExitCode.INPUT_OUTPUT


class SigningImpossible(ToolError):
    """The signing key cannot be used."""

    code = "signing_key_unusable"
    status = 503
    exit_code = ExitCode.CONFIGURATION


class LogDamaged(ToolError):
    """Something in a log or an export is not as it was written."""

    code = "audit_damaged"
    status = 409


@contextmanager
def told() -> Iterator[None]:
    """Say in words for the caller what is wrong with a file, a key or a row.

    Raises:
        FileUnusable: instead of an OSError.
        SigningImpossible: instead of a KeyUnusable.
        LogDamaged: instead of a ValueError.
    """
    try:
        yield
    except KeyUnusable as error:
        raise SigningImpossible(str(error)) from error
    except OSError as error:
        raise FileUnusable(f"{error.filename or 'a file'}: {error.strerror or error}") from error
    except ValueError as error:
        raise LogDamaged(str(error)) from error
