"""A process is killed with SIGKILL, which no code can notice: what was acknowledged is there, the rest never was."""

import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from mcp import Client, MCPError, StdioServerParameters

if TYPE_CHECKING:
    from tests.integration.conftest import InstallLedger, Installation, Look

CHECKPOINTS = ("column", "table", "index", "insert", "rebuild", "delete", "commit")

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


def _killed(installation: "Installation", *words: str, **variables: str) -> None:
    ended = installation.run(*words, **variables)
    assert ended.returncode == -signal.SIGKILL, ended.stdout + ended.stderr


class TestDuringAnUpgrade:
    @pytest.fixture
    def before(self, installation: "Installation", at_database: "Look", install_ledger: "InstallLedger") -> None:
        """Version 1 is at work and has rows; version 2 has just been installed."""
        installation.variables["TMWS_PLUGINS"] = "agents,ledger"
        install_ledger(1)
        for amount in (3, 4):
            installation.ask("call", "ledger_add", f'{{"amount": {amount}}}')
        install_ledger(2)

    def test_nothing_is_changed_wherever_it_is_killed(
        self, installation: "Installation", at_database: "Look", before: None
    ) -> None:
        as_it_was = at_database.everything()
        for checkpoint in CHECKPOINTS:
            _killed(installation, "db", "apply", LEDGER_KILL_AT=checkpoint)
            assert at_database.everything() == as_it_was, checkpoint

    @pytest.mark.parametrize("checkpoint", ["column", "rebuild", "commit"])
    def test_the_next_start_completes_it(
        self, installation: "Installation", at_database: "Look", before: None, checkpoint: str
    ) -> None:
        _killed(installation, "db", "apply", LEDGER_KILL_AT=checkpoint)
        plan = installation.ask("db", "apply")
        assert {step["plugin"]: step["action"] for step in plan["plugins"]}["ledger"] == "upgrade"
        assert at_database.rows("SELECT amount, currency FROM ledger_entries ORDER BY id") == [(3, "EUR"), (4, "EUR")]
        assert at_database.rows("SELECT word FROM ledger_tags") == [("old",), ("old",)]
        assert at_database.value("SELECT revision FROM tmws_plugins WHERE plugin = 'ledger'") == "ledger_0002"
