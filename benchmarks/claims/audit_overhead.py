"""To record a memory_store in the audit log costs at most 20 % of its processor time.

Measured: `memory_store` in two running applications of one process, one with the plugin tmws-audit and one without,
called by turns in short series; on SQLite with synchronous=FULL. Beside it a call that only reads, `memory_list`, which
is recorded later and together with others: its share of that is counted, because the series ends when it is written.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.findings import Findings, Verdict, rows_of
from benchmarks.installation import temporary_folder
from benchmarks.measurement import Sample, Stopwatch, by_turns_in_one_loop, ratio
from benchmarks.memories import CALLER, EMBEDDER, STORE
from benchmarks.texts import Texts
from tmws_core.application import Application
from tmws_core.pipeline import Call
from tmws_core.settings import Settings

BOUND = 1.2
CALLS = 40
TURNS = 10
_PLUGINS = {False: "agents,memory", True: "agents,memory,audit"}
_READ = "memory_list"


def measure(rounds: int) -> Findings:
    """Call in both applications by turns, many short ones in each round."""
    with temporary_folder() as folder:
        samples = asyncio.run(_samples(folder, rounds * TURNS))
    return Findings(
        rows_of(samples),
        [
            Verdict("memory_store, audited", ratio(samples[_name(STORE, True)], samples[_name(STORE, False)]), BOUND),
            Verdict("memory_list, audited", ratio(samples[_name(_READ, True)], samples[_name(_READ, False)]), BOUND),
        ],
    )


async def _samples(folder: Path, rounds: int) -> dict[str, list[Sample]]:
    texts, numbers = Texts(), count()
    async with AsyncExitStack() as stack:
        ways: dict[str, Callable[[], Awaitable[Sample]]] = {}
        for audited, plugins in _PLUGINS.items():
            core = {"plugins": plugins, "strict": True, "rate_limit": "1000000/second"}
            settings = Settings(EMBEDDER[False], home=folder / plugins, **core)
            application = await stack.enter_async_context(Application(settings))
            stored = ({"content": f"{next(numbers)} {text}"} for text in _endless(texts))
            ways[_name(STORE, audited)] = _in_series(application, STORE, stored, audited)
            ways[_name(_READ, audited)] = _in_series(application, _READ, ({} for _ in count()), audited)
        return await by_turns_in_one_loop(ways, rounds)


def _in_series(
    application: Application, tool: str, arguments: Iterator[dict[str, Any]], audited: bool
) -> Callable[[], Awaitable[Sample]]:
    call = Call(CALLER, "mcp")

    async def sample() -> Sample:
        given = [next(arguments) for _ in range(CALLS)]
        watch = Stopwatch()
        for one in given:
            await application.pipeline.call_tool(call, tool, one)
        if audited:
            await _written(application)
        return watch.sample_of(CALLS)

    return sample


async def _written(application: Application) -> None:
    from tmws_audit.state import AuditState

    await asyncio.sleep(0)  # the observer has its turn
    await application.state(AuditState).recorder.flush()


def _endless(texts: Texts) -> Iterator[str]:
    while True:
        yield from texts.texts(CALLS)


def _name(tool: str, audited: bool) -> str:
    return f"{tool}, {'audited' if audited else 'not audited'}"
