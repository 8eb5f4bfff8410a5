"""The worker's heartbeat: one task, one absolute 20 ms deadline, every leg on it."""

from collections.abc import Callable
from typing import Final

from kernel.clock import Clock
from kernel.log import get_logger
from kernel.metrics import counter
from media.audio import FRAME_MS

LATE = counter("media_late_ticks", help="Ticks of the 20 ms heartbeat that began more than 10 ms late.")
SKIPPED = counter("media_skipped_ticks", help="Ticks that were never made up after a long stall of the event loop.")
FAILED = counter("media_failed_beats", help="Parties taken off the heartbeat because their beat raised an error.")

_LATE_S: Final = 0.010

log = get_logger(__name__)

Beat = Callable[[], None]


class Ticker:
    """Calls everything added to it every 20 ms, in the order of adding. A beat must not block.

    Deadlines are multiples of 20 ms from the start, so lateness never adds up. After a stall the missed ticks are made up,
    each once and no more than are due; beyond `catch_up_ms` they are skipped, for nobody wants to hear them.

    A beat that raises is taken off and told to its owner; the others never notice.
    """

    def __init__(self, clock: Clock, *, catch_up_ms: int = 200) -> None:
        self._clock = clock
        self._catch_up = catch_up_ms // FRAME_MS
        self._mixers: dict[Beat, Callable[[Exception], None] | None] = {}
        self._legs: dict[Beat, Callable[[Exception], None] | None] = {}
        self.ticks = 0
        self.late = 0
        self.skipped = 0

    def add(self, beat: Beat, *, mixes: bool = False, failed: Callable[[Exception], None] | None = None) -> None:
        """Beat from the next tick on. `mixes`: before all legs, so that what it queues leaves in the same tick."""
        (self._mixers if mixes else self._legs)[beat] = failed

    def remove(self, beat: Beat) -> None:
        """No more, also not later in this tick. Idempotent."""
        self._mixers.pop(beat, None)
        self._legs.pop(beat, None)

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
            if late_s > _LATE_S:
                self.late += 1
                LATE.inc()
            lost = int(late_s / period_s) - self._catch_up
            if lost > 0:
                due += lost
                self.skipped += lost
                SKIPPED.inc(lost)
            self.ticks += 1
            self._beat(self._mixers)
            self._beat(self._legs)

    def _beat(self, beats: dict[Beat, Callable[[Exception], None] | None]) -> None:
        for beat in tuple(beats):
            if beat not in beats:
                continue  # removed by one before it
            try:
                beat()
            except Exception as exc:  # a supervisor: one party's fault must not silence all calls of the worker
                failed = beats.pop(beat, None)
                FAILED.inc()
                log.exception("beat failed")
                if failed is not None:
                    failed(exc)
