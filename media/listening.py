"""A supervisor who listens to a call that a robot has: both directions of the customer's leg, to them alone.

The robot reads the leg and must not notice: the sound is taken where it is taped. What the supervisor says is read and
dropped, so it reaches nobody whatever they send.
"""

import asyncio
from collections.abc import Callable

from kernel.tasks import Background
from media.audio import FRAME_MS
from media.jitter import JitterBuffer
from media.leg import Leg, LegState, Tapeable
from media.mix import mixed
from media.ticker import Ticker


class Listening:
    """From `begin` until `end`, or the supervisor's leg's end. Runs once."""

    def __init__(self, *, ticker: Ticker, customer: Tapeable, supervisor: Leg) -> None:
        self._ticker = ticker
        self._customer = customer
        self._supervisor = supervisor
        self._received = JitterBuffer()
        self._sent = JitterBuffer()
        self._untape: Callable[[], None] | None = None
        self._reader: asyncio.Task[None] | None = None
        self._now_ms = 0

    def begin(self, background: Background) -> None:
        """From now on; `background` owns the reading."""
        self._supervisor.flush_playout()
        self._untape = self._customer.tape(
            received=lambda at, pcm: self._received.put(pcm), sent=lambda at, pcm: self._sent.put(pcm)
        )
        self._ticker.add(self._beat, mixes=True)
        background.start(self._drop())

    def end(self) -> None:
        """Hear no more. Idempotent."""
        self._ticker.remove(self._beat)
        if self._untape is not None:
            self._untape()
            self._untape = None
        if self._reader is not None:
            self._reader.cancel()
            self._reader = None

    async def _drop(self) -> None:
        if self._untape is None:
            return  # ended before it began
        self._reader = asyncio.current_task()
        async for _ in self._supervisor.receive():
            pass
        self._reader = None
        self.end()

    def _beat(self) -> None:
        self._now_ms += FRAME_MS
        frames = [self._received.take(self._now_ms), self._sent.take(self._now_ms)]
        if self._supervisor.state is LegState.ANSWERED:
            self._supervisor.send(mixed(frames))
