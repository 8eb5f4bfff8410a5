"""AudioSocket: frames whatever way they are cut, agents' phones, and far ends of every bad kind on real sockets."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.clock import LoopClock
from kernel.tasks import alongside
from media.audio import FRAME_BYTES
from media.audiosocket import AudioSocketServer, BadFrame, Decoder, Kind, frame
from media.leg import Cause, KeyPressed, LegState
from media.line_leg import LineLeg
from media.ticker import Ticker
from tests.contract.gateway import answered, life, tone

FRAMES = st.lists(st.tuples(st.sampled_from(Kind), st.binary(max_size=700)), max_size=12)


@given(FRAMES, st.lists(st.integers(0, 3000), max_size=20))
def test_frames_come_out_as_they_went_in_whatever_way_the_bytes_are_cut(frames, cuts):
    stream = b"".join(frame(kind, payload) for kind, payload in frames)
    edges = [0, *sorted(cut for cut in cuts if cut < len(stream)), len(stream)]
    decoder = Decoder()
    found = [one for a, b in pairwise(edges) for one in decoder.feed(stream[a:b])]
    assert found == frames


@given(st.binary(max_size=4000))
def test_any_bytes_are_frames_or_refused(data: bytes):
    try:
        for kind, payload in Decoder().feed(data):
            assert isinstance(kind, Kind)
            assert len(payload) <= 8000
    except BadFrame:
        pass


def test_what_came_before_a_bad_frame_is_told():
    decoder = Decoder()
    assert decoder.feed(frame(Kind.DTMF, b"1") + b"\x77\0\0") == [(Kind.DTMF, b"1")]
    assert decoder.broken == "unknown kind 0x77"
    with pytest.raises(BadFrame, match="0x77"):
        decoder.feed(frame(Kind.DTMF, b"2"))


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, object]]:
    """Both loops: uvloop has transports of its own."""
    return ("asyncio", {"use_uvloop": request.param})


@pytest.fixture
async def audio() -> AsyncIterator[AudioSocketServer]:
    clock = LoopClock()
    ticker = Ticker(clock)
    server = AudioSocketServer(clock=clock, ticker=ticker)
    await server.start()
    async with alongside(ticker.run()):
        yield server
        await server.close()
    await asyncio.sleep(0.02)


class Phone:
    """An agent's phone, or somebody who pretends to be one."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._decoder = Decoder()

    @classmethod
    async def call(cls, audio: AudioSocketServer, uuid: UUID | None = None) -> "Phone":
        phone = cls(*await asyncio.open_connection(audio.host, audio.port))
        if uuid is not None:
            phone.say(Kind.UUID, uuid.bytes)
        return phone

    def say(self, kind: Kind, payload: bytes = b"") -> None:
        self.writer.write(frame(kind, payload))

    async def hear(self, samples: int) -> bytes:
        heard = b""
        while len(heard) < 2 * samples and (data := await self.reader.read(4096)):
            heard += b"".join(payload for kind, payload in self._decoder.feed(data) if kind is Kind.SLIN)
        return heard

    async def left_alone(self) -> None:
        """Returns when the platform has closed the connection."""
        try:
            while await self.reader.read(4096):
                pass
        except ConnectionResetError:
            pass
        self.writer.close()


async def test_a_phone_that_connects_has_answered_and_talks_both_ways(audio: AudioSocketServer):
    uuid = uuid4()
    leg = audio.expect(uuid, id="agent-1")
    assert leg.state is LegState.TRYING
    phone = await Phone.call(audio, uuid)
    await answered(leg)
    phone.say(Kind.SLIN, tone(5))
    phone.say(Kind.DTMF, b"*")
    assert (await anext(leg.receive())).pcm == tone(5)
    leg.send(tone(6))
    assert tone(6) in await phone.hear(800)
    phone.say(Kind.HANG_UP)
    events = await life(leg)
    assert [event.digit for event in events if isinstance(event, KeyPressed)] == ["*"]
    assert events[-1].cause is Cause.NORMAL
    await phone.left_alone()
    assert audio.expected == 0


async def test_a_hang_up_of_ours_is_said_before_the_connection_closes(audio: AudioSocketServer):
    uuid = uuid4()
    leg = audio.expect(uuid)
    phone = await Phone.call(audio, uuid)
    await answered(leg)
    await leg.hang_up()
    rest = await phone.reader.read()
    assert rest.endswith(frame(Kind.HANG_UP))
    phone.writer.close()


async def test_a_phone_that_vanishes_is_a_network_failure(audio: AudioSocketServer):
    uuid = uuid4()
    leg = audio.expect(uuid)
    phone = await Phone.call(audio, uuid)
    await answered(leg)
    phone.writer.transport.abort()
    assert (await life(leg))[-1].cause is Cause.NETWORK_FAILURE
    again = audio.expect(uuid)  # the shift goes on: the same phone may come back
    phone = await Phone.call(audio, uuid)
    await answered(again)
    await again.hang_up()
    await phone.left_alone()


async def pair(audio: AudioSocketServer) -> tuple[LineLeg, Phone]:
    uuid = uuid4()
    leg = audio.expect(uuid)
    phone = await Phone.call(audio, uuid)
    await answered(leg)
    return leg, phone


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x77\x00\x01a",
        b"\x10\xff\xff" + bytes(100),
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        frame(Kind.SLIN, bytes(FRAME_BYTES)),
        frame(Kind.DTMF, b"1"),
        frame(Kind.ERROR, b"\x01"),
        frame(Kind.UUID, bytes(16)),
        frame(Kind.UUID, bytes(15)),
        frame(Kind.UUID, b""),
    ],
    ids=["kind", "oversize", "HTTP", "sound first", "key first", "error first", "unknown", "short", "empty"],
)
async def test_a_stranger_is_dropped_and_nobody_notices(audio: AudioSocketServer, garbage: bytes):
    leg, phone = await pair(audio)
    stranger = await Phone.call(audio)
    stranger.writer.write(garbage)
    await stranger.left_alone()
    assert leg.state is LegState.ANSWERED
    phone.say(Kind.SLIN, tone(1))
    assert (await anext(leg.receive())).pcm == tone(1)
    await leg.hang_up()
    await phone.left_alone()


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x77\x00\x01a",
        b"\x10\xff\xff" + bytes(100),
        frame(Kind.SLIN, bytes(321)),
        frame(Kind.UUID, bytes(16)),
        frame(Kind.DTMF, b""),
        frame(Kind.DTMF, b"\xff"),
        frame(Kind.DTMF, b"12"),
        frame(Kind.ERROR, b"\x04"),
    ],
    ids=["kind", "oversize", "half a sample", "second UUID", "no key", "strange key", "two keys", "error"],
)
async def test_a_party_that_breaks_the_protocol_loses_its_own_leg_only(audio: AudioSocketServer, garbage: bytes):
    good, other = await pair(audio)
    bad, phone = await pair(audio)
    phone.say(Kind.SLIN, tone(3))
    phone.writer.write(garbage)
    assert (await life(bad))[-1].cause is Cause.NETWORK_FAILURE
    assert [chunk.pcm async for chunk in bad.receive()] == [tone(3)]  # what came before was heard
    await phone.left_alone()
    assert good.state is LegState.ANSWERED
    await good.hang_up()
    await other.left_alone()


async def test_a_uuid_is_one_connections_only(audio: AudioSocketServer):
    uuid = uuid4()
    leg = audio.expect(uuid)
    with pytest.raises(ValueError, match="already"):
        audio.expect(uuid)
    phone = await Phone.call(audio, uuid)
    await answered(leg)
    second = await Phone.call(audio, uuid)
    await second.left_alone()
    phone.say(Kind.SLIN, tone(4))
    assert (await anext(leg.receive())).pcm == tone(4)
    await leg.hang_up()
    third = await Phone.call(audio, uuid)  # of a leg that has ended
    await third.left_alone()
    await phone.left_alone()


async def test_a_connection_that_says_nothing_is_closed(audio: AudioSocketServer, monkeypatch):
    monkeypatch.setattr("media.audiosocket._UUID_WITHIN_S", 0.05)
    silent = await Phone.call(audio)
    half = await Phone.call(audio)
    half.writer.write(b"\x01\x00\x10half")
    for phone in (silent, half):
        await phone.left_alone()


async def test_a_phone_that_does_not_read_is_dropped(audio: AudioSocketServer, monkeypatch):
    monkeypatch.setattr("media.audiosocket._UNSENT_BYTES", 1000)
    uuid = uuid4()
    leg = audio.expect(uuid)
    deaf = socket.create_connection((audio.host, audio.port))
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    deaf.sendall(frame(Kind.UUID, uuid.bytes))
    await answered(leg)
    assert await _ended(leg, faster=lambda: leg._transmit(bytes(6000))) is Cause.NETWORK_FAILURE
    deaf.close()


async def _ended(leg: LineLeg, *, faster: Callable[[], None]) -> Cause | None:
    async with asyncio.timeout(20):
        while leg.state is not LegState.ENDED:
            faster()
            await asyncio.sleep(0)
    return leg.cause


async def test_closing_the_server_ends_legs_that_wait_and_legs_that_talk(audio: AudioSocketServer):
    waiting = audio.expect(uuid4())
    talking, phone = await pair(audio)
    await audio.close()
    for leg in (waiting, talking):
        assert (await life(leg))[-1].cause is Cause.NETWORK_FAILURE
    await phone.left_alone()
    assert audio.expected == 0
