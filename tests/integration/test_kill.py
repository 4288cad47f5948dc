"""A process is killed with SIGKILL, which no code can notice: what was acknowledged is there, the rest never was."""

import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, suppress
from itertools import count
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, MCPError, StdioServerParameters, stdio_client
from mcp.types import CallToolResult

from tests.integration.conftest import InstallLedger
from tests.integration.installation import Installation
from tests.integration.look import Look

CHECKPOINTS = ("column", "table", "index", "insert", "rebuild", "delete", "commit")
PARTS_OF_A_CREATION = (0.0, 0.01, 0.4, 0.8)
ACKNOWLEDGED_BEFORE_A_KILL = (*range(1, 16), 20, 25, 30, 35, 40)
WRITERS = 8

Write = Callable[[Client, int], Awaitable[None]]

# counts the statements of all plugins, and kills the process before the one that a variable names, or before the commit
_COUNTER = """
    import atexit
    import os
    import signal
    from pathlib import Path

    from sqlalchemy import Engine, event

    count = 0


    @event.listens_for(Engine, "before_cursor_execute")
    def before_statement(*_arguments):
        global count
        count += 1
        if str(count) == os.environ.get("COUNTER_KILL_AT"):
            os.kill(os.getpid(), signal.SIGKILL)


    @event.listens_for(Engine, "commit")
    def before_commit(_connection):
        if os.environ.get("COUNTER_KILL_AT") == "commit":
            os.kill(os.getpid(), signal.SIGKILL)


    @atexit.register
    def tell():
        if file := os.environ.get("COUNTER_FILE"):
            Path(file).write_text(str(count))
"""

# SQLite makes the copy of a database that it checks afterwards, on a connection of its own
_KILLED_BEFORE_THE_COPY_IS_CHECKED = """
import os
import signal
import sys


def hook(event, arguments):
    if event == "sqlite3.connect" and "backups" in str(arguments[0]):
        os.kill(os.getpid(), signal.SIGKILL)


sys.addaudithook(hook)
"""


def _killed(installation: Installation, *words: str, **variables: str) -> None:
    ended = installation.run(*words, **variables)
    assert ended.returncode == -signal.SIGKILL, ended.stdout + ended.stderr


def test_an_upgrade_that_is_killed_changes_nothing_and_the_next_start_completes_it(
    installation: Installation, at_database: Look, install_ledger: InstallLedger
) -> None:
    installation.variables["TMWS_PLUGINS"] = "agents,ledger"
    install_ledger(1)
    installation.ask("call", "ledger_add", "amount=3")
    install_ledger(2)
    before = at_database.everything()
    for checkpoint in CHECKPOINTS:
        _killed(installation, "db", "apply", LEDGER_KILL_AT=checkpoint)
        assert at_database.everything() == before, checkpoint
    plan = installation.ask("db", "apply")
    assert {step["plugin"]: step["action"] for step in plan["plugins"]}["ledger"] == "upgrade"
    assert at_database.rows("SELECT amount, currency FROM ledger_entries") == [(3, "EUR")]
    assert at_database.rows("SELECT word FROM ledger_tags") == [("old",)]
    assert at_database.value("SELECT revision FROM tmws_plugins WHERE plugin = 'ledger'") == "ledger_0002"


def test_a_first_creation_that_is_killed_leaves_no_table_and_the_next_start_completes_it(
    installation: Installation, at_database: Look, tmp_path: Path
) -> None:
    installation.install("counter", _COUNTER)
    total = _statements_of_a_creation(installation, tmp_path)
    for point in (*(str(1 + round(part * total)) for part in PARTS_OF_A_CREATION), "commit"):
        _killed(installation, "db", "apply", COUNTER_KILL_AT=point)
        assert at_database.everything() == {"definitions": []}, point
    plan = installation.ask("db", "apply")
    assert {step["action"] for step in plan["plugins"] if step["tables"]} == {"create"}
    assert len(at_database.tables()) == 42
    assert at_database.value("SELECT count(*) FROM agents") == 9


def test_a_safety_copy_that_was_not_checked_does_not_look_like_one(
    established: Installation, install_ledger: InstallLedger
) -> None:
    established.variables["TMWS_PLUGINS"] = "agents,ledger"
    install_ledger(1)
    established.ask("db", "apply")
    site = install_ledger(2)
    (site / "ledger" / "migrations" / "__init__.py").write_text(_KILLED_BEFORE_THE_COPY_IS_CHECKED)
    _killed(established, "db", "apply")
    (left,) = (established.database.parent / "backups").iterdir()
    assert left.suffix != established.database.suffix


def _statements_of_a_creation(installation: Installation, folder: Path) -> int:
    """How many statements a first start runs, counted in a database beside the one that is tested."""
    file, database = folder / "count", f"sqlite:///{folder / 'counted' / 'tmws.db'}"
    installation.ask("db", "apply", COUNTER_FILE=str(file), TMWS_DATABASE_URL=database)
    return int(file.read_text())


@asynccontextmanager
async def _client(installation: Installation) -> AsyncIterator[Client]:
    """A client of a server that it has started itself, as agents do."""
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "tmws_core", "serve", "--stdio"], env=installation.environment()
    )
    with (installation.folder / "server.log").open("a") as log:
        async with Client(stdio_client(server, errlog=log)) as client:
            yield client


async def _result(client: Client, tool: str, **arguments: object) -> dict[str, Any]:
    called = await client.call_tool(tool, arguments)
    assert isinstance(called, CallToolResult)
    assert not called.is_error, called.content
    assert isinstance(called.structured_content, dict)
    return called.structured_content


async def _write_until_killed(client: Client, write: Write, numbers: Iterator[int], kill_after: int) -> list[int]:
    """Write with several writers at once, and kill the server in the midst of it.

    Returns:
        The numbers whose writing the server acknowledged, at least as many as it was allowed to.
    """
    process = await _result(client, "ledger_process")
    acknowledged: list[int] = []

    async def work() -> None:
        with suppress(MCPError, anyio.ClosedResourceError, anyio.BrokenResourceError):
            for number in numbers:
                await write(client, number)
                acknowledged.append(number)
                if len(acknowledged) == kill_after:
                    os.kill(process["result"], signal.SIGKILL)

    async with anyio.create_task_group() as writers:
        for _ in range(WRITERS):
            writers.start_soon(work)
    assert len(acknowledged) >= kill_after
    return acknowledged


def _assert_sound(look: Look) -> None:
    assert look.value("PRAGMA integrity_check") == "ok"
    assert look.rows("PRAGMA foreign_key_check") == []


@pytest.mark.timeout(300)  # it starts twenty servers
async def test_memories_that_a_killed_server_acknowledged_are_there_and_none_is_half(
    established: Installation, look: Look, install_ledger: InstallLedger
) -> None:
    async def store(client: Client, number: int) -> None:
        await _result(client, "memory_store", content=f"note number{number}", tags=[f"tag{number}"])

    established.variables |= {"TMWS_PLUGINS": "agents,ledger,memory", "TMWS_RATE_LIMIT": "100000/second"}
    install_ledger(1)
    numbers, acknowledged = count(), set[str]()
    for kill_after in ACKNOWLEDGED_BEFORE_A_KILL:
        async with _client(established) as client:
            stored = await _write_until_killed(client, store, numbers, kill_after)
        acknowledged.update(f"note number{number}" for number in stored)
        kept = look.rows("SELECT content FROM memories")
        assert {content for (content,) in kept} >= acknowledged
        assert len(kept) == len(set(kept))
        _assert_sound(look)
        _assert_indexed(established.database, {content for (content,) in kept})


def _assert_indexed(database: Path, contents: set[str]) -> None:
    """Rows, documents and FTS5's own index tell the same."""
    with closing(sqlite3.connect(database)) as connection:
        documents = connection.execute(
            "SELECT m.content, d.body FROM memories m FULL JOIN tmws_memory_documents d ON d.memory_id = m.id"
        ).fetchall()
        assert len(documents) == len(contents)
        assert all(content and body and content.split()[1] in body.split() for content, body in documents)
        connection.execute("INSERT INTO tmws_memory_search(tmws_memory_search, rank) VALUES ('integrity-check', 1)")
        for content in contents:
            # all of them are of one audience, whose token each word of the index begins with
            search = (
                "SELECT count(*) FROM tmws_memory_search WHERE tmws_memory_search MATCH "
                "(SELECT substr(scope, 1, instr(scope, ' ') - 1) FROM tmws_memory_documents LIMIT 1) || ?"
            )
            assert connection.execute(search, [content.split()[1]]).fetchone() == (1,), content


async def test_what_one_call_wrote_in_two_tables_is_there_whole_or_not_at_all(
    established: Installation, look: Look, install_ledger: InstallLedger
) -> None:
    async def add(client: Client, number: int) -> None:
        await _result(client, "ledger_add", amount=number)

    established.variables |= {"TMWS_PLUGINS": "agents,ledger", "TMWS_RATE_LIMIT": "100000/second"}
    install_ledger(1)
    numbers, acknowledged = count(), set[int]()
    for kill_after in (1, 20, 100):
        async with _client(established) as client:
            acknowledged.update(await _write_until_killed(client, add, numbers, kill_after))
        pairs = look.rows(
            "SELECT e.amount, r.amount FROM ledger_entries e LEFT JOIN ledger_receipts r ON r.entry_id = e.id"
        )
        assert {entry for entry, _ in pairs} >= acknowledged
        assert all(entry == receipt for entry, receipt in pairs)
        _assert_sound(look)
