"""Reads and writes `tmws_plugins`, the record of what was applied."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Table, insert, select, update

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


def record_applied(connection: Connection, record: PluginRecord) -> None:
    """Write that a plugin's tables are now as its newest revision has them."""
    contributions = record.contributions
    values = {
        "distribution": record.distribution,
        "version": record.version,
        "revision": contributions.history.head if contributions.history else None,
        "tables": owned_names(contributions.metadata, connection.dialect.name),
        "last_seen_at": utc_now(),
    }
    changed = connection.execute(update(_TABLE).where(_TABLE.c.plugin == record.name).values(values))
    if not changed.rowcount:
        connection.execute(insert(_TABLE).values(plugin=record.name, installed_at=utc_now(), **values))
