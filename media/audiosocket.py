"""AudioSocket, as Asterisk speaks it: sound of one leg on one TCP connection.

A frame is one byte of kind, two bytes big-endian length, then the payload. The caller's first frame is the UUID of the
call. https://docs.asterisk.org/Configuration/Channel-Drivers/AudioSocket (kinds 0x00 hang-up, 0x01 UUID, 0x03 DTMF,
0x10 s16le mono 8 kHz, 0xff error). AudioSocket does not pace: both ends send a frame every 20 ms.
"""

import asyncio
import socket
from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Final
from uuid import UUID

from kernel.clock import Clock
from kernel.log import get_logger
from media.leg import Cause, LegState
from media.line_leg import LineLeg
from media.ticker import Ticker

_HEAD_BYTES: Final = 3
_LONGEST: Final = 8000  # bytes: half a second; nobody sends more at a time
_UUID_WITHIN_S: Final = 5.0
_UNSENT_BYTES: Final = 64_000  # four seconds of sound the far end has not read

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
    """Bytes in, frames out."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[tuple[Kind, bytes]]:
        """Whole frames of what has come so far.

        Raises:
            BadFrame: a kind nobody knows, or a length nobody sends.
        """
        self._buffer += data
        frames = []
        at = 0
        while len(self._buffer) - at >= _HEAD_BYTES:
            length = int.from_bytes(self._buffer[at + 1 : at + 3], "big")
            try:
                kind = Kind(self._buffer[at])
            except ValueError:
                raise BadFrame(f"unknown kind 0x{self._buffer[at]:02x}") from None
            if length > _LONGEST:
                raise BadFrame(f"a frame of {length} bytes")
            if len(self._buffer) - at < _HEAD_BYTES + length:
                break
            frames.append((kind, bytes(self._buffer[at + _HEAD_BYTES : at + _HEAD_BYTES + length])))
            at += _HEAD_BYTES + length
        del self._buffer[:at]
        return frames


class _Place:
    """A leg that waits for its connection, then has it."""

    def __init__(self, leg: LineLeg | None, *, answers: bool) -> None:
        self.leg = leg
        self.answers = answers
        self.wire: _Wire | None = None


class AudioSocketServer:
    """Takes AudioSocket connections and joins each to the leg that expects its UUID."""

    def __init__(self, *, clock: Clock, ticker: Ticker) -> None:
        self.clock = clock
        self._ticker = ticker
        self._places: dict[UUID, _Place] = {}
        self._wires: set[_Wire] = set()
        self._server: asyncio.Server | None = None
        self.host = ""
        self.port = 0

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; `port` 0 takes a free one (then in `self.port`).

        Raises:
            OSError: the port is taken.
        """
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Wire(self), host, port)
        self.host, self.port = self._server.sockets[0].getsockname()[:2]

    async def close(self) -> None:
        """End all connections; their legs end with NETWORK_FAILURE."""
        if self._server is not None:
            self._server.close()
        for wire in tuple(self._wires):
            wire.drop()
        for place in tuple(self._places.values()):
            if place.leg is not None:
                place.leg.ended(Cause.NETWORK_FAILURE)
        self._places.clear()
        if self._server is not None:
            await self._server.wait_closed()

    def expect(
        self,
        uuid: UUID,
        *,
        id: str,
        answers: bool,
        dismiss: Callable[[Cause], None] = lambda cause: None,
        mark: Callable[[str, Sequence[str], int], None] | None = None,
    ) -> LineLeg:
        """A leg whose sound will come by a connection with this UUID.

        `answers`: the connection is the answer (an agent's phone); else the network's signalling says so.
        """
        place = _Place(None, answers=answers)

        def transmit(pcm: bytes) -> None:
            if place.wire is not None:
                place.wire.send(Kind.SLIN, pcm)

        def on_dismiss(cause: Cause) -> None:
            self._places.pop(uuid, None)
            if place.wire is not None:
                place.wire.hang_up()
            dismiss(cause)

        place.leg = LineLeg(id, clock=self.clock, ticker=self._ticker, transmit=transmit, dismiss=on_dismiss, mark=mark)
        self._places[uuid] = place
        return place.leg

    # -- what connections tell -----------------------------------------------------------------------------------
    def join(self, uuid: UUID, wire: "_Wire") -> _Place | None:
        """The place of a connection that told its UUID; None when nobody expects it, or it is taken."""
        place = self._places.get(uuid)
        if place is None or place.wire is not None or place.leg is None:
            log.warning("audio connection refused", known=place is not None)
            return None
        place.wire = wire
        if place.answers:
            place.leg.answered()
        return place

    def opened(self, wire: "_Wire") -> None:
        """A connection came."""
        self._wires.add(wire)

    def closed(self, wire: "_Wire", place: _Place | None) -> None:
        """A connection went; a leg that was still up has lost its network."""
        self._wires.discard(wire)
        if place is not None and place.leg is not None:
            self._places = {uuid: other for uuid, other in self._places.items() if other is not place}
            if place.leg.state is not LegState.ENDED:
                place.leg.ended(Cause.NORMAL if wire.said_goodbye else Cause.NETWORK_FAILURE)


class _Wire(asyncio.Protocol):
    """One connection."""

    def __init__(self, server: AudioSocketServer) -> None:
        self._server = server
        self._decoder = Decoder()
        self._transport: asyncio.Transport | None = None
        self._place: _Place | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self.said_goodbye = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        raw = transport.get_extra_info("socket")
        if raw is not None and raw.family in (socket.AF_INET, socket.AF_INET6):
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._deadline = asyncio.get_running_loop().call_later(_UUID_WITHIN_S, self.drop)
        self._server.opened(self)

    def data_received(self, data: bytes) -> None:
        try:
            frames = self._decoder.feed(data)
        except BadFrame as exc:
            log.warning("audio connection dropped", reason=str(exc))
            self.drop()
            return
        for kind, payload in frames:
            self._on_frame(kind, payload)

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        self._server.closed(self, self._place)

    def send(self, kind: Kind, payload: bytes) -> None:
        """Send a frame; a far end that reads no more is dropped."""
        if self._transport is None or self._transport.is_closing():
            return
        self._transport.write(frame(kind, payload))
        if self._transport.get_write_buffer_size() > _UNSENT_BYTES:
            log.warning("audio connection dropped", reason="it does not read")
            self.drop()

    def hang_up(self) -> None:
        """Say goodbye and close."""
        self.send(Kind.HANG_UP, b"")
        if self._transport is not None:
            self._transport.close()

    def drop(self) -> None:
        """Close without a word."""
        if self._transport is not None:
            self._transport.abort()

    def _on_frame(self, kind: Kind, payload: bytes) -> None:
        if kind is Kind.UUID:
            self._on_uuid(payload)
        elif self._place is None or self._place.leg is None:
            log.warning("audio connection dropped", reason="sound before its UUID")
            self.drop()
        elif kind is Kind.SLIN:
            self._place.leg.on_audio(payload)
        elif kind is Kind.DTMF and payload:
            self._place.leg.key(payload[:1].decode("ascii", "replace"))
        elif kind is Kind.HANG_UP:
            self.said_goodbye = True
            if self._transport is not None:
                self._transport.close()

    def _on_uuid(self, payload: bytes) -> None:
        if len(payload) == 16 and self._place is None:
            self._disarm()
            self._place = self._server.join(UUID(bytes=payload), self)
        if self._place is None:
            self.drop()

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
