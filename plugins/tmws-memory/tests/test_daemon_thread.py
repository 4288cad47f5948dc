"""Work in a thread that nobody has to wait for."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from threading import Event, current_thread

import pytest

from tmws_memory.daemon_thread import in_daemon_thread


async def test_the_result_comes_back() -> None:
    assert await in_daemon_thread(lambda: 42) == 42


async def test_the_work_runs_in_a_daemon_thread() -> None:
    thread = await in_daemon_thread(current_thread)
    assert thread is not current_thread()
    assert thread.daemon


async def test_an_error_comes_back() -> None:
    def fail() -> None:
        raise ValueError("no such model")

    with pytest.raises(ValueError, match="no such model"):
        await in_daemon_thread(fail)


@pytest.mark.parametrize("error", [SystemExit(1), KeyboardInterrupt(), StopIteration(), GeneratorExit()])
async def test_what_would_end_a_thread_or_a_loop_comes_back_as_an_error(error: BaseException) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(RuntimeError, match=type(error).__name__):
        await in_daemon_thread(fail)


async def test_the_loop_goes_on_meanwhile() -> None:
    gate = Event()
    waiting = asyncio.create_task(in_daemon_thread(gate.wait))
    await asyncio.sleep(0)
    assert not waiting.done()
    gate.set()
    assert await waiting


async def test_a_caller_that_is_cancelled_does_not_wait(hang: Callable[[], None]) -> None:
    waiting = asyncio.create_task(in_daemon_thread(hang))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_work_that_ends_after_its_caller_is_gone_disturbs_nobody() -> None:
    gate, ended = Event(), Event()

    def work() -> None:
        gate.wait()
        ended.set()

    waiting = asyncio.create_task(in_daemon_thread(work))
    await asyncio.sleep(0)
    waiting.cancel()
    gate.set()
    await asyncio.to_thread(ended.wait)
    assert await in_daemon_thread(lambda: 42) == 42


def test_work_that_ends_after_the_loop_is_closed_disturbs_nobody() -> None:
    gate, ended = Event(), Event()

    def work() -> None:
        gate.wait()
        ended.set()

    async def begin() -> None:
        task = asyncio.create_task(in_daemon_thread(work))
        await asyncio.sleep(0)
        task.cancel()

    asyncio.run(begin())
    gate.set()
    assert ended.wait(10)


_HANGS = """
import asyncio
from threading import Event
from tmws_memory.daemon_thread import in_daemon_thread

async def main():
    task = asyncio.create_task(in_daemon_thread(Event().wait))
    await asyncio.sleep(0.05)

asyncio.run(main())
print("ended")
"""


def test_a_process_ends_while_the_work_hangs() -> None:
    ended = subprocess.run([sys.executable, "-c", _HANGS], capture_output=True, text=True, timeout=50, check=True)
    assert (ended.stdout, ended.stderr) == ("ended\n", "")
