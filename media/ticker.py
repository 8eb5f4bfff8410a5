"""The worker's heartbeat: one task, one absolute 20 ms deadline, every leg on it."""

from collections.abc import Callable

from kernel.clock import Clock
from kernel.metrics import counter
from media.audio import FRAME_MS

LATE = counter("media_late_ticks", help="Ticks of the 20 ms heartbeat that began more than 10 ms late.")


class Ticker:
    """Calls everything added to it every 20 ms, in order of adding. A callable must not block and must not raise.

    Deadlines are multiples of 20 ms from the start, so lateness never adds up; after a stall of `catch_up_ms` the missed
    ticks are made up at once, beyond that they are skipped.
    """

    def __init__(self, clock: Clock, *, catch_up_ms: int = 200) -> None:
        self._clock = clock
        self._catch_up = catch_up_ms // FRAME_MS
        self._beats: dict[Callable[[], None], None] = {}
        self.late = 0
        self.ticks = 0

    def add(self, beat: Callable[[], None]) -> None:
        """From the next tick on."""
        self._beats[beat] = None

    def remove(self, beat: Callable[[], None]) -> None:
        """Idempotent."""
        self._beats.pop(beat, None)

    async def run(self) -> None:
        """Tick until cancelled."""
        period_s = FRAME_MS / 1000
        start_s = self._clock.monotonic()
        due = 0
        while True:
            due += 1
            deadline_s = start_s + due * period_s
            await self._clock.sleep_until(deadline_s)
            late_s = self._clock.monotonic() - deadline_s
            if late_s > 0.010:
                self.late += 1
                LATE.inc()
            if late_s > self._catch_up * period_s:
                due += int(late_s / period_s) - self._catch_up
            self.ticks += 1
            for beat in tuple(self._beats):
                beat()
