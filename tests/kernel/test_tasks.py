"""Task ownership: for the length of a body, restarted, finished whatever happens."""

import asyncio

import pytest

from kernel.clock import LoopClock
from kernel.tasks import alongside, finish, supervise

pytestmark = pytest.mark.virtual_time


async def forever(ended: list[str]) -> None:
    try:
        await LoopClock().sleep(1e6)
    finally:
        ended.append("forever")


async def fail_after(seconds: float) -> None:
    await LoopClock().sleep(seconds)
    raise RuntimeError("boom")


async def test_work_ends_with_the_body() -> None:
    ended: list[str] = []
    async with alongside(forever(ended)) as background:
        background.start(forever(ended))
        await asyncio.sleep(1)
    assert ended == ["forever", "forever"]


async def test_an_error_of_the_body_comes_out_as_itself() -> None:
    ended: list[str] = []
    with pytest.raises(KeyError):
        async with alongside(forever(ended)):
            await asyncio.sleep(1)
            raise KeyError("mine")
    assert ended == ["forever"]


async def test_an_error_in_the_work_ends_the_body() -> None:
    with pytest.raises(ExceptionGroup) as caught:
        async with alongside(fail_after(1)):
            await asyncio.sleep(1000)
    assert caught.group_contains(RuntimeError)
    assert LoopClock().monotonic() == 1.0


async def test_cancelling_the_body_ends_the_work() -> None:
    ended: list[str] = []
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1), alongside(forever(ended)):
            await asyncio.sleep(1000)
    assert ended == ["forever"]


async def test_supervised_work_is_run_again_after_growing_pauses() -> None:
    clock, runs = LoopClock(), []

    async def work() -> None:
        runs.append(clock.monotonic())
        if len(runs) < 4:
            raise RuntimeError("boom")

    await supervise("test", work, clock=clock, first_pause_s=1, longest_pause_s=2)
    assert runs == [0.0, 1.0, 3.0, 5.0]


async def test_a_cleanup_is_finished_though_its_caller_is_cancelled() -> None:
    clock, done = LoopClock(), []

    async def cleanup() -> None:
        await clock.sleep(2)
        done.append(clock.monotonic())

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await finish(cleanup(), within_s=5)
    assert done == [2.0]


async def test_a_cleanup_that_takes_too_long_is_cancelled() -> None:
    ended: list[str] = []
    with pytest.raises(TimeoutError, match="longer than 3"):
        await finish(forever(ended), within_s=3)
    assert ended == ["forever"]
    assert LoopClock().monotonic() == 3.0


async def test_a_cleanup_hands_on_its_result_and_its_error() -> None:
    assert await finish(asyncio.sleep(1, "done"), within_s=3) == "done"
    with pytest.raises(RuntimeError, match="boom"):
        await finish(fail_after(1), within_s=3)
