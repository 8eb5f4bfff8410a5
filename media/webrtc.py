"""WebRTC legs: a browser's offer in, an answer and a leg out. The only module that knows aiortc.

Theory of operation. The stock path of aiortc decodes in a thread and buffers 80 ms (5 % of a core and 100 ms a call). Here
the worker's heartbeat hands 20 ms to `LineLeg.transmit`, we encode them to A-law ourselves and give aiortc a packet that is
already encoded; and what arrives is taken before aiortc's own receiver sees it, put in order and handed to the leg at once:
0.45 % of a core and 1-2 ms. That hook, and the receiver statistics we keep for it, are private names of aiortc: the version
is pinned, and tests/media/test_webrtc.py fails when they move.

A leg is answered when ICE and DTLS stand, and ends when the connection does, or when nothing arrived for `silent_s` (a
browser that was closed hard says no goodbye; ICE would notice after half a minute). Who only listens sends no sound, just a
check of the path every few seconds: there it takes `idle_s`.
"""

import asyncio
from collections.abc import Callable
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final, TypeAlias

import av
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCIceTransport,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.codecs import CODECS
from aiortc.codecs.opus import OpusDecoder
from aiortc.jitterbuffer import JitterFrame
from aiortc.mediastreams import MediaStreamError
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.rtp import RtpPacket

from kernel.clock import Clock
from kernel.errors import JingyinError
from kernel.log import get_logger
from kernel.tasks import Background
from media.audio import FRAME_MS, FRAME_SAMPLES, RATE_HZ, SILENT_FRAME
from media.dtmf import KeyReader, Press
from media.g711 import alaw_decode, alaw_encode
from media.leg import Cause, LegState
from media.line_leg import LineLeg
from media.resample import Resampler
from media.rtp import Sequencer
from media.ticker import Ticker

_CONNECT_WITHIN_S: Final = 15.0
_WATCH_EVERY_S: Final = 0.5
_STOPPED_S: Final = 1.0  # no sound for so long, and a sign of life after it: the microphone was taken away
_UNSENT: Final = 10  # frames: beyond that the connection does not take them, and the oldest go
_KEYS: Final = "audio/telephone-event"
_OPUS_HZ: Final = 48_000
_OPUS_BYTES: Final = 2 * _OPUS_HZ * FRAME_MS // 1000
_TIME_BASE: Final = Fraction(1, RATE_HZ)

log = get_logger(__name__)

_Sent: TypeAlias = "av.Packet[Any] | av.AudioFrame"  # Any: packets of no stream

CODECS["audio"].append(RTCRtpCodecParameters(mimeType=_KEYS, clockRate=RATE_HZ, channels=1, payloadType=101))


class Codec(StrEnum):
    """How sound travels. PCMA costs next to nothing; Opus stands loss better."""

    PCMA = "audio/PCMA"
    OPUS = "audio/opus"


class OfferRefused(JingyinError):
    """The browser's offer cannot be answered."""

    code = "media.offer_refused"


class WebRtcLegs:
    """Answers offers. `background` owns the connections' work; ending it, or a leg, closes them."""

    def __init__(
        self, *, clock: Clock, ticker: Ticker, background: Background, silent_s: float = 3.0, idle_s: float = 8.0
    ) -> None:
        self._clock = clock
        self._ticker = ticker
        self._background = background
        self._silent_s = silent_s
        self._idle_s = idle_s

    async def answer(self, offer: str, *, id: str, codec: Codec = Codec.PCMA) -> tuple[str, LineLeg]:
        """The answer's SDP, and the leg: TRYING until the connection stands.

        Raises:
            OfferRefused: no SDP, or nothing we could speak.
        """
        connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        try:
            wire = await _Wire.agree(connection, offer, codec)
        except OfferRefused:
            await connection.close()
            raise
        except Exception as exc:  # whatever a stranger's SDP does to the parser
            await connection.close()
            raise OfferRefused(
                f"the offer cannot be read ({type(exc).__name__})",
                where=id,
                remedy="Send the SDP of a browser's offer.",
            ) from exc
        leg = LineLeg(
            id,
            clock=self._clock,
            ticker=self._ticker,
            transmit=wire.send,
            dismiss=lambda cause: None,
            released=wire.over.set,
        )
        wire.attach(leg, self._clock)
        self._background.start(self._live(wire, leg), name=f"webrtc-{id}")
        return connection.localDescription.sdp, leg

    async def _live(self, wire: "_Wire", leg: LineLeg) -> None:
        """Watch the connection until the leg is over, then close it."""
        began_s = self._clock.monotonic()
        try:
            while leg.state is not LegState.ENDED:
                now_s = self._clock.monotonic()
                if leg.state is LegState.TRYING and now_s - began_s > _CONNECT_WITHIN_S:
                    leg.ended(Cause.NO_ANSWER)
                elif leg.state is LegState.ANSWERED and wire.quiet_for_s(now_s) > (
                    limit_s := self._idle_s if wire.only_listens else self._silent_s
                ):
                    log.warning("nothing arrives any more", leg=leg.id, silent_s=limit_s)
                    leg.ended(Cause.NETWORK_FAILURE)
                try:
                    async with asyncio.timeout(_WATCH_EVERY_S):
                        await wire.over.wait()
                except TimeoutError:
                    continue
        finally:
            if leg.state is not LegState.ENDED:
                leg.ended(Cause.NORMAL)
            await wire.close()


class _Wire:
    """One connection: sound out by a track, sound and keys in by the hook."""

    def __init__(self, connection: RTCPeerConnection, receiver: RTCRtpReceiver, track: "_Outbound") -> None:
        self._connection = connection
        self._track = track
        self._order = Sequencer()
        self._keys = KeyReader()
        self._opus: OpusDecoder | None = None
        self._narrow = Resampler(_OPUS_HZ, RATE_HZ)
        self._statistics: dict[int, Any] = receiver._RTCRtpReceiver__remote_streams  # type: ignore[attr-defined]  # Any: private to aiortc
        self._codecs: dict[int, RTCRtpCodecParameters] = receiver._RTCRtpReceiver__codecs  # type: ignore[attr-defined]  # the same
        self._leg: LineLeg | None = None
        self._clock: Clock | None = None
        self.over = asyncio.Event()
        self._up_s = 0.0
        self._sound_s: float | None = None  # when sound last came
        self._sign_s = 0.0  # when the browser last asked whether we are there
        receiver._handle_rtp_packet = self._on_packet  # type: ignore[method-assign]  # the hook

    @classmethod
    async def agree(cls, connection: RTCPeerConnection, offer: str, codec: Codec) -> "_Wire":
        """Take the offer, prefer `codec`, and make the answer."""
        track = _Outbound()
        transceiver = connection.addTransceiver(track, direction="sendrecv")
        capabilities = RTCRtpSender.getCapabilities("audio").codecs
        wanted = sorted(
            (one for one in capabilities if one.mimeType in (*Codec, _KEYS)),
            key=lambda one: (one.mimeType == _KEYS, one.mimeType != codec),
        )
        transceiver.setCodecPreferences(wanted)  # before the offer is read: that is when aiortc chooses
        await connection.setRemoteDescription(RTCSessionDescription(sdp=offer, type="offer"))
        if transceiver.mid is None:
            raise OfferRefused("the offer has no audio", remedy="Add the microphone's track before making the offer.")
        await connection.setLocalDescription(await connection.createAnswer())
        agreed = [one for one in transceiver._codecs if one.mimeType in set(Codec)]
        if not agreed:
            raise OfferRefused("no codec in common", remedy="Offer PCMA or Opus.", case="no_codec")
        track.speak(Codec(agreed[0].mimeType))
        wire = cls(connection, transceiver.receiver, track)
        wire.watch(transceiver.receiver.transport.transport)
        return wire

    def watch(self, ice: RTCIceTransport) -> None:
        """Take the browser's checks for signs of life (RFC 7675: every few seconds, whether or not there is sound)."""
        path = ice._connection
        checked = path.request_received

        def request_received(message: Any, *more: Any) -> None:  # Any: aioice's
            if self._clock is not None:
                self._sign_s = self._clock.monotonic()
            checked(message, *more)

        path.request_received = request_received  # type: ignore[assignment, method-assign]  # the hook

    @property
    def only_listens(self) -> bool:
        """It sends no sound, or ceased to, and still is there."""
        return self._sound_s is None or self._sign_s - self._sound_s > _STOPPED_S

    def quiet_for_s(self, now_s: float) -> float:
        """Since anything came."""
        return now_s - max(self._up_s, self._sign_s, self._sound_s or 0.0)

    def attach(self, leg: LineLeg, clock: Clock) -> None:
        """From now on what happens goes to the leg."""
        self._leg, self._clock = leg, clock

        @self._connection.on("connectionstatechange")
        def changed() -> None:
            match self._connection.connectionState:
                case "connected":
                    self._up_s = clock.monotonic()
                    leg.answered()
                case "failed":
                    leg.ended(Cause.NETWORK_FAILURE)
                case "closed":
                    leg.ended(Cause.NORMAL)

    def send(self, pcm: bytes) -> None:
        """20 ms to the browser."""
        self._track.push(pcm)

    async def close(self) -> None:
        """Give everything back. Idempotent."""
        self._track.stop()
        await self._connection.close()

    async def _on_packet(self, packet: RtpPacket, arrival_time_ms: int) -> None:
        """In place of aiortc's own receiver."""
        leg, codec = self._leg, self._codecs.get(packet.payload_type)
        if leg is None or self._clock is None or codec is None or leg.state is LegState.ENDED:
            return
        self._sound_s = self._clock.monotonic()
        if packet.ssrc in self._statistics:
            self._statistics[packet.ssrc].add(packet)
        if codec.mimeType == _KEYS:
            key = self._keys.feed(Press(timestamp=packet.timestamp, payload=packet.payload))
            if key is not None and leg.state is LegState.ANSWERED:
                leg.key(key)
        sound = b"" if codec.mimeType == _KEYS else packet.payload  # a key stands in for sound, and has its number
        for payload in self._order.put(packet.sequence_number, sound):
            leg.on_audio(self._decoded(payload, codec))

    def _decoded(self, payload: bytes | None, codec: RTCRtpCodecParameters) -> bytes:
        if not payload:
            return SILENT_FRAME
        if codec.mimeType == Codec.PCMA:
            return alaw_decode(payload)
        self._opus = self._opus or OpusDecoder()
        frames = self._opus.decode(JitterFrame(data=payload, timestamp=0))
        pcm = b"".join(
            frame.to_ndarray().reshape(-1, 2)[:, 0].tobytes() for frame in frames if isinstance(frame, av.AudioFrame)
        )
        return self._narrow.feed(pcm)


class _Outbound(MediaStreamTrack):
    """What the leg sends, for aiortc to fetch: encoded packets for PCMA, frames for Opus."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._unsent: asyncio.Queue[_Sent | None] = asyncio.Queue(maxsize=_UNSENT)
        self._sent = 0
        self._wide = Resampler(RATE_HZ, _OPUS_HZ)
        self._ready = bytearray()
        self._made = 0
        self._make: Callable[[bytes], _Sent | None] = self._packet
        self.dropped = 0

    def speak(self, codec: Codec) -> None:
        """What was agreed."""
        self._make = self._packet if codec is Codec.PCMA else self._frame

    def push(self, pcm: bytes) -> None:
        """20 ms; never waits."""
        if self._unsent.full():
            self._unsent.get_nowait()
            self.dropped += 1
        made = self._make(pcm)
        if made is not None:
            self._unsent.put_nowait(made)

    async def recv(self) -> "_Sent":
        """For aiortc's sender."""
        data = await self._unsent.get()
        if data is None:
            raise MediaStreamError
        return data

    def stop(self) -> None:
        super().stop()
        if self._unsent.full():
            self._unsent.get_nowait()
        self._unsent.put_nowait(None)

    def _packet(self, pcm: bytes) -> "_Sent":
        packet: av.Packet[Any] = av.Packet(alaw_encode(pcm))  # Any: packets of no stream
        packet.pts, packet.time_base = self._sent, _TIME_BASE
        self._sent += FRAME_SAMPLES
        return packet

    def _frame(self, pcm: bytes) -> "_Sent | None":
        self._ready += self._wide.feed(pcm)
        if len(self._ready) < _OPUS_BYTES:
            return None  # the resampler fills up first
        wide = bytes(self._ready[:_OPUS_BYTES])
        del self._ready[:_OPUS_BYTES]
        frame = av.AudioFrame(format="s16", layout="mono", samples=_OPUS_BYTES // 2)
        frame.planes[0].update(wide)
        frame.sample_rate = _OPUS_HZ
        frame.pts, frame.time_base = self._made, Fraction(1, _OPUS_HZ)
        self._made += _OPUS_BYTES // 2
        return frame
