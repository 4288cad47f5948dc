"""Compares what the plugins declare with what a database holds, and writes the plan; it changes nothing."""

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Connection

from tmws_core.declarative import derived_names, owned_names
from tmws_core.plugin_record import PluginRecord
from tmws_core.schema.live import has_relation, live_shapes, live_tables
from tmws_core.schema.plan import STOPPING, Absent, Action, Plan, Step
from tmws_core.schema.registry import Applied, applied_states
from tmws_core.schema.shape import Shapes, declared_shapes, differences


def plan_for_new_database(records: Sequence[PluginRecord]) -> Plan:
    """The plan for a database that does not exist yet."""
    return Plan(tuple(_create(record, _tables(record)) for record in records))


def make_plan(connection: Connection, records: Sequence[PluginRecord]) -> Plan:
    """The plan for a live database.

    Args:
        connection: a connection to it; it is only read.
        records: the active plugins, each after those that it needs; the core's own record comes first.
    """
    live = live_tables(connection)
    if not live:
        return plan_for_new_database(records)
    return _Planner(connection, records, live).plan()


def drift(connection: Connection, record: PluginRecord, live: Shapes | None = None) -> list[str]:
    """How the live tables of one plugin differ from the declared ones, one sentence for each difference."""
    metadata = record.contributions.metadata
    if metadata is None:
        return []
    derived = derived_names(metadata, connection.dialect.name)
    shapes = live_shapes(connection, metadata.tables.keys()) if live is None else live
    found = differences(declared_shapes(metadata, connection.dialect), shapes, derived)
    return found + [f"derived {name} is missing" for name in derived if not has_relation(connection, name)]


class _Planner:
    """The facts that every step of one plan is decided on."""

    def __init__(self, connection: Connection, records: Sequence[PluginRecord], live: frozenset[str]) -> None:
        self._connection = connection
        self._records = records
        self._live = live
        self._applied = applied_states(connection)
        declared = {table for record in records for table in _tables(record)}
        self._live_shapes = live_shapes(connection, declared)

    def plan(self) -> Plan:
        steps: dict[str, Step] = {}
        for record in self._records:
            stopped = [name for name in _needed(record, self._records) if steps[name].action in STOPPING]
            if stopped:
                reason = f"it needs {' and '.join(stopped)}, which the plan refuses"
                steps[record.name] = Step(record.name, Action.SKIP, tuple(_tables(record)), reason=reason)
            else:
                steps[record.name] = self._step(record)
        return Plan(tuple(steps.values()), tuple(self._absent()), tuple(self._unclaimed()))

    def _step(self, record: PluginRecord) -> Step:
        applied = self._applied.get(record.name)
        missing = [table for table in _tables(record) if table not in self._live]
        if applied is None:
            if len(missing) == len(_tables(record)):
                return _create(record, missing)
            return self._adopt(record)
        head = record.contributions.history.head if record.contributions.history else None
        if applied.revision == head:
            return self._same_revision(record, applied, missing)
        if applied.revision is not None and not _knows(record, applied.revision):
            return _refuse(
                record,
                f"the database is newer: it was written by {applied.distribution} {applied.version} at revision "
                f"{applied.revision}, and {record.distribution} {record.version} knows none newer than {head}; install "
                "the newer version again, or restore a backup that is older",
            )
        return Step(record.name, Action.UPGRADE, tuple(_tables(record)), (), applied.revision, head)

    def _adopt(self, record: PluginRecord) -> Step:
        different = drift(self._connection, record, self._live_shapes)
        if different:
            return _refuse(
                record,
                f"its tables exist without a record of who made them, and differ: {_some(different)}; move them away, "
                "or make them equal, and they are adopted",
            )
        return _step(record, Action.ADOPT)

    def _same_revision(self, record: PluginRecord, applied: Applied, missing: list[str]) -> Step:
        if record.contributions.history is None and missing and not set(missing) & set(applied.tables):
            return _create(record, missing)  # without migrations, a new table is all that can be added
        different = drift(self._connection, record, self._live_shapes)
        if different:
            return _refuse(
                record,
                f"the live tables are not the declared ones: {_some(different)}; write a revision that makes the "
                "difference (tmws db revision), or restore a backup",
            )
        same_package = (applied.distribution, applied.version) == (record.distribution, record.version)
        owned = owned_names(record.contributions.metadata, self._connection.dialect.name)
        settled = same_package and list(applied.tables) == owned and not applied.is_stale
        return _step(record, Action.CURRENT if settled else Action.REFRESH)

    def _absent(self) -> Iterator[Absent]:
        active = {record.name for record in self._records}
        for applied in self._applied.values():
            if applied.plugin not in active:
                yield Absent(applied.plugin, applied.distribution, applied.version, applied.tables)

    def _unclaimed(self) -> list[str]:
        dialect = self._connection.dialect.name
        claimed = {name for applied in self._applied.values() for name in applied.tables}
        claimed |= {name for record in self._records for name in owned_names(record.contributions.metadata, dialect)}
        derived = tuple(name for name in claimed if name.startswith("tmws_"))
        return sorted(table for table in self._live - claimed if not table.startswith(derived))


def _tables(record: PluginRecord) -> list[str]:
    metadata = record.contributions.metadata
    return sorted(metadata.tables) if metadata is not None else []


def _needed(record: PluginRecord, records: Sequence[PluginRecord]) -> list[str]:
    return [
        other.name
        for other in records
        if other is not record and other.distribution != record.distribution and other.distribution in record.requires
    ]


def _knows(record: PluginRecord, revision: str) -> bool:
    return record.contributions.history is not None and record.contributions.history.knows(revision)


def _step(record: PluginRecord, action: Action, missing: Collection[str] = ()) -> Step:
    head = record.contributions.history.head if record.contributions.history else None
    return Step(record.name, action, tuple(_tables(record)), tuple(missing), None, head)


def _create(record: PluginRecord, missing: Collection[str]) -> Step:
    return _step(record, Action.CREATE, missing)


def _refuse(record: PluginRecord, reason: str) -> Step:
    return Step(record.name, Action.REFUSE, tuple(_tables(record)), reason=reason)


def _some(sentences: Sequence[str], most: int = 5) -> str:
    shown = "; ".join(sentences[:most])
    return f"{shown}; and {len(sentences) - most} more" if len(sentences) > most else shown
