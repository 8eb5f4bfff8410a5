"""WebRTC legs against another aiortc: sound both ways, keys, codecs, ends. Chromium is met in tests/e2e."""

import asyncio
import inspect
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from fractions import Fraction

import av
import numpy as np
import pytest
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.rtcrtpreceiver import RTCRtpReceiver
from aiortc.rtp import RtpPacket

from kernel.clock import LoopClock
from kernel.tasks import alongside
from media.audio import FRAME_BYTES, FRAME_SAMPLES, RATE_HZ
from media.dtmf import encode
from media.leg import Answered, Cause, KeyPressed, LegEnded, LegState
from media.line_leg import LineLeg
from media.ticker import Ticker
from media.webrtc import Codec, OfferRefused, WebRtcLegs


def chirp(seconds: float, from_hz: float, to_hz: float) -> np.ndarray:
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return (8000 * np.sin(2 * np.pi * (from_hz * t + (to_hz - from_hz) / (2 * seconds) * t**2))).astype(np.int16)


class Speaking(MediaStreamTrack):
    """A browser's microphone: a sound, then silence, in real time."""

    kind = "audio"

    def __init__(self, sound: np.ndarray) -> None:
        super().__init__()
        self._sound = sound
        self._at = 0
        self._start: float | None = None

    async def recv(self) -> av.AudioFrame:
        loop = asyncio.get_running_loop()
        self._start = self._start or loop.time()
        await asyncio.sleep(max(0.0, self._start + self._at / RATE_HZ - loop.time()))
        piece = np.zeros(FRAME_SAMPLES, np.int16)
        part = self._sound[self._at : self._at + FRAME_SAMPLES]
        piece[: len(part)] = part
        frame = av.AudioFrame(format="s16", layout="mono", samples=FRAME_SAMPLES)
        frame.planes[0].update(piece.tobytes())
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, self._at, Fraction(1, RATE_HZ)
        self._at += FRAME_SAMPLES
        return frame


class Browser:
    """The far end."""

    def __init__(self, sound: np.ndarray) -> None:
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.connection.addTrack(Speaking(sound))
        self.heard = bytearray()

    async def hear(self) -> None:
        track = self.connection.getReceivers()[0].track
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
        while True:
            frame = await track.recv()
            for piece in resampler.resample(frame):
                self.heard += piece.to_ndarray().tobytes()


@asynccontextmanager
async def connected(
    sound: np.ndarray, codec: Codec, *, silent_s: float = 3.0, idle_s: float = 8.0
) -> AsyncIterator[tuple[Browser, LineLeg]]:
    clock, browser = LoopClock(), Browser(sound)
    ticker = Ticker(clock)
    async with alongside(ticker.run()) as background:
        legs = WebRtcLegs(clock=clock, ticker=ticker, background=background, silent_s=silent_s, idle_s=idle_s)
        await browser.connection.setLocalDescription(await browser.connection.createOffer())
        answer, leg = await legs.answer(browser.connection.localDescription.sdp, id="phone", codec=codec)
        await browser.connection.setRemoteDescription(RTCSessionDescription(sdp=answer, type="answer"))
        async with asyncio.timeout(10):
            async for event in leg.events():
                assert isinstance(event, Answered)
                break
        try:
            yield browser, leg
        finally:
            await browser.connection.close()
            await leg.hang_up()
            await asyncio.sleep(0.2)


def alike(sent: np.ndarray, heard: bytes) -> float:
    """The best normalised correlation over all lags."""
    a, b = sent.astype(float), np.frombuffer(bytes(heard), np.int16).astype(float)
    if len(b) < len(a):
        return 0.0
    products = np.correlate(b, a, mode="valid")
    squares = np.concatenate([[0.0], np.cumsum(b**2)])
    energy = squares[len(a) :] - squares[: -len(a)]
    return float(np.max(products / np.sqrt(np.maximum(energy * np.sum(a**2), 1.0))))


@pytest.mark.parametrize("codec", Codec)
async def test_both_hear_each_other_and_not_themselves(codec: Codec):
    ours, theirs = chirp(1.0, 300, 900), chirp(1.0, 2600, 1500)
    async with connected(theirs, codec) as (browser, leg):
        received = bytearray()

        async def listen() -> None:
            async for chunk in leg.receive():
                received.extend(chunk.pcm)

        async with alongside(listen(), browser.hear()):
            leg.send(ours.tobytes())
            await asyncio.sleep(2.0)
        assert alike(ours, browser.heard) > 0.95
        assert alike(theirs, received) > 0.95
        assert alike(theirs, browser.heard) < 0.3
        assert alike(ours, received) < 0.3


async def test_a_key_of_the_browser_is_a_key_of_the_leg():
    async with connected(np.zeros(160, np.int16), Codec.PCMA) as (browser, leg):
        sender = browser.connection.getSenders()[0]
        events = next(
            codec
            for codec in browser.connection.getTransceivers()[0]._codecs
            if codec.mimeType == "audio/telephone-event"
        )
        for number, press in enumerate(encode("7", timestamp=1000)):
            packet = RtpPacket(
                payload_type=events.payloadType, sequence_number=5000 + number, timestamp=press.timestamp
            )
            packet.ssrc, packet.payload = 4711, press.payload  # beside the sound: its numbers are taken
            await sender.transport._send_rtp(packet.serialize())
        async with asyncio.timeout(3):
            async for event in leg.events():
                assert isinstance(event, KeyPressed)
                assert event.digit == "7"
                break


async def test_a_browser_that_goes_ends_the_leg():
    async with connected(np.zeros(160, np.int16), Codec.PCMA) as (browser, leg):
        await browser.connection.close()
        async with asyncio.timeout(6):
            [event] = [event async for event in leg.events()]
        assert isinstance(event, LegEnded)


async def test_who_only_listens_stays_and_who_vanishes_does_not(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("aioice.ice.CONSENT_INTERVAL", 0.5)  # of the far end too: a browser's are 2.5 s apart
    async with connected(chirp(0.5, 300, 900), Codec.PCMA, silent_s=1.5, idle_s=3.0) as (browser, leg):
        await asyncio.sleep(0.5)
        browser.connection.getSenders()[0].replaceTrack(None)
        await asyncio.sleep(4.0)
        assert leg.state is LegState.ANSWERED
        await browser.connection.getSenders()[0].transport.transport._connection.close()  # without a word
        async with asyncio.timeout(6):
            assert [type(event) async for event in leg.events()] == [LegEnded]
        assert leg.cause is Cause.NETWORK_FAILURE


async def test_who_speaks_and_vanishes_is_missed_soon():
    async with connected(chirp(0.5, 300, 900), Codec.PCMA, silent_s=0.6, idle_s=30.0) as (browser, leg):
        await asyncio.sleep(0.5)
        await browser.connection.getSenders()[0].transport.transport._connection.close()
        async with asyncio.timeout(4):
            assert [type(event) async for event in leg.events()] == [LegEnded]
        assert leg.cause is Cause.NETWORK_FAILURE


async def test_hanging_up_closes_the_connection():
    async with connected(np.zeros(160, np.int16), Codec.PCMA) as (browser, leg):
        await leg.hang_up()
        async with asyncio.timeout(5):
            while browser.connection.connectionState not in ("closed", "failed"):
                await asyncio.sleep(0.05)
        assert leg.cause is Cause.NORMAL


@pytest.mark.parametrize(
    "offer", ["", "v=0\r\n", "nonsense", "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio x"]
)
async def test_an_offer_that_is_none_is_refused(offer: str):
    clock = LoopClock()
    async with alongside() as background:
        legs = WebRtcLegs(clock=clock, ticker=Ticker(clock), background=background)
        with pytest.raises(OfferRefused):
            await legs.answer(offer, id="phone")


def test_the_private_names_we_hold_on_to_are_still_there():
    assert list(inspect.signature(RTCRtpReceiver._handle_rtp_packet).parameters) == [
        "self",
        "packet",
        "arrival_time_ms",
    ]
    names = inspect.getsource(RTCRtpReceiver.__init__)
    assert "self.__remote_streams" in names
    assert "self.__codecs" in names
    assert FRAME_BYTES == 2 * FRAME_SAMPLES
    assert RTCRtpSender.getCapabilities("audio").codecs
