"""Legs within one process: the platform's end and a far end that a test, a replay or a WAV file plays.

Runs in real time, or in virtual time on a `VirtualTimeLoop`, bit by bit the same.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from kernel.clock import Clock
from kernel.tasks import Background
from media.audio import RATE_HZ, AudioChunk
from media.leg import Cause, Dial, Incoming, LegState
from media.line_leg import LineLeg
from media.ticker import Ticker

_UNHEARD_FRAMES: Final = 3000  # a minute
_WAITING_CALLS: Final = 20  # to us, that nobody has looked at yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A mark of the platform: `what` is "started" or "ended"; `at` a tx sample index of the platform's leg."""

    what: str
    moves: tuple[str, ...]
    at: int


class FarEnd:
    """The customer's side of a loopback leg. `leg` is the platform's side."""

    def __init__(self, dial: Dial, clock: Clock, ticker: Ticker) -> None:
        self.dial = dial
        self.clock = clock
        self.marks: list[Mark] = []
        self.cause: Cause | None = None  # why the platform hung up
        self.settled = asyncio.Event()  # answered or over: rings no more
        self._heard: deque[AudioChunk] = deque(maxlen=_UNHEARD_FRAMES)
        self._news = asyncio.Event()
        self._position = 0
        self.leg = LineLeg(
            dial.call_id,
            clock=clock,
            ticker=ticker,
            transmit=self._on_frame,
            dismiss=self._on_hang_up,
            released=self._on_end,
            mark=self._on_mark,
        )

    @property
    def over(self) -> bool:
        """The leg has ended, whoever ended it."""
        return self.leg.state is LegState.ENDED

    def ring(self) -> None:
        """Ring."""
        self.leg.ringing()

    def early_media(self) -> None:
        """Announce sound before the answer."""
        self.leg.early_media()

    def answer(self) -> None:
        """Pick up."""
        self.leg.answered()
        self.settled.set()

    def send(self, pcm: bytes) -> None:
        """Sound towards the platform, s16le mono 8 kHz, usually 20 ms."""
        self.leg.on_audio(pcm)

    def press(self, digit: str) -> None:
        """Press a key."""
        self.leg.key(digit)

    def hang_up(self, cause: Cause = Cause.NORMAL) -> None:
        """End the call from this side."""
        self.leg.ended(cause)

    async def receive(self) -> AsyncGenerator[AudioChunk]:
        """What the platform sends, a frame every 20 ms from the answer on; `start` is the tx index.

        One reader at a time. A far end that does not read keeps the last minute.
        """
        while True:
            while self._heard:
                yield self._heard.popleft()
            if self.over:
                return
            self._news.clear()
            await self._news.wait()

    def _on_frame(self, frame: bytes) -> None:
        self._heard.append(AudioChunk(pcm=frame, rate_hz=RATE_HZ, start=self._position))
        self._position += len(frame) // 2
        self._news.set()

    def _on_hang_up(self, cause: Cause) -> None:
        self.cause = cause

    def _on_end(self) -> None:
        self.settled.set()
        self._news.set()

    def _on_mark(self, what: str, moves: Sequence[str], at: int) -> None:
        self.marks.append(Mark(what=what, moves=tuple(moves), at=at))


class LoopbackGateway:
    """A gateway whose far ends are played by `answer`, one task a call in `background`.

    A far end whose script returns without hanging up has hung up.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        ticker: Ticker,
        background: Background,
        answer: Callable[[FarEnd], Awaitable[None]],
    ) -> None:
        self._clock = clock
        self._ticker = ticker
        self._background = background
        self._answer = answer
        self._incoming: asyncio.Queue[Incoming] = asyncio.Queue(maxsize=_WAITING_CALLS)

    async def incoming(self) -> AsyncGenerator[Incoming]:
        """See `Gateway.incoming`."""
        while True:
            yield await self._incoming.get()

    def call_in(self, dial: Dial, play: Callable[[FarEnd], Awaitable[None]]) -> FarEnd:
        """Have somebody call us: from `dial.caller_id` to `dial.number`. `play` is their end, ringing already; when it
        returns they have hung up. They give up after `dial.ring_timeout_s`."""
        far = FarEnd(dial, self._clock, self._ticker)
        far.ring()
        call = Incoming(caller=dial.caller_id, called=dial.number, leg=far.leg, answer=far.answer)
        try:
            self._incoming.put_nowait(call)
        except asyncio.QueueFull:
            far.hang_up(Cause.BUSY)
        self._background.start(self._play(far, play), name=f"caller-{dial.call_id}")
        self._background.start(_give_up_ringing(far, Cause.CANCELLED), name=f"ring-{dial.call_id}")
        return far

    async def originate(self, dial: Dial) -> LineLeg:
        """Place a call; the far end begins to play at once. Rings `dial.ring_timeout_s` at most."""
        far = FarEnd(dial, self._clock, self._ticker)
        self._background.start(self._play(far, self._answer), name=f"far-end-{dial.call_id}")
        self._background.start(_give_up_ringing(far, Cause.NO_ANSWER), name=f"ring-{dial.call_id}")
        return far.leg

    async def _play(self, far: FarEnd, play: Callable[[FarEnd], Awaitable[None]]) -> None:
        try:
            await play(far)
        finally:
            if not far.over:
                far.hang_up(Cause.NORMAL if far.leg.state is LegState.ANSWERED else Cause.NETWORK_FAILURE)


async def _give_up_ringing(far: FarEnd, cause: Cause) -> None:
    try:
        async with asyncio.timeout(far.dial.ring_timeout_s):
            await far.settled.wait()
    except TimeoutError:
        far.hang_up(cause)
