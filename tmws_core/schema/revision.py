"""Writes the revision file that is missing between a plugin's newest revision and its models."""

import re
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import dedent, indent
from typing import Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.migration import MigrationContext
from alembic.operations.ops import CreateIndexOp, CreateTableOp, UpgradeOps
from sqlalchemy import JSON, Column, Connection, DefaultClause, MetaData, make_url
from sqlalchemy.sql.elements import False_, True_
from sqlalchemy.sql.functions import FunctionElement

from tmws_core.columns import UTCDateTime
from tmws_core.declarative import derived_of
from tmws_core.errors import PluginError
from tmws_core.plugin_record import PluginRecord
from tmws_core.schema.engine import schema_engine
from tmws_core.schema.live import has_relation
from tmws_core.schema.migration import run_revisions

_TEMPLATE = '''"""{message}."""

{imports}

revision = "{revision}"
down_revision = {follows}


def upgrade() -> None:
    """{message}."""
{body}
'''


def write_revision(records: Sequence[PluginRecord], record: PluginRecord, message: str) -> Path:
    """Write the next revision of a plugin, from the difference between its revisions and its models.

    The difference is found in a scratch database, not in anybody's own. Read the file before you ship it: what moves or
    fills rows has to be written by hand.

    Args:
        records: the active plugins, each after those that it needs.
        record: the plugin.
        message: what the revision does, in a few words.

    Returns:
        The new file, in the package that `tmws_migrations()` returns.

    Raises:
        PluginError: the plugin contributes no models or no package for revisions, or there is no difference.
    """
    metadata, history = record.contributions.metadata, record.contributions.history
    if metadata is None or history is None or history.folder is None:
        raise PluginError(f"plugin {record.origin} needs tmws_models() and a package for tmws_migrations() first")
    with tempfile.TemporaryDirectory() as folder:
        url = make_url(f"sqlite:///{Path(folder) / 'scratch.db'}")
        with schema_engine(url).connect() as connection, connection.begin():
            _create_what_it_needs(connection, records, record)
            run_revisions(connection, history.revisions)
            context = _context(connection, metadata)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of each index over an expression, which is added below
                script = produce_migrations(context, metadata)
            _add_indexes_over_expressions(connection, metadata, script.upgrade_ops)
            if not isinstance(script.upgrade_ops, UpgradeOps) or script.upgrade_ops.is_empty():
                raise PluginError(f"the models of {record.origin} are what its newest revision makes; nothing to write")
            text = _rendered(context, metadata, script.upgrade_ops)
    number = len(history.revisions) + 1
    file = history.folder / f"r{number:04}_{_slug(message)}.py"
    follows = f'"{history.head}"' if history.head else "None"
    imports, body = text
    file.write_text(
        _TEMPLATE.format(
            message=message.rstrip("."),
            imports=imports,
            revision=f"{record.name}_{number:04}",
            follows=follows,
            body=indent(body, "    "),
        ),
        encoding="utf-8",
    )
    return file


def _create_what_it_needs(connection: Connection, records: Sequence[PluginRecord], record: PluginRecord) -> None:
    for other in records:
        if other is record:
            return
        if other.contributions.metadata is not None:
            other.contributions.metadata.create_all(connection)


def _context(connection: Connection, metadata: MetaData) -> MigrationContext:
    return MigrationContext.configure(
        connection,
        opts={
            "target_metadata": metadata,
            "include_name": lambda name, kind, _parents: kind != "table" or name in metadata.tables,
            "compare_type": True,
            "render_item": _render_item,
            "render_as_batch": True,
            "user_module_prefix": None,
            "sqlalchemy_module_prefix": "sa.",
            "alembic_module_prefix": "op.",
        },
    )


def _render_item(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Write types and defaults so that they mean the same on both databases, and do not change when the core does."""
    match kind, item:
        case "type", UTCDateTime():
            return "sa.DateTime(timezone=True)"
        case "type", JSON():
            return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
        case "server_default", DefaultClause(arg=True_() | False_() as arg):
            return f"sa.{arg}()"
        case "server_default", DefaultClause(arg=FunctionElement() as arg):
            return f"sa.func.{getattr(arg, 'name', arg)}()"
    return False


def _rendered(context: MigrationContext, metadata: MetaData, operations: UpgradeOps) -> tuple[str, str]:
    body = render_python_code(operations, render_as_batch=True, render_item=_render_item, migration_context=context)
    lines = [line for line in dedent(f"    {body}").splitlines() if not line.startswith("# ###")]
    text = "\n".join([*lines, *_derived(metadata, operations)]).strip("\n")
    needed = ["import sqlalchemy as sa", "from alembic import op"]
    if "postgresql." in text:
        needed.append("from sqlalchemy.dialects import postgresql")
    return "\n".join(needed), text


def _derived(metadata: MetaData, operations: UpgradeOps) -> Iterator[str]:
    created = {operation.table_name for operation in operations.ops if isinstance(operation, CreateTableOp)}
    for one in derived_of(metadata):
        for dialect, statements in one.statements.items() if one.after in created else ():
            if statements:
                yield f'if op.get_bind().dialect.name == "{dialect}":'
                yield from (f"    op.execute({statement!r})" for statement in statements)


def _add_indexes_over_expressions(connection: Connection, metadata: MetaData, operations: UpgradeOps | None) -> None:
    """Alembic passes over an index over an expression on SQLite; one that is missing is added here."""
    if operations is None:
        return
    for table in metadata.tables.values():
        for index in table.indexes:
            by_expression = not all(isinstance(part, Column) for part in index.expressions)
            if by_expression and not has_relation(connection, str(index.name)):
                operations.ops.append(CreateIndexOp.from_index(index))


def _slug(message: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_")[:40]
