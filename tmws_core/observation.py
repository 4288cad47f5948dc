"""Watches every SQLAlchemy table come into being, so that none can be forgotten.

SQLAlchemy announces each `Table` when it is attached to its `MetaData`, a mapped class's table just as one made with
Core alone. The core remembers the table together with the module whose code declared it. That is what later proves
that every table of a plugin is in the metadata that the plugin contributed.
"""

import sys
from collections.abc import Iterator
from types import FrameType
from weakref import WeakKeyDictionary

from sqlalchemy import MetaData, Table, event

from tmws_core.errors import ModelDeclaredTooLate

_declared_in: WeakKeyDictionary[Table, str] = WeakKeyDictionary()


def tables_declared_in(package: str) -> Iterator[tuple[Table, str]]:
    """Every living table that a module of `package` declared, with the name of that module."""
    prefix = f"{package}."
    for table, module in list(_declared_in.items()):
        if module == package or module.startswith(prefix):
            yield table, module


def watch() -> None:
    """Begin to watch; to ask again changes nothing."""
    if not event.contains(Table, "after_parent_attach", _table_declared):
        event.listen(Table, "after_parent_attach", _table_declared)


def seal(metadata: MetaData) -> None:
    """Close a collected metadata: a table that is declared in it from now on is an error."""
    metadata.info["tmws_sealed"] = True


def _declaring_module() -> str:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module != __name__ and module.partition(".")[0] != "sqlalchemy":
            return module
        frame = frame.f_back
    return ""


def _table_declared(table: Table, metadata: MetaData) -> None:
    module = _declaring_module()
    if metadata.info.get("tmws_sealed"):
        raise ModelDeclaredTooLate(
            f"table {table.name!r} was declared in {module!r} after the core had collected the tables of plugin "
            f"{metadata.info.get('plugin')!r}; move the class to a module below the package that tmws_models() returns"
        )
    _declared_in[table] = module
