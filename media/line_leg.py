"""The leg behind every gateway: a life moved by the network's word, sound in, sound out on the worker's heartbeat.

A gateway makes one, tells it what the network says (`on_network`) and what it hears (`on_audio`), and gives it a way out
(`transmit`, `dismiss`). Everything else, bounded queues, playout, ends, is the same for all gateways.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Final

from kernel.clock import Clock
from kernel.log import get_logger
from kernel.machine import Machine
from kernel.metrics import counter
from media.audio import FRAME_SAMPLES, RATE_HZ, AudioChunk
from media.leg import TABLE, Answered, Cause, EarlyMedia, KeyPressed, LegEnded, LegEvent, LegState, Ringing, Sink
from media.playout import Playout
from media.ticker import Ticker

DROPPED = counter("media_dropped_chunks", help="Received frames that their reader did not read within a second.")

_UNREAD_SAMPLES: Final = RATE_HZ  # a second
_GAP_SAMPLES: Final = RATE_HZ // 5  # received sound that is later than this on a tape has had a gap before it

log = get_logger(__name__)


class LineLeg:
    """A `Leg` that can be taped, with `Marks` where the gateway gives `mark`.

    `transmit(frame)` sends 20 ms to the far end, every tick from the answer on. `dismiss(cause)` tells the network that we
    hang up. `released()` is called once, when the leg has ended, whoever ended it. `mark(what, moves, at)` passes marks on.
    None of them may block.
    """

    def __init__(
        self,
        id: str,
        *,
        clock: Clock,
        ticker: Ticker,
        transmit: Callable[[bytes], None],
        dismiss: Callable[[Cause], None],
        released: Callable[[], None] | None = None,
        mark: Callable[[str, Sequence[str], int], None] | None = None,
    ) -> None:
        self._id = id
        self._clock = clock
        self._ticker = ticker
        self._transmit = transmit
        self._dismiss = dismiss
        self._released = released
        self._mark = mark
        self._machine: Machine[LegState, LegEvent] = Machine(TABLE, LegState.TRYING)
        self._events: deque[LegEvent] = deque()
        self._unread: deque[AudioChunk] = deque()
        self._waiting = 0  # samples unread
        self._news = asyncio.Event()  # something for a reader of events
        self._sound = asyncio.Event()  # something for the reader of audio
        self._empty = asyncio.Event()
        self._empty.set()
        self._playout = Playout()
        self._stalls: list[tuple[int, int]] = []
        self._stalled_until = 0  # tx index; what comes late until then was held up by ourselves: no gap before it
        self._skipped = 0  # the heartbeat's skipped ticks that the playout knows of
        self._received = 0
        self._reader = 0  # the latest; 0: there was none yet
        self._read_by = 0  # the one that reads now; 0: none does
        self._tapes: tuple[tuple[Sink, Sink], ...] = ()
        self._tape_offset: int | None = None  # from rx to tx indices, from the first sound after the answer on
        self.dropped = 0
        self.cause: Cause | None = None

    # -- Leg -----------------------------------------------------------------------------------------------------
    @property
    def id(self) -> str:
        return self._id

    @property
    def state(self) -> LegState:
        return self._machine.state

    @property
    def rate_hz(self) -> int:
        return RATE_HZ

    @property
    def received(self) -> int:
        return self._received

    @property
    def queued(self) -> int:
        return self._playout.queued

    @property
    def playout_position(self) -> int:
        return self._playout.position

    async def events(self) -> AsyncGenerator[LegEvent]:
        """See `Leg.events`."""
        while True:
            while self._events:
                event = self._events.popleft()
                yield event
                if isinstance(event, LegEnded):
                    return
            if self.state is LegState.ENDED:
                return  # its end was told to a reader before
            self._news.clear()
            await self._news.wait()

    async def receive(self) -> AsyncGenerator[AudioChunk]:
        """See `Leg.receive`. A newer reader ends an older one."""
        self._reader += 1
        mine = self._reader
        self._sound.set()  # an older reader wakes and goes
        self._read_by = mine
        try:
            while mine == self._reader:
                while self._unread and mine == self._reader:
                    chunk = self._unread.popleft()
                    self._waiting -= chunk.count
                    yield chunk
                if mine != self._reader or self.state is LegState.ENDED:
                    return
                self._sound.clear()
                await self._sound.wait()
        finally:
            if self._read_by == mine:
                self._read_by = 0

    def send(self, pcm: bytes) -> int:
        """See `Leg.send`. On an ended leg the sound goes nowhere."""
        if self.state is not LegState.ENDED:
            at = self._playout.put(pcm)
            if self._playout.queued:
                self._empty.clear()
            return at
        return self._playout.position

    def flush_playout(self) -> float:
        """See `Leg.flush_playout`."""
        heard_s = self._playout.flush()
        self._empty.set()
        return heard_s

    async def drained(self) -> int:
        """See `Leg.drained`."""
        await self._empty.wait()
        return self._playout.end

    @property
    def stalls(self) -> Sequence[tuple[int, int]]:
        """See `Tapeable`."""
        return self._stalls

    def tape(self, *, received: Sink, sent: Sink) -> Callable[[], None]:
        """See `Tapeable.tape`."""
        pair = (received, sent)
        self._tapes += (pair,)

        def end() -> None:
            self._tapes = tuple(other for other in self._tapes if other is not pair)

        return end

    async def hang_up(self, cause: Cause = Cause.NORMAL) -> None:
        """See `Leg.hang_up`."""
        if self.state is not LegState.ENDED:
            self._dismiss(cause)
            self.on_network(LegEnded(cause=cause, at_s=self._clock.monotonic()))

    # -- Marks ---------------------------------------------------------------------------------------------------
    def prompt_started(self, moves: Sequence[str], at: int) -> None:
        """An utterance with these moves begins at tx index `at`."""
        if self._mark is not None:
            self._mark("started", moves, at)

    def prompt_ended(self, moves: Sequence[str], at: int) -> None:
        """It was played to its end, tx index `at`."""
        if self._mark is not None:
            self._mark("ended", moves, at)

    # -- what the gateway tells ----------------------------------------------------------------------------------
    def ringing(self) -> None:
        """The far end rings."""
        self.on_network(Ringing(at_s=self._clock.monotonic()))

    def early_media(self) -> None:
        """Sound before the answer will come."""
        self.on_network(EarlyMedia(at_s=self._clock.monotonic()))

    def answered(self) -> None:
        """The far end answered."""
        self.on_network(Answered(at_s=self._clock.monotonic()))

    def key(self, digit: str) -> None:
        """A key was pressed."""
        self.on_network(KeyPressed(digit=digit, at=self._received, at_s=self._clock.monotonic()))

    def ended(self, cause: Cause) -> None:
        """The far end or the network ended it."""
        self.on_network(LegEnded(cause=cause, at_s=self._clock.monotonic()))

    def on_network(self, event: LegEvent) -> None:
        """Take the network's word; what does not fit the state (a ring after the answer) is logged and ignored."""
        if not self._machine.takes(event):
            if self.state is not LegState.ENDED:
                log.warning("network event ignored", leg=self._id, state=self.state.value, event=type(event).__name__)
            return
        self._machine.on(event)
        self._events.append(event)
        if isinstance(event, Answered):
            self._skipped = self._ticker.skipped
            self._ticker.add(self._beat, failed=self._on_failed_beat)
        elif isinstance(event, LegEnded):
            self.cause = event.cause
            self._ticker.remove(self._beat)
            self._empty.set()
            self._sound.set()
        self._news.set()
        if isinstance(event, LegEnded) and self._released is not None:
            self._released()

    def on_audio(self, pcm: bytes) -> None:
        """Sound arrived: s16le mono 8 kHz, whole samples."""
        if not pcm or self.state is LegState.ENDED:
            return
        chunk = AudioChunk(pcm=pcm, rate_hz=RATE_HZ, start=self._received)
        self._received = chunk.end
        self._unread.append(chunk)
        self._waiting += chunk.count
        while self._waiting > _UNREAD_SAMPLES:
            self._waiting -= self._unread.popleft().count
            if self._read_by:  # a phone between calls has no reader: nothing is lost
                self.dropped += 1
                DROPPED.inc()
        self._sound.set()
        if self.state is LegState.ANSWERED:
            self._tape_received(chunk)

    # -- inside --------------------------------------------------------------------------------------------------
    def _tape_received(self, chunk: AudioChunk) -> None:
        now = self._playout.position
        late = self._tape_offset is not None and chunk.end + self._tape_offset < now - _GAP_SAMPLES
        if self._tape_offset is None or (late and now >= self._stalled_until):
            self._tape_offset = max(now - chunk.count, 0) - chunk.start
        for received, _ in self._tapes:
            received(chunk.start + self._tape_offset, chunk.pcm)

    def _beat(self) -> None:
        self._skip()
        at = self._playout.position
        frame = self._playout.take()
        self._transmit(frame)
        for _, sent in self._tapes:
            sent(at, frame)
        if not self._playout.queued:
            self._empty.set()

    def _skip(self) -> None:
        """Ticks that are never made up are time all the same: tx indices, and with them the tapes, stay beside what is received."""
        lost, self._skipped = self._ticker.skipped - self._skipped, self._ticker.skipped
        if lost:
            self._stalls.append((self._playout.position, lost * FRAME_SAMPLES))
            self._playout.skip(lost * FRAME_SAMPLES)
            self._stalled_until = self._playout.position + _GAP_SAMPLES  # what waited in the socket is read by then

    def _on_failed_beat(self, exc: Exception) -> None:
        self.ended(Cause.NETWORK_FAILURE)
