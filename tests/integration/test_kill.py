"""A process is killed with SIGKILL, which no code can notice: what was acknowledged is there, the rest never was."""

import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path

import anyio
from mcp import Client, MCPError, StdioServerParameters, stdio_client
from mcp.types import CallToolResult

from tests.integration.conftest import InstallLedger
from tests.integration.installation import Installation
from tests.integration.look import Look

CHECKPOINTS = ("column", "table", "index", "insert", "rebuild", "delete", "commit")
PARTS_OF_A_CREATION = (0.0, 0.01, 0.3, 0.6, 0.9, 1.0)
ACKNOWLEDGED_BEFORE_A_KILL = (1, 2, 3, 5, 8, 13, 21, 34, 55, 89)
WRITERS = 8

# counts the statements of all plugins, and kills the process before the one that a variable names
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


    @atexit.register
    def tell():
        if file := os.environ.get("COUNTER_FILE"):
            Path(file).write_text(str(count))
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
    for part in PARTS_OF_A_CREATION:
        _killed(installation, "db", "apply", COUNTER_KILL_AT=str(1 + round(part * (total - 1))))
        assert at_database.everything() == {"definitions": []}, part
    plan = installation.ask("db", "apply")
    assert {step["action"] for step in plan["plugins"] if step["tables"]} == {"create"}
    assert len(at_database.tables()) == 42
    assert at_database.value("SELECT count(*) FROM agents") == 9


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


async def _result(client: Client, tool: str, **arguments: object) -> object:
    called = await client.call_tool(tool, arguments)
    assert isinstance(called, CallToolResult)
    assert not called.is_error, called.content
    assert called.structured_content is not None
    return called.structured_content["result"]


async def _add_until_killed(client: Client, amounts: Iterator[int], kill_after: int) -> list[int]:
    """Add amounts with several writers, and kill the server in the midst of it.

    Returns:
        The amounts that the server acknowledged, at least as many as it was allowed to.
    """
    process = await _result(client, "ledger_process")
    assert isinstance(process, int)
    acknowledged: list[int] = []

    async def write() -> None:
        with suppress(MCPError, anyio.ClosedResourceError, anyio.BrokenResourceError):
            for amount in amounts:
                await _result(client, "ledger_add", amount=amount)
                acknowledged.append(amount)
                if len(acknowledged) == kill_after:
                    os.kill(process, signal.SIGKILL)

    async with anyio.create_task_group() as writers:
        for _ in range(WRITERS):
            writers.start_soon(write)
    return acknowledged


async def test_what_a_killed_server_acknowledged_is_there_and_nothing_is_half(
    established: Installation, look: Look, install_ledger: InstallLedger
) -> None:
    established.variables |= {"TMWS_PLUGINS": "agents,ledger", "TMWS_RATE_LIMIT": "100000/second"}
    install_ledger(1)
    amounts, acknowledged = count(), set[int]()
    for kill_after in ACKNOWLEDGED_BEFORE_A_KILL:
        async with _client(established) as client:
            added = await _add_until_killed(client, amounts, kill_after)
        assert len(added) >= kill_after
        acknowledged.update(added)
        pairs = look.rows(
            "SELECT e.amount, r.amount FROM ledger_entries e LEFT JOIN ledger_receipts r ON r.entry_id = e.id"
        )
        assert {entry for entry, _ in pairs} >= acknowledged
        assert all(entry == receipt for entry, receipt in pairs)
        assert look.value("PRAGMA integrity_check") == "ok"
        assert look.rows("PRAGMA foreign_key_check") == []
