"""A plugin's metadata carries its name, one naming convention, and what is derived from its tables."""

from typing import Any

import pytest
from sqlalchemy import CheckConstraint, Column, Index, MetaData, Table, Text, UniqueConstraint, create_engine, text

from tmws_core.declarative import derived, derived_names, owned_names, plugin_metadata


@pytest.fixture
def metadata() -> MetaData:
    """The metadata of a plugin with one table."""
    made = plugin_metadata("notes")
    Table("notes", made, Column("id", Text, primary_key=True), Column("words", Text))
    return made


def test_a_metadata_knows_its_plugin_and_package() -> None:
    assert plugin_metadata("notes").info == {"plugin": "notes", "package": __name__.partition(".")[0]}


def test_every_kind_of_constraint_gets_a_name() -> None:
    table = Table(
        "notes",
        plugin_metadata("notes"),
        Column("id", Text, primary_key=True),
        Column("words", Text),
        CheckConstraint("words <> ''", name="words_given"),
        UniqueConstraint("id", "words"),
        Index(None, "words"),
    )
    constraints = {str(constraint.name) for constraint in table.constraints}
    assert constraints == {"pk_notes", "ck_notes_words_given", "uq_notes_id_words"}
    assert {index.name for index in table.indexes} == {"ix_notes_words"}


def test_what_is_derived_is_created_right_after_its_table(metadata: MetaData) -> None:
    derived(metadata, "tmws_words", after="notes", sqlite=["CREATE VIEW tmws_words AS SELECT words FROM notes"])
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        metadata.create_all(connection)
        assert connection.execute(text("SELECT * FROM tmws_words")).all() == []
    engine.dispose()


def test_what_is_derived_on_another_database_is_not_created(metadata: MetaData) -> None:
    derived(metadata, "tmws_words", after="notes", postgresql=["CREATE EXTENSION no_such_thing"])
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    engine.dispose()
    assert [derived_names(metadata, dialect) for dialect in ("sqlite", "postgresql")] == [[], ["tmws_words"]]


def test_what_is_derived_must_not_be_taken_for_a_table(metadata: MetaData) -> None:
    with pytest.raises(ValueError, match="derived 'notes_words' must be named tmws_"):
        derived(metadata, "notes_words", after="notes")


def test_what_is_derived_needs_a_table_that_is_there(metadata: MetaData) -> None:
    with pytest.raises(KeyError, match="votes"):
        derived(metadata, "tmws_votes", after="votes", sqlite=["SELECT 1"])


@pytest.mark.parametrize(("dialect", "names"), [("sqlite", ["notes", "tmws_words"]), ("postgresql", ["notes"])])
def test_a_plugin_owns_its_tables_and_what_is_derived(metadata: MetaData, dialect: str, names: list[str]) -> None:
    derived(metadata, "tmws_words", after="notes", sqlite=["SELECT 1"])
    assert owned_names(metadata, dialect) == names


def test_a_plugin_without_models_owns_nothing() -> None:
    nothing: Any = None
    assert owned_names(nothing, "sqlite") == []
