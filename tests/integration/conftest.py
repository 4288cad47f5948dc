"""What the tests of the assembled system share: an installation in a folder of its own, and a look into its database.

Every process here is the real one, `python -m tmws_core`, with the home folder and the import path of one test.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import pytest
from sqlalchemy import Connection, text

from tmws_core.schema.engine import database_urls, schema_engine
from tmws_core.schema.live import live_tables
from tmws_core.testing.distributions import PluginDistribution

SECONDS_FOR_A_COMMAND = 60

_DEFINITIONS = {
    "sqlite": "SELECT type, name, tbl_name, sql FROM sqlite_master",
    "postgresql": (
        "SELECT table_name, column_name, data_type, is_nullable || coalesce(column_default, '') "
        "FROM information_schema.columns WHERE table_schema = 'public' "
        "UNION ALL SELECT tablename, indexname, indexdef, '' FROM pg_indexes WHERE schemaname = 'public' "
        "UNION ALL SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), '' FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace"
    ),
}


@dataclass
class Installation:
    """One user's machine: a home folder, extra site folders, settings, and the real commands run with them.

    Attributes:
        folder: where everything is.
        variables: what is set in the environment of every command.
        sites: the site folder of each plugin that was installed beside those of the environment.
    """

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)
    sites: dict[str, Path] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        """The folder of everything that the server keeps."""
        return self.folder / "home"

    @property
    def database(self) -> Path:
        """The default database file."""
        return self.home / "data" / "tmws.db"

    def environment(self, **variables: str) -> dict[str, str]:
        """The environment of a command; of the machine's own only what has nothing to do with the server."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("TMWS_", "PYTHON"))}
        path = os.pathsep.join(str(site) for site in self.sites.values())
        own = {"HOME": str(self.folder), "TMWS_HOME": str(self.home), "PYTHONPATH": path}
        return {**inherited, **own, **self.variables, **variables}

    def install(
        self,
        name: str,
        source: str | Mapping[str, str],
        *,
        version: str = "1.0",
        requires: Sequence[str] = ("tmws-core",),
    ) -> Path:
        """Install a plugin, in place of the version that is there; see `PluginDistribution` for the arguments."""
        self.uninstall(name)
        site = self.folder / f"site-{name}"
        PluginDistribution(name, source, version=version, requires=requires).write(site)
        self.sites[name] = site
        return site

    def uninstall(self, name: str) -> None:
        """Uninstall a plugin, with every file of it."""
        if site := self.sites.pop(name, None):
            shutil.rmtree(site)

    def start(self, *words: str, **variables: str) -> subprocess.Popen[str]:
        """Start a command and leave it running; its three streams are pipes."""
        return self.start_python("-m", "tmws_core", *words, **variables)

    def start_python(self, *words: str, **variables: str) -> subprocess.Popen[str]:
        """Start Python with the same environment."""
        return subprocess.Popen(
            [sys.executable, *words],
            env=self.environment(**variables),
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, whatever that is."""
        with self.start(*words, **variables) as process:
            output, errors = process.communicate(timeout=SECONDS_FOR_A_COMMAND)
        return subprocess.CompletedProcess(words, process.returncode, output, errors)

    def ask(self, *words: str, **variables: str) -> dict[str, Any]:
        """Run a command with `--json`, see that it succeeds, and return what it says."""
        ended = self.run(*words, "--json", **variables)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        told: dict[str, Any] = json.loads(ended.stdout)
        return told


@dataclass(frozen=True)
class Look:
    """A look into a database from outside, without the server.

    Attributes:
        url: the URL of the database.
    """

    url: str

    def tables(self) -> set[str]:
        """The names of all tables but those of the core and of what is derived, which are named `tmws_…`."""
        with self.connection() as connection:
            return {name for name in live_tables(connection) if not name.startswith("tmws_")}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with self.connection() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def value(self, query: str) -> object:
        """The only value of a query."""
        value: object = self.rows(query)[0][0]
        return value

    def everything(self) -> dict[str, object]:
        """All definitions, and of each table a hash of its rows, to be compared with a later look."""
        with self.connection() as connection:
            definitions = connection.execute(text(_DEFINITIONS[connection.dialect.name])).all()
            found: dict[str, object] = {"definitions": sorted(map(str, definitions))}
            return found | {name: _rows_hash(connection, name) for name in sorted(live_tables(connection))}

    def connection(self) -> Connection:
        """A reading connection."""
        url, _ = database_urls(self.url)
        return schema_engine(url).connect().execution_options(tmws_read_only=True)


def _rows_hash(connection: Connection, table: str) -> str:
    rows = connection.execute(text(f'SELECT * FROM "{table}"'))
    return sha256("\n".join(sorted(map(repr, rows))).encode()).hexdigest()


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """An installation with the plugins of this environment, and no database yet."""
    return Installation(tmp_path)


@pytest.fixture
def look(installation: Installation) -> Look:
    """A look into the default database of the installation."""
    return Look(f"sqlite:///{installation.database}")


@pytest.fixture
def established(installation: Installation, sqlite_template: Path) -> Installation:
    """An installation whose database holds the tables of every plugin, and their seeds."""
    installation.database.parent.mkdir(parents=True)
    shutil.copy(sqlite_template, installation.database)
    return installation


@pytest.fixture
def at_database(installation: Installation, database_url: str) -> Look:
    """A look into an empty database, on SQLite and on PostgreSQL, which the installation is set to use."""
    installation.variables["TMWS_DATABASE_URL"] = database_url
    return Look(database_url)


# a plugin of a stranger: two tables, one of them with a key to another plugin's, and tools that write to both
_LEDGER_1 = {
    "__init__.py": """
        from ledger import migrations, models, tools
        from tmws_core import hookimpl


        @hookimpl
        def tmws_models():
            return models


        @hookimpl
        def tmws_migrations():
            return migrations


        @hookimpl
        def tmws_tools():
            return tools
    """,
    "checkpoint.py": """
        import os
        import signal

        from sqlalchemy import Engine, event


        def checkpoint(name):
            if os.environ.get("LEDGER_KILL_AT") == name:
                os.kill(os.getpid(), signal.SIGKILL)


        @event.listens_for(Engine, "commit")
        def before_commit(connection):
            checkpoint("commit")
    """,
    "models.py": """
        from sqlalchemy import ForeignKey, Integer, Text
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

        from tmws_agents.models.agent import Agent
        from tmws_core.declarative import plugin_metadata


        class Base(DeclarativeBase):
            metadata = plugin_metadata("ledger")


        class Entry(Base):
            __tablename__ = "ledger_entries"
            id: Mapped[int] = mapped_column(Integer, primary_key=True)
            agent_id: Mapped[str] = mapped_column(Text, ForeignKey(Agent.agent_id, ondelete="CASCADE"))
            amount: Mapped[int] = mapped_column(Integer)


        class Receipt(Base):
            __tablename__ = "ledger_receipts"
            id: Mapped[int] = mapped_column(Integer, primary_key=True)
            entry_id: Mapped[int] = mapped_column(ForeignKey(Entry.id, ondelete="CASCADE"))
            amount: Mapped[int] = mapped_column(Integer)
    """,
    "tools.py": """
        import os

        from ledger.models import Entry, Receipt
        from sqlalchemy import func, select

        from tmws_core import Context, tool


        @tool(scope="ledger:write")
        async def ledger_add(ctx: Context, amount: int) -> int:
            '''Add an amount, with its receipt.'''
            entry = Entry(agent_id="metis-developer", amount=amount)
            ctx.session.add(entry)
            await ctx.session.flush()
            ctx.session.add(Receipt(entry_id=entry.id, amount=amount))
            return entry.id


        @tool(scope="ledger:read", read_only=True)
        async def ledger_sum(ctx: Context) -> int:
            '''The sum of all amounts.'''
            return await ctx.session.scalar(select(func.coalesce(func.sum(Entry.amount), 0)))


        @tool(scope="ledger:read", read_only=True)
        async def ledger_process(ctx: Context) -> int:
            '''The number of the process that serves this call.'''
            return os.getpid()
    """,
    "migrations/__init__.py": "",
    "migrations/r0001_create_tables.py": """
        import sqlalchemy as sa
        from alembic import op

        revision = "ledger_0001"
        down_revision = None


        def upgrade():
            op.create_table(
                "ledger_entries",
                sa.Column("id", sa.Integer(), primary_key=True),
                sa.Column("agent_id", sa.Text(), sa.ForeignKey("agents.agent_id", ondelete="CASCADE"), nullable=False),
                sa.Column("amount", sa.Integer(), nullable=False),
            )
            op.create_table(
                "ledger_receipts",
                sa.Column("id", sa.Integer(), primary_key=True),
                sa.Column("entry_id", sa.ForeignKey("ledger_entries.id", ondelete="CASCADE"), nullable=False),
                sa.Column("amount", sa.Integer(), nullable=False),
            )
    """,
}

# its next version: a revision of every kind of statement, and after each of them a point where the process can be killed
_LEDGER_2 = _LEDGER_1 | {
    "models.py": _LEDGER_1["models.py"]
    .replace("import ForeignKey, Integer", "import ForeignKey, Integer, String")
    .replace(
        "amount: Mapped[int] = mapped_column(Integer)\n\n\n        class Receipt",
        "amount: Mapped[int | None] = mapped_column(Integer)\n"
        '            currency: Mapped[str] = mapped_column(String(3), server_default="EUR")\n\n\n        class Receipt',
    )
    + """

        class Tag(Base):
            __tablename__ = "ledger_tags"
            id: Mapped[int] = mapped_column(Integer, primary_key=True)
            entry_id: Mapped[int] = mapped_column(ForeignKey(Entry.id, ondelete="CASCADE"))
            word: Mapped[str] = mapped_column(Text, index=True)
    """,
    "migrations/r0002_tag_entries.py": """
        import sqlalchemy as sa
        from alembic import op
        from ledger.checkpoint import checkpoint

        revision = "ledger_0002"
        down_revision = "ledger_0001"


        def upgrade():
            op.add_column("ledger_entries", sa.Column("currency", sa.String(3), server_default="EUR", nullable=False))
            checkpoint("column")
            op.create_table(
                "ledger_tags",
                sa.Column("id", sa.Integer(), primary_key=True),
                sa.Column("entry_id", sa.ForeignKey("ledger_entries.id", ondelete="CASCADE"), nullable=False),
                sa.Column("word", sa.Text(), nullable=False),
            )
            checkpoint("table")
            op.create_index("ix_ledger_tags_word", "ledger_tags", ["word"])
            checkpoint("index")
            op.execute("INSERT INTO ledger_tags (entry_id, word) SELECT id, 'old' FROM ledger_entries")
            checkpoint("insert")
            with op.batch_alter_table("ledger_entries") as batch:
                batch.alter_column("amount", existing_type=sa.Integer(), nullable=True)
            checkpoint("rebuild")
            op.execute("DELETE FROM ledger_receipts")
            checkpoint("delete")
    """,
}


class InstallLedger(Protocol):
    """Installs one version of the plugin `ledger`, 1 or 2."""

    def __call__(self, version: int) -> Path:
        """Install it in place of the version that is there; returns its site folder."""


@pytest.fixture
def install_ledger(installation: Installation) -> InstallLedger:
    """Install the plugin `ledger`, made for these tests, in the version 1 or 2."""

    def install(version: int) -> Path:
        source = {1: _LEDGER_1, 2: _LEDGER_2}[version]
        return installation.install(
            "ledger", source, version=f"{version}.0", requires=("tmws-core", "tmws-agents>=0.1")
        )

    return install
