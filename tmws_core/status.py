"""How a running server is doing, in one object."""

import sqlite3
from typing import TYPE_CHECKING

from pydantic import BaseModel

from tmws_core.authentication import authentication_of

if TYPE_CHECKING:
    from tmws_core.host import Host


class PluginStatus(BaseModel):
    """One plugin."""

    name: str
    distribution: str
    version: str
    status: str
    reason: str = ""
    revision: str | None = None
    tables: list[str] = []
    tools: list[str] = []


class DatabaseStatus(BaseModel):
    """The database."""

    url: str
    dialect: str
    durable: bool
    checkpointer: bool | None = None
    notes: list[str] = []


class ServerStatus(BaseModel):
    """The whole server."""

    version: str
    safe_mode: bool
    authentication: str
    plugins: list[PluginStatus]
    database: DatabaseStatus
    events_missed: dict[str, int]


def plugin_statuses(application: "Host") -> list[PluginStatus]:
    """Every installed plugin, the active ones first in the order of the plan."""
    return [
        PluginStatus(
            name=record.name,
            distribution=record.distribution,
            version=record.version,
            status=record.status.value,
            reason=record.reason,
            revision=record.contributions.history.head if record.contributions.history else None,
            tables=sorted(record.contributions.metadata.tables) if record.contributions.metadata is not None else [],
            tools=[tool.name for tool in record.contributions.tools],
        )
        for record in [*application.active, *(record for record in application.records if not record.active)]
    ]


def server_status_of(application: "Host") -> ServerStatus:
    """How the server is doing now."""
    return ServerStatus(
        version=application.version,
        safe_mode=application.settings.core.safe_mode,
        authentication=authentication_of(application),
        plugins=plugin_statuses(application),
        database=database_status(application),
        events_missed={listener.name: listener.missed for listener in application.listeners if listener.missed},
    )


def database_status(application: "Host") -> DatabaseStatus:
    """Which database it is, and what an operator should know of it."""
    from tmws_core.database.sqlite import has_wal_reset_bug
    from tmws_core.schema.schema import hidden

    url = hidden(application.settings.database_url)
    checkpointer = application.database.checkpointer
    if checkpointer is None:
        return DatabaseStatus(url=url, dialect="postgresql", durable=True)
    durable = application.settings.core.sqlite_synchronous == "FULL"
    notes = []
    if not durable:
        notes.append("TMWS_SQLITE_SYNCHRONOUS is NORMAL: a power cut may lose the last writes")
    if has_wal_reset_bug():
        notes.append(
            f"SQLite {sqlite3.sqlite_version} may damage the file when two processes write and checkpoint at the same "
            "instant; one process alone checkpoints here, which makes it rare; SQLite 3.51.3 or PostgreSQL ends it"
        )
    return DatabaseStatus(url=url, dialect="sqlite", durable=durable, checkpointer=checkpointer.held, notes=notes)
