"""Before tables with rows are changed, a sound copy is made."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tmws_core.errors import DatabaseError
from tmws_core.schema.plan import Plan
from tmws_core.schema.safety_copy import KEPT_COPIES, take_safety_copy

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

NOTE = """
class Note(Base):
    __tablename__ = "notes"
    id: Mapped[str] = mapped_column(primary_key=True)
"""
CREATE = 'op.create_table("notes", sa.Column("id", sa.String(), nullable=False), sa.PrimaryKeyConstraint("id"))'
ADD = 'op.add_column("notes", sa.Column("colour", sa.String(), nullable=True))'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database with one row, in a file."""
    made = tmp_path / "tmws.db"
    with closing(sqlite3.connect(made)) as connection:
        connection.executescript("PRAGMA journal_mode=WAL; CREATE TABLE notes (id); INSERT INTO notes VALUES (1)")
    return made


def test_the_copy_is_sound_and_complete(file: Path) -> None:
    with closing(sqlite3.connect(take_safety_copy(file))) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert copy.execute("SELECT id FROM notes").fetchall() == [(1,)]


def test_the_copy_holds_what_stands_in_the_write_ahead_log(file: Path) -> None:
    with closing(sqlite3.connect(file)) as writer:
        writer.execute("INSERT INTO notes VALUES (2)")
        writer.commit()
        with closing(sqlite3.connect(take_safety_copy(file))) as copy:
            assert copy.execute("SELECT id FROM notes").fetchall() == [(1,), (2,)]


def test_the_copy_is_its_owners_alone(file: Path) -> None:
    copy = take_safety_copy(file)
    assert (copy.stat().st_mode & 0o777, copy.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_the_newest_copies_are_kept_and_older_ones_removed(file: Path) -> None:
    copies = [take_safety_copy(file) for _ in range(KEPT_COPIES + 2)]
    assert set((file.parent / "backups").iterdir()) == set(copies[2:])


def test_a_file_that_is_no_database_is_not_copied(tmp_path: Path) -> None:
    file = tmp_path / "tmws.db"
    file.write_text("this is no database" * 100)
    with pytest.raises(DatabaseError, match=r"no copy of .* could be made before the upgrade: .*; nothing was changed"):
        take_safety_copy(file)
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_copy_that_cannot_be_written_is_told(file: Path) -> None:
    (file.parent / "backups").write_text("in the way")
    with pytest.raises(DatabaseError, match=r"no copy of .* could be made before the upgrade"):
        take_safety_copy(file)


@SQLITE
def test_an_upgrade_takes_a_copy_of_what_was_there(
    install_versions: Callable[..., Path], bring_up: Callable[..., Plan], tmp_path: Path
) -> None:
    install_versions("notes", NOTE, CREATE)
    bring_up("notes", strict=True)
    install_versions("notes", NOTE + "    colour: Mapped[str | None]\n", CREATE, ADD)
    bring_up("notes", strict=True)
    [copy] = (tmp_path / "data" / "backups").iterdir()
    with closing(sqlite3.connect(copy)) as connection:
        assert [row[1] for row in connection.execute("PRAGMA table_info(notes)")] == ["id"]


@SQLITE
def test_a_creation_takes_no_copy(
    install_versions: Callable[..., Path], bring_up: Callable[..., Plan], tmp_path: Path
) -> None:
    install_versions("notes", NOTE, CREATE)
    bring_up("notes", strict=True)
    assert not (tmp_path / "data" / "backups").exists()
