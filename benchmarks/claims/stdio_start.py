"""The stdio server's first answer, all plugins installed, takes at most 1.3 times as long as that of a bare SDK server.

Measured: from the start of the process to the answer to `initialize`, or in the protocol of 2026-07-28 to
`server/discover`, on an existing database; then to the answer to `tools/list`. The floor: the SDK's low-level server
over its own stdio transport, with the same tools.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.client import Client
from benchmarks.findings import Findings, Verdict, rows_of
from benchmarks.installation import Installation, process_command, server_command, temporary_folder
from benchmarks.measurement import Sample, by_turns, ratio

BOUND = 1.3
_ERAS = {"2025-06-18": False, "2026-07-28": True}


@dataclass(frozen=True)
class _Start:
    """Starts one kind of server in one era; keeps what it took until the tools were listed."""

    command: Sequence[str]
    environment: dict[str, str]
    modern: bool
    listed: list[Sample]

    def __call__(self) -> Sample:
        with Client(self.command, self.environment, modern=self.modern) as client:
            client.open()
            first = client.since_start()
            client.ask("tools/list")
            self.listed.append(client.since_start())
        return first


def measure(rounds: int) -> Findings:
    """Start both servers in both eras by turns."""
    with temporary_folder() as folder:
        installation = Installation(folder / "home")
        installation.fill()
        environment = installation.environment()
        floor = process_command("low_level_server", str(_tools(folder / "tools.json", environment)))
        starts = {
            f"{kind}, {era}": _Start(command, environment, modern, [])
            for era, modern in _ERAS.items()
            for kind, command in (("tmws", server_command()), ("floor", floor))
        }
        samples = by_turns(starts, rounds)
    listed = {f"{name}, with tools/list": start.listed[1:] for name, start in starts.items()}
    samples = {name: series for start in starts for name, series in _both(start, samples, listed)}
    return Findings(rows_of(samples), [verdict for era in _ERAS for verdict in _verdicts(era, samples)])


def _both(
    start: str, samples: dict[str, list[Sample]], listed: dict[str, list[Sample]]
) -> list[tuple[str, list[Sample]]]:
    with_list = f"{start}, with tools/list"
    return [(start, samples[start]), (with_list, listed[with_list])]


def _verdicts(era: str, samples: dict[str, list[Sample]]) -> list[Verdict]:
    more = ", with tools/list"
    return [
        Verdict(f"first answer, {era}", ratio(samples[f"tmws, {era}"], samples[f"floor, {era}"]), BOUND),
        Verdict(
            f"first answer and tools/list, {era}", ratio(samples[f"tmws, {era}{more}"], samples[f"floor, {era}{more}"])
        ),
    ]


def _tools(file: Path, environment: dict[str, str]) -> Path:
    """What the server lists, in a file for the floor to list it too."""
    with Client(server_command(), environment, modern=False) as client:
        client.open()
        file.write_text(json.dumps(client.ask("tools/list")), encoding="utf-8")
    return file
