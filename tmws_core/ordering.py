"""Puts the plugins in the order of their foreign keys: a plugin comes after all that its tables refer to."""

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

from sqlalchemy import ForeignKey, Table
from sqlalchemy.exc import NoReferencedColumnError, NoReferencedTableError

from tmws_core.errors import PluginCycle, PluginError, UndeclaredRequirement, UnknownReference
from tmws_core.plugin_record import PluginRecord, Status


def in_order(records: Iterable[PluginRecord]) -> list[PluginRecord]:
    """The active plugins, each after those that it needs; what cannot be ordered is stopped with its reason.

    A plugin is stopped when a foreign key of it leads nowhere, leads to a plugin whose distribution it does not
    require, or leads in a circle; and skipped when a plugin that it needs is not active.
    """
    records = list(records)
    while True:
        active = {record.name: record for record in records if record.active}
        owners = _owners(active.values())
        needs = {name: sorted(_needs(record, records, owners)) for name, record in active.items()}
        if any(not record.active for record in active.values()):
            continue  # somebody was stopped: whoever needs it has to hear of that
        try:
            return [active[name] for name in TopologicalSorter(needs).static_order()]
        except CycleError as error:
            _stop_circle([active[name] for name in error.args[1]])


def _owners(active: Iterable[PluginRecord]) -> dict[Table, PluginRecord]:
    return {
        table: record
        for record in active
        if record.contributions.metadata is not None
        for table in record.contributions.metadata.tables.values()
    }


def _needs(record: PluginRecord, records: list[PluginRecord], owners: dict[Table, PluginRecord]) -> set[str]:
    try:
        return _required(record, records) | _referred_to(record, owners)
    except PluginError as error:
        status = Status.SKIPPED if isinstance(error, _NotActive) else Status.FAILED
        record.stop(status, str(error))
        return set()


class _NotActive(PluginError):
    """A plugin that is needed is installed and not active."""


def _required(record: PluginRecord, records: list[PluginRecord]) -> set[str]:
    needed: set[str] = set()
    for other in records:
        if other is not record and other.distribution in record.requires and other.distribution != record.distribution:
            if not other.active:
                raise _NotActive(f"it needs plugin {other.origin}, which is {other.status}: {other.reason}")
            needed.add(other.name)
    return needed


def _referred_to(record: PluginRecord, owners: dict[Table, PluginRecord]) -> set[str]:
    found: set[str] = set()
    metadata = record.contributions.metadata
    for table in metadata.tables.values() if metadata is not None else ():
        for key in table.foreign_keys:
            owner = owners.get(_target(key, table))
            if owner is None:
                raise UnknownReference(f"{_described(key, table)} leads to a table that no active plugin contributes")
            if owner is record:
                continue
            if owner.distribution != record.distribution and owner.distribution not in record.requires:
                raise UndeclaredRequirement(
                    f"{_described(key, table)} leads to plugin {owner.origin}, which {record.distribution} "
                    f'{record.version} does not require; add "{owner.distribution}" to the dependencies in its '
                    "pyproject.toml"
                )
            found.add(owner.name)
    return found


def _target(key: ForeignKey, table: Table) -> Table:
    try:
        target = key.column.table
    except (NoReferencedTableError, NoReferencedColumnError) as error:
        raise UnknownReference(
            f"{_described(key, table)} names its target with a string that this plugin's metadata does not know; for "
            "another plugin's table pass the column itself, such as ForeignKey(Agent.agent_id)"
        ) from error
    if not isinstance(target, Table):
        raise UnknownReference(f"{_described(key, table)} does not lead to a table")
    return target


def _described(key: ForeignKey, table: Table) -> str:
    return f"the foreign key of {table.name}.{key.parent.name} to {key.target_fullname!r}"


def _stop_circle(circle: list[PluginRecord]) -> None:
    names = " -> ".join(record.origin for record in circle)
    for record in circle:
        record.stop(
            Status.FAILED,
            str(PluginCycle(f"plugins need each other in a circle: {names}; two that need each other are one plugin")),
        )
