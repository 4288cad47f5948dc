"""Carries out a plan: in one transaction, with a savepoint for each plugin, and proves the result."""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, MetaData
from sqlalchemy.orm import Session

from tmws_core.errors import OrphanedRows, SchemaMismatch
from tmws_core.plugin_record import PluginRecord
from tmws_core.schema.live import live_shapes
from tmws_core.schema.plan import STOPPING, WRITING, Action, Plan, Step
from tmws_core.schema.planner import drift
from tmws_core.schema.registry import applied_states, record_applied

logger = logging.getLogger(__name__)


def execute(connection: Connection, plan: Plan, records: Sequence[PluginRecord]) -> dict[str, str]:
    """Carry out a plan inside the connection's transaction.

    Args:
        connection: a connection in a writing transaction, under the schema lock.
        plan: the plan, made in this transaction.
        records: the plugins that it was made for, in the same order.

    Returns:
        The plugins that failed, each with the reason; what they had done is rolled back, and nothing else is.
    """
    by_name = {record.name: record for record in records}
    if all(step.action is Action.CREATE for step in plan.steps) and _created_at_once(connection, plan.steps, by_name):
        return {}
    failures: dict[str, str] = {step.plugin: step.reason for step in plan.steps if step.action in STOPPING}
    for step in plan.steps:
        if step.action in WRITING:
            reason = _why_not(by_name[step.plugin], by_name, failures) or _carry_out(connection, step, by_name)
            if reason:
                failures[step.plugin] = reason
    return failures


def _created_at_once(connection: Connection, steps: Sequence[Step], records: Mapping[str, PluginRecord]) -> bool:
    """Create a new database in one savepoint and prove it once: most often nothing fails, and it takes half the time.

    When anything fails, it is rolled back; then each plugin has to be tried by itself, to find out whose fault it is.
    """
    try:
        with connection.begin_nested():
            for step in steps:
                _change(connection, step, records[step.plugin])
                _seed(connection, records[step.plugin])
            _verify(connection, records.values())
            _refuse_orphans(connection)
            record_applied(connection, records.values())
    except Exception:
        logger.debug("the plugins' tables could not be created at once", exc_info=True)
        return False
    return True


def _why_not(record: PluginRecord, records: Mapping[str, PluginRecord], failures: Mapping[str, str]) -> str:
    needed = [name for name, other in records.items() if name in failures and other.distribution in record.requires]
    return f"it needs {' and '.join(needed)}, which failed" if needed else ""


def _carry_out(connection: Connection, step: Step, records: Mapping[str, PluginRecord]) -> str:
    record = records[step.plugin]
    try:
        with connection.begin_nested():
            _change(connection, step, record)
            _seed(connection, record)
            _verify(connection, [record])
            _refuse_orphans(connection)
            record_applied(connection, [record])
    except Exception as error:
        logger.debug("plugin %s could not %s", record.origin, step, exc_info=True)
        return f"{step} failed and was rolled back: {type(error).__name__}: {error}"
    return ""


def _change(connection: Connection, step: Step, record: PluginRecord) -> None:
    metadata, history = record.contributions.metadata, record.contributions.history
    if step.action is Action.CREATE and metadata is not None:
        with _keys_as_declared(metadata):
            metadata.create_all(connection, [metadata.tables[name] for name in step.missing], checkfirst=False)
    if step.action is Action.UPGRADE and history is not None:
        from tmws_core.schema.migration import run_revisions  # only an upgrade pays for the import of Alembic

        applied = applied_states(connection)[record.name]
        run_revisions(connection, history.after(applied.revision))


@contextmanager
def _keys_as_declared(metadata: MetaData) -> Iterator[None]:
    """Undo a trace that SQLAlchemy leaves: a key added by ALTER is no longer created with its table, on any database.

    Only a process that creates one plugin's tables on PostgreSQL and then on SQLite would notice.
    """
    keys = [key for table in metadata.tables.values() for key in table.foreign_key_constraints]
    rules = [(key, key._create_rule) for key in keys]
    try:
        yield
    finally:
        for key, rule in rules:
            key._create_rule = rule


def _seed(connection: Connection, record: PluginRecord) -> None:
    if not record.contributions.seeds:
        return
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        for seed in record.contributions.seeds:
            seed.function(session)
        session.commit()


def _verify(connection: Connection, records: Collection[PluginRecord]) -> None:
    declared = [metadata for record in records if (metadata := record.contributions.metadata) is not None]
    live = live_shapes(connection, [name for metadata in declared for name in metadata.tables])
    different = [difference for record in records for difference in drift(connection, record, live)]
    if different:
        raise SchemaMismatch(f"the tables are not the declared ones: {'; '.join(different)}")


def _refuse_orphans(connection: Connection) -> None:
    """Check every foreign key of a SQLite database; PostgreSQL has checked them as it went."""
    if connection.dialect.name != "sqlite":
        return
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(5)
    if orphans:
        rows = ", ".join(f"{table} row {row} -> {target}" for table, row, target, _ in orphans)
        raise OrphanedRows(f"rows would refer to nothing ({rows}); the migration must delete or re-link them itself")
