"""No plugin reaches into the tables of another."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, Table, Text

from tmws_core.assembly import Assembly
from tmws_core.declarative import plugin_metadata
from tmws_core.errors import ModelDeclaredTooLate
from tmws_core.observation import forget, seal, tables_declared_in
from tmws_core.testing.distributions import InstallPlugin

Assemble = Callable[..., Assembly]
Install = Callable[..., Path]
StatusOf = Callable[[Assembly, str], tuple[str, str]]

OWNER = """
class Note(Base):
    __tablename__ = "notes"
    id: Mapped[str] = mapped_column(primary_key=True)
"""
REQUIRES = ("tmws-core", "tmws-notes")
EXTENSIONS = {
    "a mapped class that extends": """
        from notes import Base
        from sqlalchemy.orm import Mapped

        class Extended(Base):
            __tablename__ = "notes"
            __table_args__ = {"extend_existing": True}
            colour: Mapped[str]
        """,
    "a Core table that extends": """
        import sqlalchemy as sa
        from notes import Base

        sa.Table("notes", Base.metadata, sa.Column("colour", sa.Text), extend_existing=True)
        """,
    "an appended column": """
        import sqlalchemy as sa
        from notes import Note

        Note.__table__.append_column(sa.Column("colour", sa.Text))
        """,
    "a column set on the class": """
        from notes import Note
        from sqlalchemy.orm import mapped_column
        import sqlalchemy as sa

        Note.colour = mapped_column(sa.Text)
        """,
}


@pytest.mark.parametrize("case", EXTENSIONS)
def test_a_stranger_cannot_add_a_column(
    install_models: Install, install_plugin: InstallPlugin, assemble: Assemble, status_of: StatusOf, case: str
) -> None:
    install_models("notes", OWNER)
    install_plugin("vandal", EXTENSIONS[case], requires=REQUIRES)
    status, reason = status_of(assemble("notes", "vandal"), "vandal")
    assert status == "failed"
    assert "module 'vandal' adds column 'colour' to table 'notes' of plugin 'notes' (extend_existing)" in reason


@pytest.mark.parametrize("case", EXTENSIONS)
def test_the_owner_keeps_its_columns(
    install_models: Install, install_plugin: InstallPlugin, assemble: Assemble, case: str
) -> None:
    install_models("notes", OWNER)
    install_plugin("vandal", EXTENSIONS[case], requires=REQUIRES)
    _, owner = assemble("notes", "vandal").active
    assert owner.contributions.metadata is not None
    assert owner.contributions.metadata.tables["notes"].columns.keys() == ["id"]


STRANGERS = {
    "a mapped class": """
        from notes import Base
        from sqlalchemy.orm import Mapped, mapped_column

        class Tag(Base):
            __tablename__ = "tags"
            id: Mapped[str] = mapped_column(primary_key=True)
        """,
    "a Core table": """
        import sqlalchemy as sa
        from notes import Base

        sa.Table("tags", Base.metadata, sa.Column("id", sa.Text))
        """,
}


@pytest.mark.parametrize("case", STRANGERS)
def test_a_stranger_cannot_use_the_base_of_another(
    install_models: Install, install_plugin: InstallPlugin, assemble: Assemble, status_of: StatusOf, case: str
) -> None:
    install_models("notes", OWNER)
    install_plugin("vandal", STRANGERS[case], requires=REQUIRES)
    status, reason = status_of(assemble("notes", "vandal"), "vandal")
    assert status == "failed"
    assert (
        "module 'vandal' declares table 'tags' on the base of plugin 'notes'; declare it on a base of its own" in reason
    )


@pytest.mark.parametrize("case", STRANGERS)
def test_the_tables_of_a_stranger_are_not_created_for_the_owner(
    install_models: Install, install_plugin: InstallPlugin, assemble: Assemble, case: str
) -> None:
    install_models("notes", OWNER)
    install_plugin("vandal", STRANGERS[case], requires=REQUIRES)
    assembly = assemble("notes", "vandal")
    plan = assembly.schema.apply(assembly.active, strict=True)
    assert {step.plugin: step.tables for step in plan.steps} == {"core": ("tmws_plugins",), "notes": ("notes",)}


def test_a_plugin_may_extend_its_own_table(install_models: Install, assemble: Assemble) -> None:
    extension = 'Table("notes", Base.metadata, sa.Column("colour", sa.Text), extend_existing=True)'
    install_models("notes", OWNER + extension)
    metadata = assemble("notes", strict=True).active[-1].contributions.metadata
    assert metadata is not None
    assert metadata.tables["notes"].columns.keys() == ["id", "colour"]


def test_a_table_is_remembered_with_the_module_that_declared_it() -> None:
    table = Table("observed", MetaData(), Column("id", Text))
    assert (table, __name__) in set(tables_declared_in(__name__))


def test_a_copy_of_a_table_belongs_to_who_copies_it() -> None:
    table = Table("observed", MetaData(), Column("id", Text))
    copy = table.to_metadata(MetaData())
    assert (copy, __name__) in set(tables_declared_in(__name__))


def test_a_package_does_not_answer_for_one_with_a_longer_name() -> None:
    table = Table("observed", MetaData(), Column("id", Text))
    assert table not in dict(tables_declared_in(__name__[:-1]))


def test_a_table_that_is_forgotten_is_nobodys() -> None:
    table = Table("observed", MetaData(), Column("id", Text))
    forget(__name__)
    assert table not in dict(tables_declared_in(__name__))


def test_a_sealed_metadata_takes_no_table() -> None:
    metadata = plugin_metadata("observed")
    seal(metadata)
    with pytest.raises(ModelDeclaredTooLate, match=r"table 'late' was declared in .* of plugin 'observed'; move"):
        Table("late", metadata, Column("id", Text))
