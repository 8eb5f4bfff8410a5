"""Two legs joined, and a supervisor where one is: every party's sound through a jitter buffer, mixed on the heartbeat.

What is received is buffered (two clocks meet here), mixed by the matrix of `media.mix`, queued on the other legs and sent
in the same tick. The bridge neither answers nor hangs up: the legs are as they were when it ends. Recording is not its
business either: a leg is taped where it passes (`Tapeable`), through robot and bridge alike.
"""

import asyncio
from typing import Protocol

from kernel.clock import Clock
from kernel.errors import JingyinError
from media.audio import FRAME_MS
from media.jitter import JitterBuffer
from media.leg import Leg, LegState
from media.mix import Monitor, Party, hears, mixed
from media.ticker import Ticker


class BridgeFailed(JingyinError):
    """Mixing raised an error; the legs are still up."""

    code = "media.bridge_failed"


class Bridge(Protocol):
    """Joins a customer's and an agent's leg until one ends or `stop`."""

    async def run(self) -> Party | None:
        """Whose leg ended it; None when it was stopped. The legs are left as they are."""

    def stop(self) -> None:
        """Part the legs."""


class MixingBridge:
    """A `Bridge` mixed in this worker. Runs once.

    `first_customer_frame_at_s` is the clock's time at which the agent was sent the customer's first frame, None before.
    """

    def __init__(self, *, ticker: Ticker, clock: Clock, customer: Leg, agent: Leg) -> None:
        self._ticker = ticker
        self._clock = clock
        self._legs: dict[Party, Leg] = {Party.CUSTOMER: customer, Party.AGENT: agent}
        self._buffers = {party: JitterBuffer() for party in self._legs}
        self._monitor: Monitor | None = None
        self._over: asyncio.Future[Party | None] | None = None
        self._readers: dict[Party, asyncio.Task[None]] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._stopped = False
        self._now_ms = 0
        self.first_customer_frame_at_s: float | None = None

    async def run(self) -> Party | None:
        """See `Bridge.run`. What was still queued on the legs is dropped: it would delay the other party for ever.

        Raises:
            BridgeFailed: the mixing broke.
        """
        if self._stopped:
            return None
        over: asyncio.Future[Party | None] = asyncio.get_running_loop().create_future()
        self._over = over
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            for party, leg in self._legs.items():
                leg.flush_playout()
                self._read(party)
            self._ticker.add(self._beat, mixes=True, failed=self._on_failed_beat)
            try:
                await asyncio.wait((over,))
            finally:
                self._tasks = None
                self._ticker.remove(self._beat)
                for reader in self._readers.values():
                    reader.cancel()
        return over.result()

    def stop(self) -> None:
        """See `Bridge.stop`."""
        self._stopped = True
        self._end(None)

    def supervise(self, leg: Leg, mode: Monitor) -> None:
        """Have a supervisor in the call in this mode, or change the mode. Their leg's end is not the call's."""
        self._monitor = mode
        if self._legs.get(Party.SUPERVISOR) is leg:
            return
        self.unsupervise()
        self._monitor = mode
        self._legs[Party.SUPERVISOR] = leg
        self._buffers[Party.SUPERVISOR] = JitterBuffer()
        if self._tasks is not None:
            leg.flush_playout()
            self._read(Party.SUPERVISOR)

    def unsupervise(self) -> None:
        """The supervisor leaves. Idempotent."""
        self._monitor = None
        self._legs.pop(Party.SUPERVISOR, None)
        self._buffers.pop(Party.SUPERVISOR, None)
        reader = self._readers.pop(Party.SUPERVISOR, None)
        if reader is not None:
            reader.cancel()

    # -- inside --------------------------------------------------------------------------------------------------
    def _read(self, party: Party) -> None:
        assert self._tasks is not None
        self._readers[party] = self._tasks.create_task(
            self._follow(party, self._legs[party], self._buffers[party]), name=f"bridge-{party}"
        )

    async def _follow(self, party: Party, leg: Leg, buffer: JitterBuffer) -> None:
        async for chunk in leg.receive():
            buffer.put(chunk.pcm)
        if party is not Party.SUPERVISOR:
            self._end(party)
        elif self._legs.get(party) is leg:
            self._readers.pop(party)
            self.unsupervise()

    def _end(self, ended_by: Party | None) -> None:
        if self._over is not None and not self._over.done():
            self._over.set_result(ended_by)

    def _on_failed_beat(self, exc: Exception) -> None:
        if self._over is not None and not self._over.done():
            self._over.set_exception(BridgeFailed(f"the mixing raised {type(exc).__name__}"))

    def _beat(self) -> None:
        self._now_ms += FRAME_MS
        frames = {party: buffer.take(self._now_ms) for party, buffer in self._buffers.items()}
        for ear, leg in self._legs.items():
            if leg.state is LegState.ANSWERED:  # else it would queue, and be late ever after
                leg.send(mixed([frame for source, frame in frames.items() if hears(ear, source, self._monitor)]))
        if self.first_customer_frame_at_s is None and self._buffers[Party.CUSTOMER].played:
            self.first_customer_frame_at_s = self._clock.monotonic()
