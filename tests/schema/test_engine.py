"""A database URL leads to one driver, and a database that cannot be used is told with what to do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tmws_core.errors import ConfigurationError, DatabaseError, DatabaseNotCreated
from tmws_core.schema.engine import database_file, database_urls, prepare_file, schema_engine
from tmws_core.schema.plan import Plan
from tmws_core.schema.schema import Schema, hidden

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.mark.parametrize("text", ["sqlite:////data/tmws.db", "sqlite+aiosqlite:////data/tmws.db"])
def test_sqlite_has_a_driver_for_each_use(text: str) -> None:
    assert [url.drivername for url in database_urls(text)] == ["sqlite+pysqlite", "sqlite+aiosqlite"]


@pytest.mark.parametrize("text", ["postgresql://host/tmws", "postgresql+asyncpg://host/tmws"])
def test_postgresql_has_one_driver_for_both_uses(text: str) -> None:
    assert {url.drivername for url in database_urls(text)} == {"postgresql+psycopg"}


def test_a_relative_file_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert database_file(database_urls("sqlite:///tmws.db")[0]) == tmp_path / "tmws.db"


def test_the_tilde_is_the_users_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert database_file(database_urls("sqlite:///~/tmws.db")[0]) == tmp_path / "tmws.db"


def test_a_server_has_no_file() -> None:
    assert database_file(database_urls("postgresql://host/tmws")[0]) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tmws.db", "TMWS_DATABASE_URL is not a database URL; write sqlite:///file or postgresql"),
        ("mysql://host/tmws", "TMWS_DATABASE_URL names 'mysql'; only sqlite and postgresql are supported"),
        ("sqlite://", "TMWS_DATABASE_URL must name a file"),
        ("sqlite:///:memory:", "TMWS_DATABASE_URL must name a file"),
    ],
)
def test_what_cannot_be_used_is_refused(text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        database_urls(text)


def test_a_password_is_hidden() -> None:
    assert hidden("postgresql://ada:hunter2@host/tmws") == "postgresql://ada:***@host/tmws"


def test_the_folder_of_a_database_is_its_owners_alone(tmp_path: Path) -> None:
    prepare_file(database_urls(f"sqlite:///{tmp_path / 'data' / 'tmws.db'}")[0])
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


@SQLITE
def test_the_file_of_a_database_is_its_owners_alone(bring_up: Callable[..., Plan], tmp_path: Path) -> None:
    bring_up()
    assert (tmp_path / "data" / "tmws.db").stat().st_mode & 0o777 == 0o600


@SQLITE
def test_the_file_of_a_database_keeps_a_write_ahead_log(
    bring_up: Callable[..., Plan], execute: Callable[[str], list[tuple[object, ...]]]
) -> None:
    bring_up()
    assert execute("PRAGMA journal_mode") == [("wal",)]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(DatabaseNotCreated, match=r"the folder .*data cannot be created: .*; make it, or set TMWS_HOME"):
        prepare_file(database_urls(f"sqlite:///{tmp_path / 'data' / 'tmws.db'}")[0])


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    file = tmp_path / "tmws.db"
    file.write_text("this is no database" * 100)
    with pytest.raises(DatabaseError, match="the file is not a SQLite database: move it away, or restore a backup"):
        Schema(f"sqlite:///{file}").applied()
    assert file.read_text() == "this is no database" * 100


def test_a_folder_in_place_of_a_database_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match=f"the database {tmp_path} cannot be used"):
        Schema(f"sqlite:///{tmp_path}").applied()


def test_a_server_that_does_not_answer_is_told_without_the_password(tmp_path: Path) -> None:
    url = f"postgresql://ada:hunter2@/tmws?host={tmp_path}"
    with pytest.raises(DatabaseError, match="cannot be used") as raised:
        Schema(url).applied()
    assert "hunter2" not in str(raised.value)


@SQLITE
def test_a_schema_connection_does_not_enforce_foreign_keys(database_url: str) -> None:
    url, _ = database_urls(database_url)
    prepare_file(url)
    with schema_engine(url).connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 0
