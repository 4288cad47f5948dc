"""A tool call that reads one row takes at most 1.3 times as long as the SDK's call with a bare SELECT.

Measured: `tools/call` over standard input and output, from a client without the SDK, one call after the other, of a
tool that reads a row by its key in a session; processor time is the server's alone. Authorisation, rate limit,
validation, transaction, and the observers' events are part of it. The floor: the SDK's low-level server, whose tool
selects the same row through the same engine and answers the same. Two servers of each kind run at the same time, one
in each era, and are called by turns, so many calls a turn.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.client import Client
from benchmarks.findings import Findings, Verdict, rows_of
from benchmarks.generated_plugin import NOTES, install
from benchmarks.installation import Installation, process_command, server_command, temporary_folder
from benchmarks.measurement import Sample, by_turns, ratio

BOUND = 1.3
CALLS = 300
_ERAS = {"2025-06-18": False, "2026-07-28": True}
_NOTE = {"id": "note-1", "title": "A note", "content": "What was said, " * 20, "importance": 3}


@dataclass(frozen=True)
class _Calls:
    """Calls one server's tool many times; what it takes is the average of one call."""

    client: Client

    def __call__(self) -> Sample:
        before = self.client.since_start()
        for _ in range(CALLS):
            self.client.ask("tools/call", name=f"{NOTES}_get", arguments={"id": _NOTE["id"]})
        after = self.client.since_start()
        return Sample((after.cpu - before.cpu) / CALLS, (after.wall - before.wall) / CALLS)


def measure(rounds: int) -> Findings:
    """Call both servers in both eras by turns."""
    with temporary_folder() as folder, ExitStack() as servers:
        environment = _prepared(folder).environment(TMWS_RATE_LIMIT="1000000/second")
        kinds = {"tmws": server_command(), "floor": process_command("row_server")}
        calls: dict[str, _Calls] = {}
        for era, modern in _ERAS.items():
            for kind, command in kinds.items():
                client = servers.enter_context(Client(command, environment, modern=modern))
                client.open()
                _prove(client)
                calls[f"{kind}, {era}"] = _Calls(client)
        samples = by_turns(calls, rounds)
    return Findings(rows_of(samples), list(_verdicts(samples)))


def _verdicts(samples: dict[str, list[Sample]]) -> Iterator[Verdict]:
    for era in _ERAS:
        yield Verdict(f"one call, {era}", ratio(samples[f"tmws, {era}"], samples[f"floor, {era}"]), BOUND)


def _prepared(folder: Path) -> Installation:
    """A database with the generated plugin's table and one row in it."""
    site = folder / "site"
    install(NOTES, site)
    installation = Installation(folder / "home", [site])
    installation.fill()
    with closing(sqlite3.connect(installation.database)) as connection, connection:
        connection.execute(f"INSERT INTO {NOTES} VALUES (:id, :title, :content, :importance)", _NOTE)
    return installation


def _prove(client: Client) -> None:
    """See that the server answers with the row.

    Raises:
        RuntimeError: it does not.
    """
    answer = client.ask("tools/call", name=f"{NOTES}_get", arguments={"id": _NOTE["id"]})
    if answer.get("structuredContent") != _NOTE:
        raise RuntimeError(f"the server did not answer with the row: {answer}")
