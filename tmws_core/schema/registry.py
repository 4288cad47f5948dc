"""Reads and writes `tmws_plugins`, the record of what was applied."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from tmws_core.columns import utc_now
from tmws_core.declarative import owned_names
from tmws_core.models.plugin_state import PluginState
from tmws_core.plugin_record import PluginRecord
from tmws_core.schema.live import has_relation

SEEN_AGAIN_AFTER = timedelta(days=1)

_TABLE: Table = PluginState.metadata.tables[PluginState.__tablename__]


@dataclass(frozen=True)
class Applied:
    """What a database records of one plugin.

    Attributes:
        plugin: its name.
        distribution: the distribution that it came with.
        version: that distribution's version.
        revision: the newest of its revisions that was applied; None when it brings no migrations.
        tables: its tables, and what is derived from them.
        last_seen_at: when a server last started with it, to within a day.
    """

    plugin: str
    distribution: str
    version: str
    revision: str | None
    tables: tuple[str, ...]
    last_seen_at: datetime

    @property
    def is_stale(self) -> bool:
        """Whether it is time to note again that the plugin is there."""
        return utc_now() - self.last_seen_at > SEEN_AGAIN_AFTER


def applied_states(connection: Connection) -> dict[str, Applied]:
    """What the database records of each plugin that it has ever known; nothing in a new database."""
    if not has_relation(connection, _TABLE.name):
        return {}
    rows = connection.execute(select(_TABLE))
    return {
        row.plugin: Applied(
            row.plugin, row.distribution, row.version, row.revision, tuple(row.tables), row.last_seen_at
        )
        for row in rows
    }


def record_applied(connection: Connection, records: Collection[PluginRecord]) -> None:
    """Write that the tables of some plugins are now as their newest revisions have them."""
    insert = sqlite.insert(_TABLE) if connection.dialect.name == "sqlite" else postgresql.insert(_TABLE)
    rows = [_row(record, connection.dialect.name) for record in records]
    changed = {name: insert.excluded[name] for name in rows[0] if name not in ("plugin", "installed_at")}
    connection.execute(insert.on_conflict_do_update(index_elements=[_TABLE.c.plugin], set_=changed), rows)


def _row(record: PluginRecord, dialect: str) -> dict[str, Any]:
    contributions, now = record.contributions, utc_now()
    return {
        "plugin": record.name,
        "distribution": record.distribution,
        "version": record.version,
        "revision": contributions.history.head if contributions.history else None,
        "tables": owned_names(contributions.metadata, dialect),
        "installed_at": now,
        "last_seen_at": now,
    }
