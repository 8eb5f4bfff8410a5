"""Virtual time: exact, instant, honest about deadlocks, and patient with threads."""

import asyncio
import time

import pytest

from kernel.clock import VIRTUAL_EPOCH, LoopClock
from kernel.virtual_time import Deadlock, VirtualTimeLoop

pytestmark = pytest.mark.virtual_time


async def test_an_hour_passes_at_once_and_exactly() -> None:
    clock = LoopClock()
    began = clock.monotonic()
    await clock.sleep(3600)
    assert clock.monotonic() == began + 3600


async def test_the_date_follows_the_loop() -> None:
    clock = LoopClock()
    await clock.sleep_until(90.0)
    assert (clock.now() - VIRTUAL_EPOCH).total_seconds() == 90.0


async def test_an_absolute_ticker_does_not_drift() -> None:
    clock = LoopClock()
    began = clock.monotonic()
    for tick in range(1, 1001):
        await clock.sleep_until(began + tick * 0.02)
    assert clock.monotonic() == began + 1000 * 0.02


async def test_a_thread_takes_no_virtual_time() -> None:
    clock = LoopClock()
    async with asyncio.timeout(0.001):
        assert await asyncio.to_thread(lambda: time.sleep(0.02) or 7) == 7
    assert clock.monotonic() == 0.0


def test_a_deadlock_is_raised_and_names_who_waits() -> None:
    async def wait_for_godot() -> None:
        await asyncio.Event().wait()

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner, pytest.raises(Deadlock, match="wait_for_godot"):
        runner.run(wait_for_godot())


def test_two_runs_see_the_same_order_and_times() -> None:
    async def world() -> list[tuple[float, int]]:
        clock, seen = LoopClock(), []

        async def party(number: int) -> None:
            for step in range(20):
                await clock.sleep(0.02 * (1 + (number * 7 + step) % 5))
                seen.append((clock.monotonic(), number))

        async with asyncio.TaskGroup() as parties:
            for number in range(10):
                parties.create_task(party(number))
        return seen

    runs = []
    for _ in range(2):
        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            runs.append(runner.run(world()))
    assert runs[0] == runs[1]
