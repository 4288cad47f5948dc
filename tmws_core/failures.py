"""What a caller is told of an error that nobody raised for the caller."""

import logging

from tmws_core.identifiers import new_identifier
from tmws_core.tool_errors import AlreadyChanged, InternalError, StorageFull, ToolError

logger = logging.getLogger(__name__)


def for_the_caller(name: str, error: BaseException) -> ToolError:
    """The error in words for the caller; what they do not tell is in the log under a number.

    Args:
        name: what failed.
        error: what it raised.
    """
    from sqlalchemy.exc import DBAPIError  # imported by the first failure at the latest, by the first session usually
    from sqlalchemy.orm.exc import StaleDataError

    if isinstance(error, StaleDataError):
        return AlreadyChanged("somebody else has changed it in the meantime", hint="read it again, then change it")
    if isinstance(error, DBAPIError) and _says_that_the_disk_is_full(error.orig):
        return StorageFull("the disk is full; nothing was written", hint="make room on the server's disk")
    number = new_identifier()
    logger.error("%s failed (%s)", name, number, exc_info=error)
    return InternalError(
        f"{name} failed for a reason that is not yours", hint=f"the server's log tells it under {number}"
    )


def _says_that_the_disk_is_full(error: BaseException | None) -> bool:
    """SQLite's result code SQLITE_FULL, or the SQLSTATE disk_full (PostgreSQL, appendix A)."""
    return getattr(error, "sqlite_errorname", "") == "SQLITE_FULL" or getattr(error, "sqlstate", "") == "53100"
