"""Watches every SQLAlchemy table come into being, so that none is forgotten and none is changed by a stranger.

SQLAlchemy announces each `Table` when it is attached to its `MetaData`: a mapped class's table just as one made with
Core alone. The core remembers the table together with the module whose code declared it; that is what later proves that
every table of a plugin is in the metadata that the plugin contributed. The same announcements are where a plugin that
reaches into another plugin's tables is stopped, before anything has changed.
"""

import sys
from collections.abc import Iterator
from types import FrameType
from weakref import WeakKeyDictionary

from sqlalchemy import Column, MetaData, Table, event

from tmws_core.errors import Conflict, ModelDeclaredTooLate

_declared_in: WeakKeyDictionary[Table, str] = WeakKeyDictionary()


class Intrusion(Conflict):
    """A module declared a table, or a column, on another plugin's metadata.

    Attributes:
        owner: the name of the plugin whose metadata it is.
    """

    def __init__(self, message: str, owner: str) -> None:
        super().__init__(message)
        self.owner = owner


def watch() -> None:
    """Begin to watch; to ask again changes nothing."""
    if not event.contains(Table, "after_parent_attach", _table_announced):
        event.listen(Table, "after_parent_attach", _table_announced)
        event.listen(Column, "before_parent_attach", _column_announced)


def claim(metadata: MetaData) -> None:
    """Remember which package a plugin's metadata belongs to: that of the calling code outside the core."""
    metadata.info["package"] = _package(_module())


def seal(metadata: MetaData) -> None:
    """Close a collected metadata: a table that is declared in it from now on is an error."""
    metadata.info["sealed"] = True


def tables_declared_in(package: str) -> Iterator[tuple[Table, str]]:
    """Every living table that a module of `package` declared, with the name of that module."""
    prefix = f"{package}."
    for table, module in list(_declared_in.items()):
        if module == package or module.startswith(prefix):
            yield table, module


def forget(package: str) -> None:
    """Forget the tables that a package declared; its modules are unloaded, and may be imported anew."""
    for table, _ in list(tables_declared_in(package)):
        del _declared_in[table]


def _module() -> str:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if not module.startswith(("sqlalchemy.", "tmws_core.observation", "tmws_core.declarative")):
            return module
        frame = frame.f_back
    return ""


def _package(module: str) -> str:
    return module.partition(".")[0]


def _table_announced(table: Table, metadata: MetaData) -> None:
    module = _module()
    plugin, package = metadata.info.get("plugin"), metadata.info.get("package")
    if package is not None and package != _package(module):
        raise Intrusion(
            f"module {module!r} declares table {table.name!r} on the base of plugin {plugin!r}; declare it on a base "
            "of its own, made with plugin_metadata()",
            owner=str(plugin),
        )
    if metadata.info.get("sealed"):
        raise ModelDeclaredTooLate(
            f"table {table.name!r} was declared in {module!r} after the core had collected the tables of plugin "
            f"{plugin!r}; move the class to a module below the package that tmws_models() returns"
        )
    _declared_in[table] = module


def _column_announced(column: Column[object], table: object) -> None:
    if not isinstance(table, Table) or table not in _declared_in or table.metadata.info.get("package") is None:
        return
    module = _module()
    if _package(module) != _package(_declared_in[table]) and column.table is None:
        raise Intrusion(
            f"module {module!r} adds column {column.name!r} to table {table.name!r} of plugin "
            f"{table.metadata.info.get('plugin')!r} (extend_existing); keep it in a table of its own that refers there",
            owner=str(table.metadata.info.get("plugin")),
        )
