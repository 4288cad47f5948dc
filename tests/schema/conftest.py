"""Plugins with tables, rows and revisions, for the tests of the schema."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from tmws_core.assembly import Assembly
from tmws_core.schema.engine import database_urls, schema_engine
from tmws_core.schema.live import live_tables
from tmws_core.schema.plan import Plan

_MIGRATIONS = """
@hookimpl
def tmws_migrations():
    from {plugin} import migrations
    return migrations
"""
_REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "{plugin}_{number:04}"
down_revision = {follows}


def upgrade() -> None:
    {body}
"""


@pytest.fixture
def install_versions(install_models: Callable[..., Path]) -> Callable[..., Path]:
    """Installs a plugin with models, and one revision for each body of an `upgrade` function."""

    def installed(plugin: str, body: str, *upgrades: str, **options: object) -> Path:
        modules = {"migrations/__init__.py": ""}
        for number, upgrade in enumerate(upgrades, 1):
            follows = f'"{plugin}_{number - 1:04}"' if number > 1 else None
            revision = _REVISION.format(plugin=plugin, number=number, follows=follows, body=upgrade)
            modules[f"migrations/r{number:04}.py"] = revision
        return install_models(plugin, body + _MIGRATIONS.format(plugin=plugin), modules=modules, **options)

    return installed


@pytest.fixture
def bring_up(assemble: Callable[..., Assembly], database_url: str) -> Callable[..., Plan]:
    """Applies the schema of the named plugins to the database."""

    def brought(*plugins: str, strict: bool = False) -> Plan:
        assembly = assemble(*plugins, database_url=database_url)
        return assembly.schema.apply(assembly.active, strict=strict)

    return brought


@pytest.fixture
def execute(database_url: str) -> Callable[..., list[tuple[object, ...]]]:
    """Runs a statement on the database and gives its rows."""

    def executed(statement: str) -> list[tuple[object, ...]]:
        with _connected(database_url) as connection:
            result = connection.execute(text(statement))
            return [tuple(row) for row in result] if result.returns_rows else []

    return executed


@pytest.fixture
def tables(database_url: str) -> Callable[[], frozenset[str]]:
    """The names of the tables that are there now."""

    def live() -> frozenset[str]:
        with _connected(database_url) as connection:
            return live_tables(connection)

    return live


@pytest.fixture
def actions() -> Callable[[Plan], Mapping[str, str]]:
    """What a plan does about each plugin."""
    return lambda plan: {step.plugin: step.action.value for step in plan.steps}


@contextmanager
def _connected(database_url: str) -> Iterator[Connection]:
    with schema_engine(database_urls(database_url)[0]).connect() as connection, connection.begin():
        yield connection
