"""A plan is carried out with each plugin for itself, and proved."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tmws_core.errors import SchemaRefused
from tmws_core.schema.plan import Plan

Install = Callable[..., Path]
BringUp = Callable[..., Plan]
Tables = Callable[[], frozenset[str]]
Execute = Callable[[str], list[tuple[object, ...]]]

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

NOTE = """
class Note(Base):
    __tablename__ = "notes"
    id: Mapped[str] = mapped_column(primary_key=True)
"""
COLOUR = '    colour: Mapped[str] = mapped_column(server_default="red")\n'
CREATE = 'op.create_table("notes", sa.Column("id", sa.String(), nullable=False), sa.PrimaryKeyConstraint("id"))'
ADD = 'op.add_column("notes", sa.Column("colour", sa.String(), nullable=False, server_default="red"))'
ADD_IN_BATCH = """with op.batch_alter_table("notes", recreate="always") as batch:
        batch.add_column(sa.Column("colour", sa.String(), nullable=False, server_default="red"))"""
BOOK = """
from notes import Note

class Book(Base):
    __tablename__ = "books"
    id: Mapped[str] = mapped_column(primary_key=True)
    note: Mapped[str] = mapped_column(ForeignKey(Note.id, ondelete="CASCADE"))
"""
SEED = """
@seed
def first(session):
    session.add(Note(id=f"seed {session.scalar(sa.select(sa.func.count()).select_from(Note))}"))

@hookimpl
def tmws_seeds():
    return sys.modules[__name__]
"""
REQUIRES = ("tmws-core", "tmws-notes")


def test_rows_are_kept_by_an_upgrade(install_versions: Install, bring_up: BringUp, execute: Execute) -> None:
    install_versions("notes", NOTE, CREATE)
    bring_up("notes", strict=True)
    execute("INSERT INTO notes VALUES ('kept')")
    install_versions("notes", NOTE + COLOUR, CREATE, ADD)
    bring_up("notes", strict=True)
    assert execute("SELECT id, colour FROM notes") == [("kept", "red")]
    assert execute("SELECT revision FROM tmws_plugins WHERE plugin = 'notes'") == [("notes_0002",)]


def test_several_revisions_are_run_in_their_order(
    install_versions: Install, bring_up: BringUp, execute: Execute
) -> None:
    install_versions("notes", NOTE, CREATE)
    bring_up("notes", strict=True)
    rename = 'op.alter_column("notes", "colour", new_column_name="shade")'
    install_versions("notes", NOTE + COLOUR.replace("colour", "shade"), CREATE, ADD, rename)
    bring_up("notes", strict=True)
    assert execute("SELECT shade FROM notes") == []


@pytest.fixture
def failed(install_versions: Install, install_models: Install, bring_up: BringUp, execute: Execute) -> None:
    """Three plugins: notes, whose next revision fails half-way; books, which needs it; and apes, which does not."""
    install_versions("notes", NOTE, CREATE)
    install_versions("apes", NOTE.replace("notes", "apes"), CREATE.replace("notes", "apes"))
    bring_up("apes", "notes", strict=True)
    execute("INSERT INTO notes VALUES ('kept')")
    install_versions("notes", NOTE + COLOUR, CREATE, f'{ADD}\n    raise LookupError("half-way")')
    apes = NOTE.replace("notes", "apes") + COLOUR
    install_versions("apes", apes, CREATE.replace("notes", "apes"), ADD.replace("notes", "apes"))
    install_models("books", BOOK, requires=REQUIRES)


@pytest.mark.usefixtures("failed")
def test_a_revision_that_fails_is_rolled_back(bring_up: BringUp, execute: Execute) -> None:
    failures = bring_up("apes", "books", "notes").failures
    assert failures["notes"] == ("upgrade notes_0001 -> notes_0002 failed and was rolled back: LookupError: half-way")
    assert execute("SELECT * FROM notes") == [("kept",)]
    assert execute("SELECT revision FROM tmws_plugins WHERE plugin = 'notes'") == [("notes_0001",)]


@pytest.mark.usefixtures("failed")
def test_those_that_need_a_plugin_that_failed_are_skipped(bring_up: BringUp, tables: Tables) -> None:
    assert bring_up("apes", "books", "notes").failures["books"] == "it needs notes, which failed"
    assert "books" not in tables()


@pytest.mark.usefixtures("failed")
def test_the_others_are_upgraded_all_the_same(bring_up: BringUp, execute: Execute) -> None:
    assert "apes" not in bring_up("apes", "books", "notes").failures
    assert execute("SELECT revision FROM tmws_plugins WHERE plugin = 'apes'") == [("apes_0002",)]


@pytest.mark.usefixtures("failed")
def test_strictly_nothing_is_applied_when_one_fails(bring_up: BringUp, execute: Execute) -> None:
    with pytest.raises(SchemaRefused, match=r"plugin 'notes': upgrade .* failed and was rolled back"):
        bring_up("apes", "books", "notes", strict=True)
    assert execute("SELECT revision FROM tmws_plugins WHERE plugin = 'apes'") == [("apes_0001",)]


def test_a_revision_that_does_not_lead_to_the_models_is_rolled_back(
    install_versions: Install, bring_up: BringUp, execute: Execute
) -> None:
    install_versions("notes", NOTE, CREATE)
    bring_up("notes", strict=True)
    install_versions("notes", NOTE + COLOUR, CREATE, ADD.replace("colour", "color"))
    reason = bring_up("notes").failures["notes"]
    assert "SchemaMismatch: the tables are not the declared ones: " in reason
    assert "notes: column colour is missing; notes: column color is not declared" in reason
    assert execute("SELECT * FROM notes") == []


@SQLITE
def test_a_table_that_is_rebuilt_keeps_the_rows_that_refer_to_it(
    install_versions: Install, install_models: Install, bring_up: BringUp, execute: Execute
) -> None:
    install_versions("notes", NOTE, CREATE)
    install_models("books", BOOK, requires=REQUIRES)
    bring_up("books", "notes", strict=True)
    execute("INSERT INTO notes VALUES ('kept')")
    execute("INSERT INTO books VALUES ('kept too', 'kept')")
    install_versions("notes", NOTE + COLOUR, CREATE, ADD_IN_BATCH)
    install_models("books", BOOK, requires=REQUIRES)
    bring_up("books", "notes", strict=True)
    assert execute("SELECT books.id, notes.colour FROM books JOIN notes ON notes.id = books.note") == [
        ("kept too", "red")
    ]


def test_a_revision_that_orphans_rows_of_another_plugin_is_refused(
    install_versions: Install, install_models: Install, bring_up: BringUp, execute: Execute
) -> None:
    keeping = BOOK.replace("CASCADE", "RESTRICT")
    install_versions("notes", NOTE, CREATE)
    install_models("books", keeping, requires=REQUIRES)
    bring_up("books", "notes", strict=True)
    execute("INSERT INTO notes VALUES ('kept')")
    execute("INSERT INTO books VALUES ('kept too', 'kept')")
    install_versions("notes", NOTE + COLOUR, CREATE, ADD + '\n    op.execute("DELETE FROM notes")')
    install_models("books", keeping, requires=REQUIRES)
    assert "failed and was rolled back" in bring_up("books", "notes").failures["notes"]
    assert execute("SELECT note FROM books JOIN notes ON notes.id = books.note") == [("kept",)]


@SQLITE
def test_the_rows_that_would_be_orphaned_are_named(
    install_versions: Install, install_models: Install, bring_up: BringUp, execute: Execute
) -> None:
    install_versions("notes", NOTE, CREATE)
    install_models("books", BOOK, requires=REQUIRES)
    bring_up("books", "notes", strict=True)
    execute("INSERT INTO notes VALUES ('kept')")
    execute("INSERT INTO books VALUES ('kept too', 'kept')")
    install_versions("notes", NOTE + COLOUR, CREATE, ADD + '\n    op.execute("DELETE FROM notes")')
    install_models("books", BOOK, requires=REQUIRES)
    said = "OrphanedRows: rows would refer to nothing (books row 1 -> notes)"
    assert said in bring_up("books", "notes").failures["notes"]


def test_seeds_come_with_the_tables_and_once(install_models: Install, bring_up: BringUp, execute: Execute) -> None:
    install_models("notes", NOTE + SEED)
    bring_up("notes", strict=True)
    bring_up("notes", strict=True)
    assert execute("SELECT id FROM notes") == [("seed 0",)]


def test_seeds_run_again_with_a_new_version(install_models: Install, bring_up: BringUp, execute: Execute) -> None:
    install_models("notes", NOTE + SEED)
    bring_up("notes", strict=True)
    install_models("notes", NOTE + SEED, version="1.1")
    bring_up("notes", strict=True)
    assert execute("SELECT id FROM notes ORDER BY id") == [("seed 0",), ("seed 1",)]


def test_tables_do_not_come_without_their_seeds(install_models: Install, bring_up: BringUp, tables: Tables) -> None:
    install_models("notes", NOTE + SEED.replace("session.add(", "session.add(1 / 0 or "))
    reason = bring_up("notes").failures["notes"]
    assert reason == "create 1 table failed and was rolled back: ZeroDivisionError: division by zero"
    assert tables() == {"tmws_plugins"}


def test_a_seed_that_orphans_a_row_is_refused(install_models: Install, bring_up: BringUp, tables: Tables) -> None:
    install_models("notes", NOTE)
    seed = SEED.replace("Note(id=", "Book(note='nothing', id=").replace("select_from(Note)", "select_from(Book)")
    install_models("books", BOOK + seed, requires=REQUIRES)
    assert "failed and was rolled back" in bring_up("books", "notes").failures["books"]
    assert tables() == {"notes", "tmws_plugins"}
