"""63-bit ids that sort by time and know their shard: 41 bits ms since 2026 | 10 slot | 8 worker | 4 sequence.

A customer's slot is drawn once; everything that hangs on the customer is made with the same slot, so one id is enough
to find the shard. Ids exceed 2**53: they are strings in JSON.

A worker number belongs to one process at a time. A maker may run ahead of the clock by `MAX_AHEAD_MS` (16 ids per ms
and slot are all there is), so a worker number must rest that long before another process takes it.
"""

from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from kernel.errors import JingyinError

EPOCH: Final = datetime(2026, 1, 1, tzinfo=UTC)
SLOTS: Final = 1024
WORKERS: Final = 256
SEQUENCES: Final = 16
MAX_AHEAD_MS: Final = 1000


class IdsExhausted(JingyinError):
    """One slot was asked for more ids than its milliseconds hold, or the clock stands before 2026 or after 2095."""

    code = "kernel.ids_exhausted"
    retryable = True


class Now(Protocol):
    """The part of a clock an id needs."""

    def now(self) -> datetime: ...


class IdMaker:
    """Makes ids that are unique over all workers and, within a slot, always growing, even if the clock goes back."""

    def __init__(self, worker: int, clock: Now) -> None:
        if not 0 <= worker < WORKERS:
            raise ValueError(f"worker must be 0..{WORKERS - 1}, not {worker}")
        self._worker = worker
        self._clock = clock
        self._last: dict[int, tuple[int, int]] = {}  # slot -> (ms, sequence)

    def make(self, slot: int) -> int:
        """A new id in `slot` (0..1023).

        Raises:
            IdsExhausted: the slot is more than MAX_AHEAD_MS ahead of the clock.
        """
        if not 0 <= slot < SLOTS:
            raise ValueError(f"slot must be 0..{SLOTS - 1}, not {slot}")
        now_ms = (self._clock.now() - EPOCH) // timedelta(milliseconds=1)
        if not 0 <= now_ms < 1 << 41:
            raise IdsExhausted("the clock is outside 2026..2095", remedy="Set the machine's clock.")
        ms, sequence = self._last.get(slot, (-1, 0))
        if now_ms > ms:
            ms, sequence = now_ms, 0
        elif sequence + 1 < SEQUENCES:
            sequence += 1
        else:
            ms, sequence = ms + 1, 0
        if ms - now_ms > MAX_AHEAD_MS:
            raise IdsExhausted(
                f"slot {slot} of worker {self._worker} is {ms - now_ms} ms ahead of the clock",
                remedy="Try again in a second; if the clock was set back, wait until it has caught up.",
            )
        self._last[slot] = ms, sequence
        return ms << 22 | slot << 12 | self._worker << 4 | sequence

    def child_of(self, parent: int) -> int:
        """A new id in the slot of `parent`, so that both live in one shard."""
        return self.make(slot_of(parent))


def slot_of(id: int) -> int:
    """The slot 0..1023."""
    return (id >> 12) & (SLOTS - 1)


def worker_of(id: int) -> int:
    """The worker 0..255 that made it."""
    return (id >> 4) & (WORKERS - 1)


def made_at(id: int) -> datetime:
    """When it was made, aware UTC, to the millisecond."""
    return EPOCH + timedelta(milliseconds=id >> 22)
