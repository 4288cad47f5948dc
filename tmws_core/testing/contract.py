"""The contract between the core and a plugin, as tests that any plugin's suite can inherit."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, inspect

from tmws_core.assembly import Assembly
from tmws_core.declarative import derived_names
from tmws_core.plugin_record import PluginRecord
from tmws_core.schema.engine import database_urls, prepare_file, schema_engine
from tmws_core.schema.live import live_tables
from tmws_core.schema.migration import run_revisions
from tmws_core.schema.plan import Action
from tmws_core.schema.planner import drift
from tmws_core.settings import Settings

LONGEST_NAME = 63  # PostgreSQL cuts a longer one off


class PluginContract:
    """Inherit it in a test class, and name the plugin and its tables.

        class TestNotes(PluginContract):
            plugin = "notes"
            tables = frozenset({"notes"})

    Attributes:
        plugin: the plugin's name.
        tables: all tables that it owns, without those named `tmws_…`.
    """

    plugin: str
    tables: frozenset[str]

    def test_the_plugin_is_discovered_and_active(self, database_url: str, tmp_path: Path) -> None:
        """It is installed, imports, keeps the contract, and is in order."""
        record = _record(_assembly(database_url, tmp_path), self.plugin)
        assert record.active, record.reason

    def test_it_declares_exactly_its_tables(self, database_url: str, tmp_path: Path) -> None:
        """None is missing and none is there that nobody knows of."""
        metadata = _record(_assembly(database_url, tmp_path), self.plugin).contributions.metadata
        declared = set(metadata.tables) if metadata is not None else set()
        assert {name for name in declared if not name.startswith("tmws_")} == self.tables

    def test_a_new_database_gets_its_tables(self, database_url: str, tmp_path: Path) -> None:
        """They are created, live, and as declared."""
        assembly = _assembly(database_url, tmp_path)
        assembly.schema.apply(assembly.active, strict=True)
        with _connection(database_url) as connection:
            assert self.tables <= live_tables(connection)
        assert assembly.schema.drift(assembly.active)[self.plugin] == []

    def test_starting_again_changes_nothing(self, database_url: str, tmp_path: Path) -> None:
        """The second plan has nothing to do."""
        assembly = _assembly(database_url, tmp_path)
        assembly.schema.apply(assembly.active, strict=True)
        actions = {step.plugin: step.action for step in assembly.schema.plan(assembly.active).steps}
        assert actions[self.plugin] is Action.CURRENT

    def test_seeds_are_written_once(self, database_url: str, tmp_path: Path) -> None:
        """To run them again adds no row."""
        assembly = _assembly(database_url, tmp_path)
        assembly.schema.apply(assembly.active, strict=True)
        record = _record(assembly, self.plugin)
        with _connection(database_url) as connection:
            before = _row_counts(connection, record)
            _run_seeds(connection, record)
            assert _row_counts(connection, record) == before

    def test_upgrading_from_nothing_gives_the_same_tables(self, database_url: str, tmp_path: Path) -> None:
        """The revisions, run one after the other, end where a new database begins."""
        assembly = _assembly(database_url, tmp_path)
        url, _ = database_urls(database_url)
        prepare_file(url)
        record = _record(assembly, self.plugin)
        with schema_engine(url).connect() as connection, connection.begin() as transaction:
            _run_all_revisions(connection, assembly.active)
            upgraded, differences = _columns(connection, record), drift(connection, record)
            transaction.rollback()
        assembly.schema.apply(assembly.active, strict=True)
        with _connection(database_url) as connection:
            created = _columns(connection, record)
        assert differences == []
        assert upgraded == created

    def test_every_key_says_what_follows_from_a_deletion(self, database_url: str, tmp_path: Path) -> None:
        """Otherwise a plugin that is not even running would keep rows of others from being deleted."""
        metadata = _record(_assembly(database_url, tmp_path), self.plugin).contributions.metadata
        silent = [
            f"{table.name}.{key.parent.name}"
            for table in (metadata.tables.values() if metadata is not None else ())
            for key in table.foreign_keys
            if not key.ondelete
        ]
        assert silent == []

    def test_every_name_fits_postgresql(self, database_url: str, tmp_path: Path) -> None:
        """A longer name would be cut off there, and differ between the databases."""
        assembly = _assembly(database_url, tmp_path)
        assembly.schema.apply(assembly.active, strict=True)
        metadata = _record(assembly, self.plugin).contributions.metadata
        tables = list(metadata.tables.values()) if metadata is not None else []
        names = [str(key.name) for table in tables for key in table.constraints if key.name is not None]
        names += [str(index.name) for table in tables for index in table.indexes]
        assert [name for name in names if len(name) > LONGEST_NAME] == []


def _assembly(database_url: str, home: Path) -> Assembly:
    return Assembly(Settings({}, home=home, database_url=database_url, strict=True))


def _record(assembly: Assembly, plugin: str) -> PluginRecord:
    return next(record for record in assembly.records if record.name == plugin)


def _connection(database_url: str) -> Connection:
    url, _ = database_urls(database_url)
    return schema_engine(url).connect()


def _run_all_revisions(connection: Connection, records: Sequence[PluginRecord]) -> None:
    for record in records:
        if record.contributions.history is not None:
            run_revisions(connection, record.contributions.history.revisions)


def _run_seeds(connection: Connection, record: PluginRecord) -> None:
    from sqlalchemy.orm import Session

    with Session(connection) as session:
        for seed in record.contributions.seeds:
            seed.function(session)
        session.flush()


def _row_counts(connection: Connection, record: PluginRecord) -> dict[str, int]:
    from sqlalchemy import func, select

    metadata = record.contributions.metadata
    tables = metadata.tables.values() if metadata is not None else ()
    return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def _columns(connection: Connection, record: PluginRecord) -> dict[str, dict[str, tuple[str, bool, str | None]]]:
    """Each column's type, nullability and default, of the plugin's tables and of what is derived from them."""
    metadata = record.contributions.metadata
    if metadata is None:
        return {}
    derived = tuple(derived_names(metadata, connection.dialect.name))
    names = [name for name in live_tables(connection) if name in metadata.tables or name.startswith(derived)]
    inspector = inspect(connection)
    return {
        name: {
            column["name"]: (str(column["type"]), bool(column["nullable"]), column["default"])
            for column in inspector.get_columns(name)
        }
        for name in names
    }
