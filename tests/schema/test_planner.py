"""The plan says what is to be done about each plugin, and changes nothing."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tmws_core.assembly import Assembly
from tmws_core.errors import SchemaRefused
from tmws_core.schema.plan import Plan

Install = Callable[..., Path]
BringUp = Callable[..., Plan]
Execute = Callable[[str], list[tuple[object, ...]]]
Actions = Callable[[Plan], Mapping[str, str]]
Assemble = Callable[..., Assembly]

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

NOTE = """
class Note(Base):
    __tablename__ = "notes"
    id: Mapped[str] = mapped_column(primary_key=True)
"""
COLOUR = '    colour: Mapped[str] = mapped_column(server_default="red")\n'
CREATE = 'op.create_table("notes", sa.Column("id", sa.String(), nullable=False), sa.PrimaryKeyConstraint("id"))'
ADD = 'op.add_column("notes", sa.Column("colour", sa.String(), nullable=False, server_default="red"))'
BOOK = """
from notes import Note

class Book(Base):
    __tablename__ = "books"
    id: Mapped[str] = mapped_column(primary_key=True)
    note: Mapped[str] = mapped_column(ForeignKey(Note.id, ondelete="CASCADE"))
"""
REQUIRES = ("tmws-core", "tmws-notes")


def test_a_new_database_gets_everything(install_models: Install, bring_up: BringUp, actions: Actions) -> None:
    install_models("notes", NOTE)
    plan = bring_up("notes", strict=True)
    assert actions(plan) == {"core": "create", "notes": "create"}
    assert [str(step) for step in plan.steps] == ["create 1 table", "create 1 table"]


def test_what_is_up_to_date_is_current(install_models: Install, bring_up: BringUp, actions: Actions) -> None:
    install_models("notes", NOTE)
    bring_up("notes", strict=True)
    plan = bring_up("notes", strict=True)
    assert actions(plan) == {"core": "current", "notes": "current"}
    assert not plan.writes


def test_a_new_plugin_is_created_beside_the_others(
    install_models: Install, bring_up: BringUp, actions: Actions
) -> None:
    install_models("notes", NOTE)
    bring_up("notes", strict=True)
    install_models("apes", NOTE.replace("notes", "apes"))
    assert actions(bring_up("apes", "notes", strict=True)) == {"core": "current", "apes": "create", "notes": "current"}


def test_an_older_revision_is_upgraded(install_versions: Install, bring_up: BringUp, actions: Actions) -> None:
    install_versions("notes", NOTE, CREATE)
    bring_up("notes", strict=True)
    install_versions("notes", NOTE + COLOUR, CREATE, ADD, version="2.0")
    plan = bring_up("notes", strict=True)
    assert actions(plan) == {"core": "current", "notes": "upgrade"}
    assert str(plan.steps[1]) == "upgrade notes_0001 -> notes_0002"


def test_equal_tables_without_a_record_are_adopted(
    install_models: Install, bring_up: BringUp, actions: Actions, execute: Execute
) -> None:
    install_models("notes", NOTE)
    bring_up("notes", strict=True)
    execute("INSERT INTO notes VALUES ('kept')")
    execute("DELETE FROM tmws_plugins WHERE plugin = 'notes'")
    assert actions(bring_up("notes", strict=True))["notes"] == "adopt"
    assert execute("SELECT id FROM notes") == [("kept",)]


DIFFERENCES = {
    "another column": (
        "CREATE TABLE notes (id VARCHAR NOT NULL CONSTRAINT pk_notes PRIMARY KEY, size INTEGER)",
        "notes: column size is not declared",
    ),
    "a missing column": (
        "CREATE TABLE notes (size INTEGER NOT NULL CONSTRAINT pk_notes PRIMARY KEY)",
        "notes: column id is missing",
    ),
    "another type": (
        "CREATE TABLE notes (id INTEGER NOT NULL CONSTRAINT pk_notes PRIMARY KEY)",
        "notes: column id is INTEGER instead of VARCHAR",
    ),
    "no key": ("CREATE TABLE notes (id VARCHAR NOT NULL)", "notes: the primary key is () instead of ('id',)"),
    "another check": (
        "CREATE TABLE notes (id VARCHAR NOT NULL CONSTRAINT pk_notes PRIMARY KEY, CONSTRAINT ck_x CHECK (id <> ''))",
        "notes: check ck_x is not declared",
    ),
}


@pytest.mark.parametrize("case", DIFFERENCES)
def test_different_tables_without_a_record_are_refused(
    install_models: Install, bring_up: BringUp, execute: Execute, case: str
) -> None:
    bring_up()
    statement, said = DIFFERENCES[case]
    execute(statement)
    install_models("notes", NOTE)
    reason = bring_up("notes").failures["notes"]
    assert reason.startswith("its tables exist without a record of who made them, and differ: ")
    assert said in reason


def test_a_refused_plugin_takes_those_that_need_it_along_and_no_other(
    install_models: Install, bring_up: BringUp, execute: Execute, actions: Actions
) -> None:
    bring_up()
    execute(DIFFERENCES["another column"][0])
    install_models("notes", NOTE)
    install_models("books", BOOK, requires=REQUIRES)
    install_models("apes", NOTE.replace("notes", "apes"))
    plan = bring_up("apes", "books", "notes")
    assert actions(plan) == {"core": "current", "apes": "create", "notes": "refuse", "books": "skip"}
    assert plan.failures["books"] == "it needs notes, which the plan refuses"


def test_a_model_that_changed_without_a_revision_is_refused(install_versions: Install, bring_up: BringUp) -> None:
    install_versions("notes", NOTE, CREATE)
    bring_up("notes", strict=True)
    install_versions("notes", NOTE + COLOUR, CREATE)
    assert bring_up("notes").failures["notes"] == (
        "the live tables are not the declared ones: notes: column colour is missing; write a revision that makes the "
        "difference (tmws db revision), or restore a backup"
    )


def test_a_new_table_of_a_plugin_without_revisions_is_created(
    install_models: Install, bring_up: BringUp, execute: Execute
) -> None:
    install_models("notes", NOTE)
    bring_up("notes", strict=True)
    execute("INSERT INTO notes VALUES ('kept')")
    install_models("notes", NOTE + NOTE.replace("notes", "tags").replace("Note", "Tag"))
    plan = bring_up("notes", strict=True)
    assert plan.steps[1].missing == ("tags",)
    assert execute("SELECT id FROM notes") == [("kept",)]


def test_a_table_that_was_dropped_by_hand_is_refused(
    install_models: Install, bring_up: BringUp, execute: Execute
) -> None:
    install_models("notes", NOTE)
    bring_up("notes", strict=True)
    execute("DROP TABLE notes")
    assert "table notes is missing" in bring_up("notes").failures["notes"]


def test_a_newer_database_is_refused(install_versions: Install, bring_up: BringUp, execute: Execute) -> None:
    install_versions("notes", NOTE + COLOUR, CREATE, ADD, version="2.0")
    bring_up("notes", strict=True)
    execute("INSERT INTO notes VALUES ('kept', 'blue')")
    install_versions("notes", NOTE, CREATE, version="1.0")
    assert bring_up("notes").failures["notes"] == (
        "the database is newer: it was written by tmws-notes 2.0 at revision notes_0002, and tmws-notes 1.0 knows none "
        "newer than notes_0001; install the newer version again, or restore a backup that is older"
    )
    assert execute("SELECT * FROM notes") == [("kept", "blue")]


@SQLITE
def test_no_byte_of_a_newer_database_is_changed(install_versions: Install, bring_up: BringUp, tmp_path: Path) -> None:
    install_versions("notes", NOTE + COLOUR, CREATE, ADD, version="2.0")
    bring_up("notes", strict=True)
    file = tmp_path / "data" / "tmws.db"
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    install_versions("notes", NOTE, CREATE, version="1.0")
    with pytest.raises(SchemaRefused, match="plugin 'notes': the database is newer"):
        bring_up("notes", strict=True)
    bring_up("notes")
    assert hashlib.sha256(file.read_bytes()).hexdigest() == before


def test_the_newer_version_works_again_after_a_downgrade(
    install_versions: Install, bring_up: BringUp, actions: Actions
) -> None:
    install_versions("notes", NOTE + COLOUR, CREATE, ADD, version="2.0")
    bring_up("notes", strict=True)
    install_versions("notes", NOTE, CREATE, version="1.0")
    bring_up("notes")
    install_versions("notes", NOTE + COLOUR, CREATE, ADD, version="2.0")
    assert actions(bring_up("notes", strict=True)) == {"core": "current", "notes": "current"}


def test_a_plugin_that_is_gone_is_told_with_its_tables(
    install_models: Install, bring_up: BringUp, execute: Execute
) -> None:
    install_models("notes", NOTE, version="1.2")
    bring_up("notes", strict=True)
    execute("INSERT INTO notes VALUES ('kept')")
    plan = bring_up(strict=True)
    absent = [(one.plugin, one.distribution, one.version, one.tables) for one in plan.absent]
    assert absent == [("notes", "tmws-notes", "1.2", ("notes",))]
    assert plan.unclaimed == ()


def test_a_plugin_that_comes_back_finds_its_rows(
    install_models: Install, bring_up: BringUp, execute: Execute, actions: Actions
) -> None:
    install_models("notes", NOTE)
    bring_up("notes", strict=True)
    execute("INSERT INTO notes VALUES ('kept')")
    bring_up(strict=True)
    assert actions(bring_up("notes", strict=True))["notes"] == "current"
    assert execute("SELECT id FROM notes") == [("kept",)]


def test_a_table_that_nobody_claims_is_told(bring_up: BringUp, execute: Execute) -> None:
    bring_up(strict=True)
    execute("CREATE TABLE strangers (id INTEGER)")
    plan = bring_up(strict=True)
    assert (plan.unclaimed, plan.as_json()["unclaimed"]) == (("strangers",), ["strangers"])


def test_another_version_with_the_same_tables_is_refreshed(
    install_models: Install, bring_up: BringUp, actions: Actions, execute: Execute
) -> None:
    install_models("notes", NOTE)
    bring_up("notes", strict=True)
    install_models("notes", NOTE, version="1.1")
    assert actions(bring_up("notes", strict=True))["notes"] == "refresh"
    assert execute("SELECT version FROM tmws_plugins WHERE plugin = 'notes'") == [("1.1",)]


def test_a_record_that_is_a_day_old_is_refreshed(
    install_models: Install, bring_up: BringUp, actions: Actions, execute: Execute
) -> None:
    install_models("notes", NOTE)
    bring_up("notes", strict=True)
    execute("UPDATE tmws_plugins SET last_seen_at = '2025-01-01 00:00:00' WHERE plugin = 'notes'")
    assert actions(bring_up("notes", strict=True)) == {"core": "current", "notes": "refresh"}
    assert actions(bring_up("notes", strict=True)) == {"core": "current", "notes": "current"}


@SQLITE
def test_to_plan_for_a_database_that_is_not_there_creates_nothing(
    install_models: Install, assemble: Assemble, database_url: str, tmp_path: Path, actions: Actions
) -> None:
    install_models("notes", NOTE)
    assembly = assemble("notes", database_url=database_url)
    assert actions(assembly.schema.plan(assembly.active)) == {"core": "create", "notes": "create"}
    assert assembly.schema.applied() == {}
    assert assembly.schema.drift(assembly.active)["notes"] == ["the database does not exist"]
    assert not (tmp_path / "data").exists()


def test_a_plan_is_told_as_json(install_models: Install, assemble: Assemble, database_url: str) -> None:
    install_models("notes", NOTE)
    assembly = assemble("notes", database_url=database_url)
    assert assembly.schema.plan(assembly.active).as_json()["plugins"][1] == {
        "plugin": "notes",
        "action": "create",
        "tables": ["notes"],
        "missing": ["notes"],
        "from": None,
        "to": None,
        "reason": "",
    }
