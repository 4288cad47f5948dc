"""Every table that a plugin declares is contributed, or the plugin is stopped and told which one is not."""

import importlib
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from tmws_core.assembly import Assembly
from tmws_core.errors import ModelDeclaredTooLate, PluginError
from tmws_core.testing.distributions import InstallPlugin

Assemble = Callable[..., Assembly]
Install = Callable[..., Path]
StatusOf = Callable[[Assembly, str], tuple[str, str]]

NOTE = """
class Note(Base):
    __tablename__ = "notes"
    id: Mapped[str] = mapped_column(primary_key=True)
"""

LEFT_OUT: Mapping[str, tuple[str, dict[str, str], str]] = {
    "a mapped class on a second base": (
        NOTE
        + """
class Other(DeclarativeBase): ...

class Tag(Other):
    __tablename__ = "tags"
    id: Mapped[str] = mapped_column(primary_key=True)
""",
        {},
        "table 'tags', declared in notes, is not in the metadata that tmws_models() contributes",
    ),
    "a Core table on a metadata of its own": (
        NOTE + 'tags = Table("tags", MetaData(), sa.Column("id", sa.Text))',
        {},
        "table 'tags', declared in notes, is not in the metadata that tmws_models() contributes",
    ),
    "two bases of its own": (
        NOTE
        + """
class Second(DeclarativeBase):
    metadata = plugin_metadata("notes")

class Tag(Second):
    __tablename__ = "tags"
    id: Mapped[str] = mapped_column(primary_key=True)
""",
        {},
        "its models stand on 2 bases; use one plugin_metadata('notes') for all",
    ),
    "a base for another plugin's name": (
        NOTE.replace("(Base)", "(Misnamed)").replace(
            "class Note", 'class Misnamed(DeclarativeBase):\n    metadata = plugin_metadata("votes")\n\nclass Note'
        ),
        {},
        "tmws_models returned notes, and no table in it stands on plugin_metadata('notes')",
    ),
    "no table at all": ("", {}, "tmws_models returned notes, and no table in it stands on plugin_metadata('notes')"),
}


@pytest.mark.parametrize("case", LEFT_OUT)
def test_a_plugin_that_leaves_a_table_out_is_stopped(
    install_models: Install, assemble: Assemble, status_of: StatusOf, case: str
) -> None:
    body, modules, said = LEFT_OUT[case]
    install_models("notes", body, modules=modules)
    status, reason = status_of(assemble("notes"), "notes")
    assert status == "failed"
    assert said in reason


def test_a_strict_start_ends_where_a_table_is_left_out(install_models: Install, assemble: Assemble) -> None:
    install_models("notes", NOTE + 'tags = Table("tags", MetaData(), sa.Column("id", sa.Text))')
    with pytest.raises(PluginError, match=r"'notes' \(tmws-notes 1\.0\) failed: contributions: table 'tags'"):
        assemble("notes", strict=True)


def test_a_table_that_is_left_out_is_not_created(install_models: Install, assemble: Assemble) -> None:
    install_models("notes", NOTE + 'tags = Table("tags", MetaData(), sa.Column("id", sa.Text))')
    assembly = assemble("notes")
    assert [step.plugin for step in assembly.schema.plan(assembly.active).steps] == ["core"]


def test_every_module_below_the_models_is_collected(install_plugin: InstallPlugin, assemble: Assemble) -> None:
    install_plugin(
        "notes",
        {
            "__init__.py": """
                from tmws_core import hookimpl

                @hookimpl
                def tmws_models():
                    from notes import models
                    return models
            """,
            "models/__init__.py": "",
            "models/base.py": """
                from sqlalchemy.orm import DeclarativeBase
                from tmws_core.declarative import plugin_metadata

                class Base(DeclarativeBase):
                    metadata = plugin_metadata("notes")
            """,
            "models/note.py": """
                from tmws_core.columns import Identified
                from notes.models.base import Base

                class Note(Identified, Base):
                    __tablename__ = "notes"
            """,
            "models/deep/__init__.py": "",
            "models/deep/tag.py": """
                import sqlalchemy as sa
                from notes.models.base import Base

                tags = sa.Table("tags", Base.metadata, sa.Column("id", sa.Text, primary_key=True))
            """,
        },
    )
    metadata = assemble("notes", strict=True).active[-1].contributions.metadata
    assert metadata is not None
    assert set(metadata.tables) == {"notes", "tags"}


def test_a_table_declared_after_the_collection_is_an_error(install_models: Install, assemble: Assemble) -> None:
    late = """
def declare():
    class Tag(Base):
        __tablename__ = "tags"
        id: Mapped[str] = mapped_column(primary_key=True)
"""
    install_models("notes", NOTE + late)
    assemble("notes", strict=True)
    with pytest.raises(
        ModelDeclaredTooLate,
        match="table 'tags' was declared in 'notes' after the core had collected the tables of plugin 'notes'; move",
    ):
        importlib.import_module("notes").declare()


def test_a_lazy_module_with_a_table_of_rich_is_no_concern(install_models: Install, assemble: Assemble) -> None:
    lazy = "from rich.table import Table\nimport sqlalchemy\n\ndef show():\n    return Table('title')\n"
    install_models("notes", NOTE, modules={"screen.py": lazy})
    assert [record.name for record in assemble("notes", strict=True).active] == ["core", "notes"]


_PLUGIN = """
from tmws_core import hookimpl
from notes import migrations, models

@hookimpl
def tmws_models():
    return models

@hookimpl
def tmws_migrations():
    return migrations
"""
_MODELS = """
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from tmws_core.declarative import plugin_metadata

class Base(DeclarativeBase):
    metadata = plugin_metadata("notes")
"""
UNIMPORTED = {
    "a mapped class": """
        from notes.models import Base

        class Tag(Base):
            __tablename__ = "tags"
        """,
    "a Core table": """
        import sqlalchemy as sa

        tags = sa.Table("tags", sa.MetaData(), sa.Column("id", sa.Text))
        """,
}


def _sources(**modules: str) -> dict[str, str]:
    """A plugin whose models stand in a module of their own, and with further modules, named with `__` for a slash."""
    further = {f"{path.replace('__', '/')}.py": dedent(text) for path, text in modules.items()}
    return {"__init__.py": _PLUGIN, "models.py": _MODELS + NOTE, "migrations/__init__.py": "", **further}


@pytest.mark.parametrize("case", UNIMPORTED)
@pytest.mark.parametrize("module", ["later", "deep__down__later"])
def test_a_table_in_a_module_that_nothing_imports_stops_the_plugin(
    install_plugin: InstallPlugin, assemble: Assemble, status_of: StatusOf, case: str, module: str
) -> None:
    install_plugin("notes", _sources(**{module: UNIMPORTED[case]}))
    status, reason = status_of(assemble("notes"), "notes")
    assert status == "failed"
    assert re.search(
        r"later\.py:\d declares a table, and nothing imports that module; move it below the package", reason
    )


def test_a_revision_file_that_mentions_a_table_declares_none(install_plugin: InstallPlugin, assemble: Assemble) -> None:
    revision = """
        import sqlalchemy as sa

        revision = "notes_0001"
        down_revision = None
        notes = sa.Table("notes", sa.MetaData())
    """
    install_plugin("notes", _sources(migrations__r0001=revision))
    assert [record.name for record in assemble("notes", strict=True).active] == ["core", "notes"]


def test_a_section_of_settings_needs_defaults(
    install_plugin: InstallPlugin, assemble: Assemble, status_of: StatusOf
) -> None:
    install_plugin(
        "notes",
        """
        from pydantic import BaseModel
        from tmws_core import hookimpl

        class NoteSettings(BaseModel):
            limit: int
            folder: str = "notes"

        @hookimpl
        def tmws_settings():
            return NoteSettings
        """,
    )
    assert status_of(assemble("notes"), "notes") == (
        "failed",
        "contributions: settings limit of NoteSettings need a default",
    )
