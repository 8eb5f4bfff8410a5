"""Legs and gateways: one audio party of a call, also before it answers, and what places and takes calls.

The life of a leg is a table; times are the clock's monotonic seconds, audio positions are sample indices at 8000 Hz: rx
counts what was received since the leg began, tx what was sent since the answer (a frame every 20 ms, silence included).
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final, Protocol, runtime_checkable

from kernel.errors import JingyinError
from kernel.machine import Table
from media.audio import AudioChunk


class LegState(StrEnum):
    """Where a leg is in a telephone's life."""

    TRYING = "trying"
    RINGING = "ringing"
    EARLY_MEDIA = "early_media"
    ANSWERED = "answered"
    ENDED = "ended"


class Cause(Enum):
    """Why a leg ended: (SIP status, Q.850 cause)."""

    NORMAL = (200, 16)
    BUSY = (486, 17)
    NO_ANSWER = (408, 19)
    SWITCHED_OFF = (480, 20)
    REJECTED = (603, 21)
    NOT_IN_SERVICE = (404, 1)
    INVALID_NUMBER = (484, 28)
    NETWORK_FAILURE = (503, 38)
    CANCELLED = (487, 31)

    @property
    def sip(self) -> int:
        return self.value[0]

    @property
    def q850(self) -> int:
        return self.value[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ringing:
    """The far end rings."""

    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyMedia:
    """Sound before the answer: announcements, tones."""

    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Somebody, or something, answered."""

    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPressed:
    """A key of the far end. `at` is the rx sample index."""

    digit: str
    at: int
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LegEnded:
    """The last event of a leg."""

    cause: Cause
    at_s: float


LegEvent = Ringing | EarlyMedia | Answered | KeyPressed | LegEnded

TABLE: Final[Table[LegState, type[LegEvent]]] = {
    (LegState.TRYING, Ringing): LegState.RINGING,
    (LegState.TRYING, EarlyMedia): LegState.EARLY_MEDIA,
    (LegState.TRYING, Answered): LegState.ANSWERED,
    (LegState.TRYING, LegEnded): LegState.ENDED,
    (LegState.RINGING, EarlyMedia): LegState.EARLY_MEDIA,
    (LegState.RINGING, Answered): LegState.ANSWERED,
    (LegState.RINGING, LegEnded): LegState.ENDED,
    (LegState.EARLY_MEDIA, Ringing): LegState.EARLY_MEDIA,
    (LegState.EARLY_MEDIA, Answered): LegState.ANSWERED,
    (LegState.EARLY_MEDIA, LegEnded): LegState.ENDED,
    (LegState.ANSWERED, KeyPressed): LegState.ANSWERED,
    (LegState.ANSWERED, LegEnded): LegState.ENDED,
}


class GatewayUnavailable(JingyinError):
    """No call could be placed. `before_network`: the network never saw it, so it may be tried again."""

    code = "media.gateway_unavailable"
    retryable = True

    def __init__(self, message: str, *, where: str = "", before_network: bool) -> None:
        super().__init__(message, where=where, remedy="Start the gateway, or correct its address.")
        self.before_network = before_network


class Leg(Protocol):
    """One audio party. Owned by whoever got it from the gateway; ended by `hang_up`."""

    @property
    def id(self) -> str: ...

    @property
    def state(self) -> LegState: ...

    @property
    def rate_hz(self) -> int: ...

    def events(self) -> AsyncIterator[LegEvent]:
        """Everything from the start, for one reader; ends after `LegEnded`."""

    def receive(self) -> AsyncIterator[AudioChunk]:
        """Frames as they arrive, before the answer early media; ends with the leg.

        One reader at a time (a second may follow when the first was closed). At most 1 s waits; older sound is dropped
        and counted.
        """

    @property
    def received(self) -> int:
        """rx samples so far."""

    def send(self, pcm: bytes) -> int:
        """Queue s16le mono 8 kHz; the tx index at which its first sample goes out if nothing is flushed.

        Allowed before the answer: index 0 leaves with the first frame after it. On an ended leg the sound goes nowhere.
        """

    @property
    def queued(self) -> int:
        """Samples queued and not yet sent."""

    @property
    def playout_position(self) -> int:
        """tx index of the next sample to be sent."""

    def flush_playout(self) -> float:
        """Drop what is queued: seconds really sent of what was queued since the queue was last empty, exact to the sample.

        What is dropped never goes out; a frame that left within the last tick counts as heard.
        """

    async def drained(self) -> int:
        """Wait until the queue is empty or the leg ended; the tx index after the last queued sample that was sent."""

    async def hang_up(self, cause: Cause = Cause.NORMAL) -> None:
        """End the leg. Idempotent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial:
    """Whom to call. Numbers in E.164; the network gives up ringing after `ring_timeout_s`."""

    number: str
    caller_id: str
    ring_timeout_s: float
    call_id: str

    def __repr__(self) -> str:
        return f"Dial(call_id={self.call_id!r}, number='***')"


Sink = Callable[[int, bytes], None]
"""Takes s16le mono 8 kHz at a sample index. Must not block."""


@runtime_checkable
class Tapeable(Protocol):
    """A leg that can be recorded where it passes, whoever reads and sends at the time. `stalls`: tx index and samples of each
    time in which nothing was sent because the machine was too busy."""

    @property
    def stalls(self) -> Sequence[tuple[int, int]]: ...

    def tape(self, *, received: Sink, sent: Sink) -> Callable[[], None]:
        """Both directions from now on, after the answer, on one clock: tx sample indices. The result ends it.

        What is received lies where it arrived; its own order and distances are kept, but for gaps of over 200 ms.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A call to us. Its leg rings until it is answered here (`answer`, once) or the caller gives up; who does not want it
    hangs the leg up with a cause. Numbers in E.164 as the network tells them; `caller` is "" when it was withheld."""

    caller: str
    called: str
    leg: Leg
    answer: Callable[[], None]

    def __repr__(self) -> str:
        return f"Incoming(leg={self.leg.id!r}, caller='***')"


class Gateway(Protocol):
    """Places and takes calls."""

    async def originate(self, dial: Dial) -> Leg:
        """Returns as soon as the network took it.

        Raises:
            GatewayUnavailable: it did not.
        """

    def incoming(self) -> AsyncIterator[Incoming]:
        """Calls to us as they come, for one reader. While nobody reads, some wait, and the others hear that we are busy."""


@runtime_checkable
class Marks(Protocol):
    """What loopback legs alone can: tell the simulated party which steps of a conversation it hears, at tx indices."""

    def prompt_started(self, moves: Sequence[str], at: int) -> None: ...

    def prompt_ended(self, moves: Sequence[str], at: int) -> None: ...
