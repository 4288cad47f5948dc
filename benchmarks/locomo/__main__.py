"""How well the memories of LoCoMo's conversations are found again: `python -m benchmarks.locomo --data FILE`."""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.__main__ import machine
from benchmarks.locomo.dataset import WHERE_TO_GET_IT, Conversation, NotLoCoMo, read
from benchmarks.locomo.run import Summaries, as_json, every_system, run, summaries
from benchmarks.locomo.scores import DEPTHS, Summary


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the file, ask all systems, and print what they found."""
    options = _options(arguments)
    console = Console(stderr=options.json)
    try:
        conversations = _chosen(read(options.data), options.conversations)
    except NotLoCoMo as error:
        sys.stderr.write(f"{error}\n")
        return 2
    found = asyncio.run(_ask(conversations, console))
    for group, systems in found.items():
        console.print(_table(group, systems))
    if options.json:
        sys.stdout.write(f"{json.dumps({'machine': machine(), 'results': as_json(found)}, indent=2)}\n")
    return 0


async def _ask(conversations: Sequence[Conversation], console: Console) -> Summaries:
    async with every_system() as systems:
        steps = sum(len(one.turns) + len(one.questions) for one in conversations) * len(systems)
        with Progress(console=console) as progress:
            task = progress.add_task("learning and answering", total=steps)
            return summaries(await run(systems, conversations, lambda: progress.advance(task)))


def _chosen(conversations: Sequence[Conversation], names: str | None) -> Sequence[Conversation]:
    if names is None:
        return conversations
    wanted = set(names.split(","))
    if unknown := wanted - {one.name for one in conversations}:
        there = ", ".join(one.name for one in conversations)
        raise NotLoCoMo(f"there is no conversation {', '.join(sorted(unknown))} in the file; it has {there}")
    return [one for one in conversations if one.name in wanted]


def _table(group: str, systems: dict[str, dict[str, Summary]]) -> Table:
    table = Table(title=f"LoCoMo, {group}", title_justify="left", title_style="bold")
    table.add_column("system")
    table.add_column("category")
    for heading in ("questions", *(f"R@{depth}" for depth in DEPTHS), "MRR"):
        table.add_column(heading, justify="right")
    for name, categories in systems.items():
        for category, summary in categories.items():
            values = [f"{value:.3f}" for value in (*summary.recall, summary.reciprocal_rank)]
            table.add_row(name if category == "all" else "", category, str(summary.questions), *values)
        table.add_section()
    return table


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.locomo", description=__doc__, epilog=WHERE_TO_GET_IT)
    parser.add_argument("--data", type=Path, required=True, metavar="FILE", help="LoCoMo's locomo10.json")
    parser.add_argument("--conversations", metavar="NAME,…", help="only these, such as conv-26,conv-30")
    parser.add_argument("--json", action="store_true", help="write the figures to standard output as JSON")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
