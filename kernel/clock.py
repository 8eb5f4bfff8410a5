"""Time, injected: nobody calls `time.time()`. Durations and deadlines are seconds of `monotonic()`."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from kernel.virtual_time import VirtualTimeLoop

VIRTUAL_EPOCH: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)  # a Monday: where virtual worlds begin by default


class Clock(Protocol):
    """What the platform knows of time."""

    def monotonic(self) -> float:
        """Seconds that only grow; meaningful as differences within one process."""

    def now(self) -> datetime:
        """Date and time, aware, UTC."""

    async def sleep_until(self, deadline_s: float) -> None:
        """Return when `monotonic()` has reached the deadline, at once when it has passed."""

    async def sleep(self, duration_s: float) -> None: ...


class LoopClock:
    """The clock of the running event loop: real, or virtual on a `VirtualTimeLoop`.

    Without `epoch`, `now()` is the machine's own date and time (so it follows suspend and NTP), or `VIRTUAL_EPOCH` plus
    the loop's time on a virtual loop. With it, `now()` is `epoch` at the first use and goes on with the loop.
    Outside a running loop (in a worker thread) it goes on with the loop seen last.
    """

    def __init__(self, epoch: datetime | None = None) -> None:
        if epoch is not None and epoch.tzinfo is None:
            raise ValueError("epoch must be aware (carry a time zone)")
        self._epoch = epoch
        self._origin_s: float | None = None
        self._seen: asyncio.AbstractEventLoop | None = None

    def monotonic(self) -> float:
        """The loop's time in seconds."""
        loop = self._loop()
        if loop is None:
            raise RuntimeError("LoopClock.monotonic() needs a running event loop, now or before")
        return loop.time()

    def now(self) -> datetime:
        """Aware UTC."""
        loop = self._loop()
        if self._epoch is None:
            if isinstance(loop, VirtualTimeLoop):
                return VIRTUAL_EPOCH + timedelta(seconds=loop.time())
            return datetime.now(UTC)
        if loop is None:
            return self._epoch.astimezone(UTC)
        if self._origin_s is None:
            self._origin_s = loop.time()
        return self._epoch.astimezone(UTC) + timedelta(seconds=loop.time() - self._origin_s)

    async def sleep_until(self, deadline_s: float) -> None:
        """Return at the deadline. Exact: the timer is set to the deadline itself, so ticks never drift."""
        loop = asyncio.get_running_loop()
        if deadline_s <= loop.time():
            await asyncio.sleep(0)
            return
        due: asyncio.Future[None] = loop.create_future()
        timer = loop.call_at(deadline_s, _wake, due)
        try:
            await due
        finally:
            timer.cancel()

    async def sleep(self, duration_s: float) -> None:
        """Return after `duration_s` seconds."""
        await self.sleep_until(self.monotonic() + duration_s)

    def _loop(self) -> asyncio.AbstractEventLoop | None:
        try:
            self._seen = asyncio.get_running_loop()
        except RuntimeError:
            pass  # not in a loop: the one seen last, if any
        return self._seen


def _wake(due: asyncio.Future[None]) -> None:
    if not due.done():
        due.set_result(None)
