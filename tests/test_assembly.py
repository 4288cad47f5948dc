"""An assembly is everything that is installed, with its state, before the database is touched."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tmws_core.assembly import Assembly
from tmws_core.errors import ConfigurationError
from tmws_core.testing.distributions import InstallPlugin

Assemble = Callable[..., Assembly]

NOTE = 'class Note(Base):\n    __tablename__ = "notes"\n    id: Mapped[str] = mapped_column(primary_key=True)\n'
SETTINGS = """
from pydantic import BaseModel
from tmws_core import hookimpl

class NoteSettings(BaseModel):
    limit: int = 1

@hookimpl
def tmws_settings():
    return NoteSettings
"""


def test_the_core_is_the_first_of_all(assemble: Assemble) -> None:
    assembly = assemble()
    assert assembly.records[0] is assembly.active[0]
    assert (assembly.records[0].name, assembly.records[0].distribution) == ("core", "tmws-core")


def test_every_installed_plugin_has_a_record(install_plugin: InstallPlugin, assemble: Assemble) -> None:
    install_plugin("notes", "")
    assert ("notes", "blocked") in {(record.name, record.status.value) for record in assemble().records}


def test_nothing_is_written_by_putting_together(
    install_models: Callable[..., Path], assemble: Assemble, tmp_path: Path
) -> None:
    install_models("notes", NOTE)
    assemble("notes", strict=True)
    assert not (tmp_path / "data").exists()


def test_a_plugin_that_is_dropped_is_no_longer_active(install_plugin: InstallPlugin, assemble: Assemble) -> None:
    install_plugin("notes", "")
    assembly = assemble("notes", strict=True)
    assembly.drop(["notes"])
    assert [record.name for record in assembly.active] == ["core"]


def test_a_setting_that_nobody_declared_ends_the_start(install_plugin: InstallPlugin, assemble: Assemble) -> None:
    install_plugin("notes", SETTINGS)
    with pytest.raises(ConfigurationError, match="TMWS_NOTES_LIMITT is set, but no such setting exists"):
        assemble("notes", environment={"TMWS_NOTES_LIMITT": "1"})


def test_the_settings_of_a_plugin_that_does_not_run_are_left_alone(
    install_plugin: InstallPlugin, assemble: Assemble
) -> None:
    install_plugin("notes", SETTINGS)
    assembly = assemble("notes", blocked_plugins="notes", environment={"TMWS_NOTES_LIMIT": "1"}, strict=True)
    assert [record.name for record in assembly.active] == ["core"]
