"""Two legs joined, and a supervisor where one is: every party's sound through a jitter buffer, mixed on the heartbeat.

The customer's leg is the call; the agent's place may change hands (`seat`): another agent, or the same one's phone that came
back. While nobody sits there the customer hears music, if the bridge `keeps`; else the agent's end is the bridge's.

What is received is buffered (two clocks meet here), mixed by the matrix of `media.mix`, queued on the other legs and sent
in the same tick. The bridge neither answers nor hangs up: the legs are as they were when it ends. Recording is not its
business either: a leg is taped where it passes (`Tapeable`), through robot and bridge alike.
"""

import asyncio
from dataclasses import replace
from typing import Any, Protocol

from kernel.clock import Clock
from kernel.errors import JingyinError
from media.audio import FRAME_MS
from media.jitter import JitterBuffer
from media.leg import Leg, LegState
from media.mix import Monitor, Party, Situation, hears, mixed
from media.music import HoldMusic
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

    `keeps`: it stays when the agent's leg ends, until `seat` or `stop`. `first_customer_frame_at_s` is the clock's time at
    which the agent was sent the customer's first frame, None before.
    """

    def __init__(self, *, ticker: Ticker, clock: Clock, customer: Leg, agent: Leg, keeps: bool = False) -> None:
        self._ticker = ticker
        self._clock = clock
        self._keeps = keeps
        self._legs: dict[Party, Leg] = {Party.CUSTOMER: customer, Party.AGENT: agent}
        self._buffers = {party: JitterBuffer() for party in self._legs}
        self._situation = Situation()
        self._music = HoldMusic()
        self._over: asyncio.Future[Party | None] | None = None
        self._readers: dict[Party, asyncio.Task[None]] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._stopped = False
        self._now_ms = 0
        self.first_customer_frame_at_s: float | None = None

    @property
    def situation(self) -> Situation:
        """How it is now."""
        return self._situation

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

    def seat(self, leg: Leg) -> None:
        """Whoever has this leg is the agent from now on; what the one before had still to say is dropped. Not muted."""
        self._leave(Party.AGENT)
        self._become(away=False, muted=False)
        self._enter(Party.AGENT, leg)

    def vacate(self) -> None:
        """The agent's leg is lost: nobody sits there until `seat`. Idempotent."""
        self._leave(Party.AGENT)
        self._become(away=True)

    def hold(self, held: bool) -> None:
        """Have the customer hear music and nobody, and be heard by nobody; or join them again."""
        self._become(held=held)

    def mute(self, muted: bool) -> None:
        """Have nobody hear the agent; or hear them again."""
        self._become(muted=muted)

    def supervise(self, leg: Leg, mode: Monitor) -> None:
        """Have a supervisor in the call in this mode, or change the mode. Their leg's end is not the call's."""
        if self._legs.get(Party.SUPERVISOR) is not leg:
            self._leave(Party.SUPERVISOR)
            self._enter(Party.SUPERVISOR, leg)
        self._become(monitor=mode)

    def unsupervise(self) -> None:
        """The supervisor leaves. Idempotent."""
        self._leave(Party.SUPERVISOR)
        self._become(monitor=None)

    # -- inside --------------------------------------------------------------------------------------------------
    def _become(self, **change: Any) -> None:  # Any: fields of a Situation
        before, self._situation = self._situation, replace(self._situation, **change)
        if self._situation.music and not before.music:
            self._music.rewind()

    def _enter(self, party: Party, leg: Leg) -> None:
        self._legs[party] = leg
        self._buffers[party] = JitterBuffer()
        if self._tasks is not None:
            leg.flush_playout()
            self._read(party)

    def _leave(self, party: Party) -> None:
        self._legs.pop(party, None)
        self._buffers.pop(party, None)
        reader = self._readers.pop(party, None)
        if reader is not None:
            reader.cancel()

    def _read(self, party: Party) -> None:
        assert self._tasks is not None
        self._readers[party] = self._tasks.create_task(
            self._follow(party, self._legs[party], self._buffers[party]), name=f"bridge-{party}"
        )

    async def _follow(self, party: Party, leg: Leg, buffer: JitterBuffer) -> None:
        async for chunk in leg.receive():
            buffer.put(chunk.pcm)
        if self._legs.get(party) is not leg:
            return  # its place is another's by now
        self._readers.pop(party)
        if party is Party.SUPERVISOR:
            self.unsupervise()
        elif party is Party.AGENT and self._keeps:
            self.vacate()
        else:
            self._end(party)

    def _end(self, ended_by: Party | None) -> None:
        if self._over is not None and not self._over.done():
            self._over.set_result(ended_by)

    def _on_failed_beat(self, exc: Exception) -> None:
        if self._over is not None and not self._over.done():
            self._over.set_exception(BridgeFailed(f"the mixing raised {type(exc).__name__}"))

    def _beat(self) -> None:
        self._now_ms += FRAME_MS
        frames = {party: buffer.take(self._now_ms) for party, buffer in self._buffers.items()}
        situation = self._situation
        for ear, leg in self._legs.items():
            if leg.state is not LegState.ANSWERED:
                continue  # else it would queue, and be late ever after
            if ear is Party.CUSTOMER and situation.music:
                leg.send(self._music.take())
            else:
                leg.send(mixed([frame for source, frame in frames.items() if hears(ear, source, situation)]))
        if (
            self.first_customer_frame_at_s is None
            and self._buffers[Party.CUSTOMER].played
            and Party.AGENT in self._legs
        ):
            self.first_customer_frame_at_s = self._clock.monotonic()
