"""Two legs joined, and a supervisor where one is: every party's sound through a jitter buffer, mixed on the heartbeat."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from kernel.clock import Clock
from media.audio import SILENT_FRAME
from media.jitter import JitterBuffer
from media.leg import Leg
from media.mix import Monitor, Party, hears, mixed
from media.ticker import Ticker


class Bridge(Protocol):
    """Joins a customer's and an agent's leg until one ends or `stop`."""

    async def run(self) -> Party | None:
        """Whose leg ended it; None when it was stopped. The legs are left as they are."""

    def stop(self) -> None: ...


class MixingBridge:
    """A `Bridge` mixed in this worker.

    `tap(customer_frame, agent_frame)` gets every 20 ms what each side said, for a recorder. `first_customer_frame_s` is
    the clock's time at which the agent was sent the customer's first frame.
    """

    def __init__(
        self,
        *,
        ticker: Ticker,
        clock: Clock,
        customer: Leg,
        agent: Leg,
        tap: Callable[[bytes, bytes], None] | None = None,
    ) -> None:
        self._ticker = ticker
        self._clock = clock
        self._legs: dict[Party, Leg] = {Party.CUSTOMER: customer, Party.AGENT: agent}
        self._buffers = {party: JitterBuffer() for party in self._legs}
        self._monitor: Monitor | None = None
        self._tap = tap
        self._over: asyncio.Queue[Party | None] = asyncio.Queue()
        self._now_ms = 0
        self._arrived: set[Party] = set()
        self.first_customer_frame_s: float | None = None

    async def run(self) -> Party | None:
        """See `Bridge.run`."""
        async with asyncio.TaskGroup() as tasks:
            readers = [tasks.create_task(self._read(party)) for party in self._legs]
            self._ticker.add(self._beat)
            try:
                return await self._over.get()
            finally:
                self._ticker.remove(self._beat)
                for reader in readers:
                    reader.cancel()

    def stop(self) -> None:
        """Part the legs."""
        self._over.put_nowait(None)

    def monitor(self, leg: Leg | None, mode: Monitor = Monitor.LISTEN) -> None:
        """Have a supervisor in the call, in this mode; None: no longer.."""
        self._monitor = mode if leg is not None else None
        if leg is None:
            self._legs.pop(Party.SUPERVISOR, None)
            self._buffers.pop(Party.SUPERVISOR, None)
        else:
            self._legs[Party.SUPERVISOR] = leg
            self._buffers.setdefault(Party.SUPERVISOR, JitterBuffer())

    def hear_supervisor(self, pcm: bytes) -> None:
        """Sound of the supervisor's leg, read by whoever owns that leg."""
        buffer = self._buffers.get(Party.SUPERVISOR)
        if buffer is not None:
            buffer.put(pcm)

    async def _read(self, party: Party) -> None:
        async for chunk in self._legs[party].receive():
            self._buffers[party].put(chunk.pcm)
            self._arrived.add(party)
        self._over.put_nowait(party)

    def _beat(self) -> None:
        self._now_ms += 20
        frames = {party: buffer.take(self._now_ms) for party, buffer in self._buffers.items()}
        for ear, leg in self._legs.items():
            leg.send(mixed(frames[source] for source in frames if hears(ear, source, self._monitor)))
        if self.first_customer_frame_s is None and Party.CUSTOMER in self._arrived:
            self.first_customer_frame_s = self._clock.monotonic()
        if self._tap is not None:
            self._tap(frames.get(Party.CUSTOMER, SILENT_FRAME), frames.get(Party.AGENT, SILENT_FRAME))
