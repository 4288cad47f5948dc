"""The two logs, and the hash of a row of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final

from sqlalchemy import JSON, Boolean, Table

from tmws_audit.canonical import digest
from tmws_audit.models.api_call import ApiCall
from tmws_audit.models.security_event import SecurityEvent
from tmws_core.columns import UTCDateTime


@dataclass(frozen=True)
class Log:
    """A table whose rows form a chain.

    Attributes:
        name: the table's name.
        table: the table.
        moment: the column that says when a row was written.
    """

    name: str
    table: Table
    moment: str

    @cached_property
    def hashed(self) -> tuple[str, ...]:
        """The columns that the hash of a row is made over: all but the two hashes."""
        return tuple(column.name for column in self.table.columns if column.name not in ("prev_hash", "row_hash"))

    def columns_of(self, *types: type[Any]) -> frozenset[str]:
        """The columns of some types."""
        return frozenset(column.name for column in self.table.columns if isinstance(column.type, types))

    def row_hash(self, prev_hash: str, values: Mapping[str, Any]) -> str:
        """The hash of a row.

        A column without a value has no part in it, so that a later version can add columns, and leave the hashes of
        older rows as they are.

        Args:
            prev_hash: the hash of the row before.
            values: the row; moments as text in UTC, see `moment_text`.
        """
        said = {name: value for name, value in values.items() if value is not None}
        said["log"] = self.name
        return digest(prev_hash, said)


def _table(model: type[ApiCall] | type[SecurityEvent]) -> Table:
    return model.metadata.tables[model.__tablename__]


CALLS: Final = Log("api_audit_log", _table(ApiCall), "created_at")
EVENTS: Final = Log("security_audit_logs", _table(SecurityEvent), "timestamp")
LOGS: Final = {log.name: log for log in (CALLS, EVENTS)}

MOMENTS: Final = {name: log.columns_of(UTCDateTime) for name, log in LOGS.items()}
DOCUMENTS: Final = {name: log.columns_of(JSON) for name, log in LOGS.items()}
TRUTHS: Final = {name: log.columns_of(Boolean) for name, log in LOGS.items()}


def moment_text(moment: datetime) -> str:
    """A moment as a hash is made over it: in UTC, with microseconds (RFC 3339)."""
    return f"{moment.astimezone(UTC).isoformat(timespec='microseconds')[:26]}Z"
