"""The engine that plans and migrates: synchronous, one connection, never shared with the serving engines."""

import sqlite3
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from tmws_core.errors import ConfigurationError, DatabaseError, DatabaseNotCreated

_DRIVERS = {"sqlite": ("sqlite+pysqlite", "sqlite+aiosqlite"), "postgresql": ("postgresql+psycopg",) * 2}


def database_urls(text: str) -> tuple[URL, URL]:
    """The URL of a database for synchronous and for asynchronous use.

    Args:
        text: `sqlite:///file` or `postgresql://…`; a driver that is named is replaced by the one in use here.

    Raises:
        ConfigurationError: it is no URL of SQLite or PostgreSQL, or SQLite's is not a file.
    """
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise ConfigurationError(
            "TMWS_DATABASE_URL is not a database URL; write sqlite:///file or postgresql://…"
        ) from error
    drivers = _DRIVERS.get(url.get_backend_name())
    if drivers is None:
        raise ConfigurationError(
            f"TMWS_DATABASE_URL names {url.get_backend_name()!r}; only sqlite and postgresql are supported"
        )
    if drivers is _DRIVERS["sqlite"]:
        if url.database in (None, "", ":memory:"):
            raise ConfigurationError("TMWS_DATABASE_URL must name a file: several connections have to see one database")
        url = url.set(database=str(Path(str(url.database)).expanduser().absolute()))
    return url.set(drivername=drivers[0]), url.set(drivername=drivers[1])


def database_file(url: URL) -> Path | None:
    """The file of a SQLite database; None for a server."""
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def schema_engine(url: URL) -> Engine:
    """An engine whose writing transactions begin IMMEDIATE on SQLite, with foreign keys not enforced.

    A batch migration rebuilds a table; with enforcement on, that silently deletes the rows which refer to it.
    """
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
    return engine


def prepare_file(url: URL) -> None:
    """Make the folder of a SQLite database, readable by its owner alone.

    Raises:
        DatabaseNotCreated: the folder cannot be made.
    """
    file = database_file(url)
    if file is None:
        return
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseNotCreated(
            f"the folder {file.parent} cannot be created: {error.strerror or error}; make it, or set TMWS_HOME or "
            "TMWS_DATABASE_URL to a place that can be written"
        ) from error


def explain(error: Exception, url: URL) -> DatabaseError:
    """The error of a database driver in words that name the file or server and say what to do."""
    name = database_file(url) or url.render_as_string(hide_password=True)
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, sqlite3.Error):
        hint = _SQLITE_HINTS.get(getattr(cause, "sqlite_errorname", "").split("_READONLY")[0], "")
        return DatabaseError(f"the database {name} cannot be used: {cause}{hint}; nothing in it was changed")
    return DatabaseError(f"the database {name} cannot be used: {str(cause).strip()}")


_SQLITE_HINTS = {
    "SQLITE_NOTADB": "; the file is not a SQLite database: move it away, or restore a backup",
    "SQLITE_CORRUPT": "; the file is damaged: restore a backup",
    "SQLITE_CANTOPEN": "; see whether it is a file, and whether the folder exists and can be written",
    "SQLITE": "; the file or its folder is read-only: SQLite has to write both",
    "SQLITE_FULL": "; the disk is full",
}


def use_write_ahead_log(connection: Connection) -> None:
    """Switch a SQLite file to write-ahead logging, which stays with the file; called under the schema lock."""
    if connection.dialect.name == "sqlite":
        driver = connection.connection.driver_connection
        if isinstance(driver, sqlite3.Connection):
            driver.execute("PRAGMA journal_mode=WAL")


def _on_connect(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("PRAGMA busy_timeout=30000")


def _on_begin(connection: Connection) -> None:
    read_only = connection.get_execution_options().get("tmws_read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
