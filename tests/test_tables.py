"""The old name for creating tables takes the path that the server takes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tmws_core.errors import PluginError
from tmws_core.schema.engine import database_urls, schema_engine
from tmws_core.schema.live import live_tables
from tmws_core.schema.plan import Action
from tmws_core.settings import Settings
from tmws_core.tables import create_tables
from tmws_core.testing.distributions import InstallPlugin

SettingsFor = Callable[..., Settings]
Install = Callable[..., Path]

NOTE = 'class Note(Base):\n    __tablename__ = "notes"\n    id: Mapped[str] = mapped_column(primary_key=True)\n'


def _live(database_url: str) -> set[str]:
    with schema_engine(database_urls(database_url)[0]).connect() as connection:
        return set(live_tables(connection))


async def test_every_declared_table_is_created(
    install_models: Install, settings_for: SettingsFor, database_url: str
) -> None:
    install_models("notes", NOTE)
    await create_tables(settings_for("notes", database_url=database_url))
    assert _live(database_url) == {"notes", "tmws_plugins"}


async def test_to_create_them_again_changes_nothing(
    install_models: Install, settings_for: SettingsFor, database_url: str
) -> None:
    install_models("notes", NOTE)
    await create_tables(settings_for("notes", database_url=database_url))
    plan = await create_tables(settings_for("notes", database_url=database_url))
    assert {step.action for step in plan.steps} == {Action.CURRENT}


async def test_a_plugin_that_is_not_well_ends_a_strict_creation(
    install_plugin: InstallPlugin, settings_for: SettingsFor
) -> None:
    install_plugin("broken", "raise LookupError")
    with pytest.raises(PluginError):
        await create_tables(settings_for("broken", strict=True))


async def test_all_installed_plugins_create_their_tables_and_no_others(database_url: str, tmp_path: Path) -> None:
    plan = await create_tables(Settings({}, home=tmp_path, database_url=database_url, strict=True))
    declared = {table for step in plan.steps for table in step.tables}
    assert {table for table in _live(database_url) if not table.startswith("tmws_")} == {
        table for table in declared if not table.startswith("tmws_")
    }
    assert plan.unclaimed == ()
