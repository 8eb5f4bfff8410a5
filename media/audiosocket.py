"""AudioSocket, as Asterisk speaks it: sound of one leg on one TCP connection.

A frame is one byte of kind, two bytes big-endian length, then the payload. The caller's first frame is the UUID of the
call. https://docs.asterisk.org/Configuration/Channel-Drivers/AudioSocket and github.com/CyCoreSystems/audiosocket: kinds
0x00 hang-up, 0x01 UUID (16 bytes), 0x03 DTMF (one ASCII digit), 0x10 s16le mono 8 kHz, 0xff error; 0x11-0x18 are other
rates, which we never ask for. AudioSocket does not pace: both ends send a frame every 20 ms.

A connection that breaks the protocol is dropped: sound before the UUID, a UUID nobody expects or that is taken, a second
UUID, an unknown kind, a length nobody sends, half a sample, nothing said for 5 s, an end that does not read. It takes its
own leg with it, as NETWORK_FAILURE, and no other. A far end whose machine vanished is found by TCP_USER_TIMEOUT.
"""

import asyncio
import socket
from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Final, cast
from uuid import UUID

from kernel.clock import Clock
from kernel.log import get_logger
from kernel.metrics import counter
from media.dtmf import KEYS
from media.leg import Cause, LegState
from media.line_leg import LineLeg
from media.ticker import Ticker

REFUSED = counter("media_refused_connections", help="AudioSocket connections dropped because they broke the protocol.")

_HEAD_BYTES: Final = 3
_LONGEST: Final = 8000  # bytes: half a second; nobody sends more at a time
_UUID_WITHIN_S: Final = 5.0
_CAUSE_WITHIN_S: Final = 0.5  # between the end of the sound and the network's word why
_UNSENT_BYTES: Final = 64_000  # four seconds of sound the far end has not read
_SEND_BUFFER_BYTES: Final = 32_768  # in the kernel: small, so that the bound above means something
_UNACKNOWLEDGED_MS: Final = 10_000

log = get_logger(__name__)


class Kind(IntEnum):
    """Kinds of frames."""

    HANG_UP = 0x00
    UUID = 0x01
    DTMF = 0x03
    SLIN = 0x10
    ERROR = 0xFF


class BadFrame(ValueError):
    """The bytes are no AudioSocket; the connection cannot be followed any further."""


def frame(kind: Kind, payload: bytes = b"") -> bytes:
    """One frame as bytes."""
    return bytes((kind,)) + len(payload).to_bytes(2, "big") + payload


class Decoder:
    """Bytes in, frames out. `broken` says why the stream cannot be followed any further, None while it can."""

    def __init__(self) -> None:
        self._buffer = b""
        self.broken: str | None = None

    def feed(self, data: bytes) -> list[tuple[Kind, bytes]]:
        """Whole frames of what has come so far.

        Raises:
            BadFrame: a kind nobody knows, or a length nobody sends, and no good frame before it (else `broken` tells).
        """
        if self._buffer:
            data = self._buffer + data
        frames = []
        at, end = 0, len(data)
        while end - at >= _HEAD_BYTES and self.broken is None:
            kind = _KINDS.get(data[at])
            length = data[at + 1] << 8 | data[at + 2]
            payload_at = at + _HEAD_BYTES
            if kind is None:
                self.broken = f"unknown kind 0x{data[at]:02x}"
            elif length > _LONGEST:
                self.broken = f"a frame of {length} bytes"
            elif end - payload_at < length:
                break
            else:
                at = payload_at + length
                frames.append((kind, data[payload_at:at]))
        self._buffer = data[at:]
        if self.broken is not None and not frames:
            raise BadFrame(self.broken)
        return frames


_KINDS: Final = {int(kind): kind for kind in Kind}


def at_once(transport: asyncio.BaseTransport) -> None:
    """No Nagle: small frames leave when they are written. (asyncio does so by itself; uvloop and others may not.)"""
    raw = transport.get_extra_info("socket")
    if raw is not None and raw.family in (socket.AF_INET, socket.AF_INET6):
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class _Place:
    """A leg that waits for its connection, then has it."""

    def __init__(self, uuid: UUID, *, answers: bool) -> None:
        self.uuid = uuid
        self.answers = answers
        self.leg: LineLeg  # set by `expect` at once
        self.wire: _Wire | None = None

    def transmit(self, pcm: bytes) -> None:
        """A frame to the far end; before it has connected, to nobody."""
        if self.wire is not None:
            self.wire.send(Kind.SLIN, pcm)


class AudioSocketServer:
    """Takes AudioSocket connections and joins each to the leg that expects its UUID."""

    def __init__(self, *, clock: Clock, ticker: Ticker) -> None:
        self._clock = clock
        self._ticker = ticker
        self._places: dict[UUID, _Place] = {}
        self._wires: set[_Wire] = set()
        self._server: asyncio.Server | None = None
        self.host = ""
        self.port = 0

    @property
    def expected(self) -> int:
        """Legs that are up or wait for their connection."""
        return len(self._places)

    def connected(self, uuid: UUID) -> bool:
        """True when the leg that expects this UUID is up and has its sound."""
        place = self._places.get(uuid)
        return place is not None and place.wire is not None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; `port` 0 takes a free one (then in `self.port`).

        Raises:
            OSError: the port is taken.
        """
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Wire(self), host, port)
        self.host, self.port = self._server.sockets[0].getsockname()[:2]

    async def close(self) -> None:
        """End all connections; their legs end as NETWORK_FAILURE."""
        if self._server is not None:
            self._server.close()
        for place in tuple(self._places.values()):
            place.leg.ended(Cause.NETWORK_FAILURE)
        for wire in tuple(self._wires):
            wire.abort()
        if self._server is not None:
            await self._server.wait_closed()

    def expect(
        self,
        uuid: UUID,
        *,
        id: str | None = None,
        answers: bool = True,
        dismiss: Callable[[Cause], None] | None = None,
        released: Callable[[], None] | None = None,
        mark: Callable[[str, Sequence[str], int], None] | None = None,
    ) -> LineLeg:
        """A leg whose sound will come by a connection with this UUID. It waits until it comes or the leg is hung up.

        `answers`: the connection is the answer, and its end the end (an agent's phone). Else the network's signalling says
        so to the leg; when the sound ends first, the network has half a second to say why. The rest: see `LineLeg`.

        Raises:
            ValueError: the UUID is expected already.
        """
        if uuid in self._places:
            raise ValueError("this UUID is expected already")
        place = _Place(uuid, answers=answers)

        def on_release() -> None:
            self._places.pop(uuid, None)
            if place.wire is not None:
                place.wire.hang_up()
            if released is not None:
                released()

        place.leg = LineLeg(
            id or str(uuid),
            clock=self._clock,
            ticker=self._ticker,
            transmit=place.transmit,
            dismiss=dismiss or _nobody_to_tell,
            released=on_release,
            mark=mark,
        )
        self._places[uuid] = place
        return place.leg

    # -- what connections tell -----------------------------------------------------------------------------------
    def opened(self, wire: "_Wire") -> None:
        """A connection came."""
        self._wires.add(wire)

    def join(self, uuid: UUID, wire: "_Wire") -> _Place | None:
        """The place of a connection that told its UUID; None when nobody expects it, or it is taken."""
        place = self._places.get(uuid)
        if place is None or place.wire is not None:
            return None
        place.wire = wire
        if place.answers:
            place.leg.answered()
        return place

    def closed(self, wire: "_Wire", place: _Place | None) -> None:
        """A connection went; a leg that is still up has lost its network, unless the network says otherwise."""
        self._wires.discard(wire)
        if place is None or place.leg.state is LegState.ENDED:
            return
        said_goodbye = wire.said_goodbye and place.leg.state is LegState.ANSWERED
        cause = Cause.NORMAL if said_goodbye else Cause.NETWORK_FAILURE
        if place.answers or wire.dropped:
            place.leg.ended(cause)
        else:
            asyncio.get_running_loop().call_later(_CAUSE_WITHIN_S, place.leg.ended, cause)


def _nobody_to_tell(cause: Cause) -> None:
    """The connection's end says it all."""


class _Wire(asyncio.Protocol):
    """One connection."""

    def __init__(self, server: AudioSocketServer) -> None:
        self._server = server
        self._decoder = Decoder()
        self._transport: asyncio.Transport | None = None
        self._place: _Place | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self.said_goodbye = False
        self.dropped = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one, but not by its class
        at_once(self._transport)
        _bound(self._transport)
        self._deadline = asyncio.get_running_loop().call_later(_UUID_WITHIN_S, self.drop, "no UUID in time")
        self._server.opened(self)

    def data_received(self, data: bytes) -> None:
        try:
            frames = self._decoder.feed(data)
        except BadFrame as exc:
            self.drop(str(exc))
            return
        for kind, payload in frames:
            if kind is Kind.SLIN and self._place is not None and not len(payload) % 2:
                self._place.leg.on_audio(payload)
            elif trouble := self._on_other(kind, payload):
                self.drop(trouble)
                return
        if self._decoder.broken is not None:
            self.drop(self._decoder.broken)

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        self._server.closed(self, self._place)

    def send(self, kind: Kind, payload: bytes = b"") -> None:
        """Send a frame; a far end that reads no more is dropped."""
        if self._transport is None or self._transport.is_closing():
            return
        self._transport.write(frame(kind, payload))
        if self._transport.get_write_buffer_size() > _UNSENT_BYTES:
            self.drop("it does not read")

    def hang_up(self) -> None:
        """Say goodbye and close."""
        self.send(Kind.HANG_UP)
        if self._transport is not None:
            self._transport.close()

    def drop(self, reason: str) -> None:
        """Close without a word."""
        if self._transport is not None and not self.dropped:
            self.dropped = True
            REFUSED.inc()
            log.warning("audio connection dropped", reason=reason)
            self._transport.abort()

    def abort(self) -> None:
        """Close at once, whatever is unsent."""
        if self._transport is not None:
            self._transport.abort()

    def _on_other(self, kind: Kind, payload: bytes) -> str | None:
        """Take a frame that is not sound; why the connection must go, if it must."""
        match kind:
            case Kind.UUID if len(payload) == 16 and self._place is None:
                self._disarm()
                self._place = self._server.join(UUID(bytes=payload), self)
                return None if self._place is not None else "nobody expects its UUID, or it is taken"
            case Kind.UUID:
                return "a second UUID" if self._place is not None else "a UUID of other than 16 bytes"
            case Kind.HANG_UP:
                self.said_goodbye = True
                if self._transport is not None:
                    self._transport.close()
                return None
            case _ if self._place is None:
                return "its first frame is no UUID"
            case Kind.SLIN:
                return "half a sample"
            case Kind.DTMF:
                if len(payload) != 1 or chr(payload[0]) not in KEYS:
                    return "a key that no telephone has"
                self._place.leg.key(chr(payload[0]))
                return None
            case Kind.ERROR:
                return f"the far end has an error: {payload[:8].hex()}"

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def _bound(transport: asyncio.Transport) -> None:
    """Little sound in the kernel's hands, and an end when nobody acknowledges it (Linux)."""
    raw = transport.get_extra_info("socket")
    if raw is None:
        return
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
    if raw.family in (socket.AF_INET, socket.AF_INET6):
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNACKNOWLEDGED_MS)
