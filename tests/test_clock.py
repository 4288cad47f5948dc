"""A time limit that can be stopped."""

import asyncio
import math

import pytest

from tmws_core.clock import Clock


async def test_time_that_runs_out_is_told() -> None:
    with pytest.raises(TimeoutError):
        async with Clock(0.01):
            await asyncio.Event().wait()


async def test_no_time_passes_while_the_clock_is_stopped() -> None:
    clock = Clock(0.3)
    async with clock:
        with clock.stopped():
            await asyncio.sleep(0.4)


async def test_the_rest_of_the_time_runs_out_after_a_stop() -> None:
    clock = Clock(0.3)
    with pytest.raises(TimeoutError):
        async with clock:
            with clock.stopped():
                await asyncio.sleep(0.4)
            await asyncio.Event().wait()


async def test_of_two_that_stop_it_the_last_one_makes_it_go_on() -> None:
    clock = Clock(0.3)
    async with clock:
        with clock.stopped():
            with clock.stopped():
                pass
            await asyncio.sleep(0.4)


async def test_a_clock_that_does_not_run_can_be_stopped() -> None:
    clock = Clock(math.inf)
    with clock.stopped():
        await asyncio.sleep(0)


async def test_a_clock_without_end_lets_everything_finish() -> None:
    async with Clock(math.inf) as clock, asyncio.timeout(5):
        with clock.stopped():
            await asyncio.sleep(0)
