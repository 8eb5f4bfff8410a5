"""The heartbeat: absolute deadlines, made-up ticks, skipped ticks, and a beat that fails."""

from datetime import UTC, datetime

import pytest

from kernel.clock import LoopClock
from kernel.tasks import alongside
from media.ticker import Ticker


class Over(Exception):
    """The time of the test is up."""


class StallingClock:
    """A clock on which work takes time: `stall(s)` lets it pass; sleeping over is exact but for `jitter_s`."""

    def __init__(self, *, stop_s: float, jitter_s: float = 0.0) -> None:
        self.now_s = 100.0
        self._stop_s = 100.01 + stop_s
        self._jitter_s = jitter_s

    def monotonic(self) -> float:
        return self.now_s

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    async def sleep_until(self, deadline_s: float) -> None:
        if max(deadline_s, self.now_s) > self._stop_s:
            raise Over
        self.now_s = max(self.now_s, deadline_s + self._jitter_s)

    async def sleep(self, duration_s: float) -> None:
        raise NotImplementedError

    def stall(self, duration_s: float) -> None:
        self.now_s += duration_s


async def beats(clock: StallingClock, stalls: dict[int, float]) -> tuple[list[float], Ticker]:
    ticker, times = Ticker(clock), []

    def beat() -> None:
        times.append(round(clock.now_s - 100.0, 6))
        clock.stall(stalls.get(len(times), 0.0))

    ticker.add(beat)
    with pytest.raises(Over):
        await ticker.run()
    return times, ticker


async def test_deadlines_are_absolute_however_late_each_tick_is():
    times, ticker = await beats(StallingClock(stop_s=10.0, jitter_s=0.004), {})
    assert len(times) == 500
    assert times[-1] == pytest.approx(10.004)
    assert ticker.late == 0


async def test_missed_ticks_are_made_up_each_once():
    times, ticker = await beats(StallingClock(stop_s=1.0), {10: 0.095})
    assert len(times) == 50
    assert times[9:16] == pytest.approx([0.2, 0.295, 0.295, 0.295, 0.295, 0.3, 0.32])
    assert ticker.late == 4
    assert ticker.skipped == 0


async def test_after_a_long_stall_no_more_than_200_ms_are_made_up():
    times, ticker = await beats(StallingClock(stop_s=5.0), {10: 2.0})
    assert sum(time == pytest.approx(2.2) for time in times) == 11  # those made up, and the one that is due
    assert ticker.skipped == 89
    assert times[-1] == pytest.approx(5.0)
    assert len(times) + ticker.skipped == 250


@pytest.mark.virtual_time
async def test_mixers_beat_before_legs_and_who_is_removed_beats_no_more():
    clock = LoopClock()
    ticker = Ticker(clock)
    order: list[str] = []

    def leg() -> None:
        order.append("leg")

    def mixer() -> None:
        order.append("mixer")
        if len(order) > 2:
            ticker.remove(leg)

    ticker.add(leg)
    ticker.add(mixer, mixes=True)
    async with alongside(ticker.run()):
        await clock.sleep(0.05)
    assert order == ["mixer", "leg", "mixer"]
    ticker.remove(leg)


@pytest.mark.virtual_time
async def test_a_beat_that_fails_is_taken_off_and_told_and_the_others_go_on():
    clock = LoopClock()
    ticker = Ticker(clock)
    good: list[int] = []
    told: list[Exception] = []

    def bad() -> None:
        raise ZeroDivisionError

    ticker.add(bad, failed=told.append)
    ticker.add(lambda: good.append(1))
    async with alongside(ticker.run()):
        await clock.sleep(0.1)
    assert len(good) >= 4
    assert [type(exc) for exc in told] == [ZeroDivisionError]
