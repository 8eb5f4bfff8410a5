"""The clock: the loop's time and an aware date."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from kernel.clock import LoopClock


async def test_real_time_is_the_loops_time_and_the_machines_date() -> None:
    clock = LoopClock()
    before = asyncio.get_running_loop().time()
    assert clock.monotonic() >= before
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


async def test_a_deadline_that_has_passed_returns_at_once_but_lets_others_run() -> None:
    clock, ran = LoopClock(), []
    asyncio.get_running_loop().call_soon(ran.append, 1)
    await clock.sleep_until(clock.monotonic() - 10)
    assert ran == [1]


@pytest.mark.virtual_time
async def test_an_epoch_starts_when_it_is_first_looked_at_and_is_given_in_utc() -> None:
    clock = LoopClock(datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=8))))
    await clock.sleep(5)
    assert clock.now() == datetime(2026, 3, 1, 4, tzinfo=UTC)
    await clock.sleep(5)
    assert clock.now() == datetime(2026, 3, 1, 4, 0, 5, tzinfo=UTC)


@pytest.mark.virtual_time
async def test_a_thread_sees_the_loops_time() -> None:
    clock = LoopClock()
    await clock.sleep(3)
    assert await asyncio.to_thread(clock.monotonic) == 3.0


def test_a_naive_epoch_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        LoopClock(datetime(2026, 1, 1))  # that is the point


def test_outside_a_loop_there_is_a_date_but_no_monotonic_time() -> None:
    assert LoopClock().now().tzinfo is UTC
    with pytest.raises(RuntimeError, match="event loop"):
        LoopClock().monotonic()
