"""The other ends of the media bench, in processes of their own: customers on AudioSocket, agents with WebRTC (PCMA).

    python -m tests.bench.far_ends customers|agents FOLDER

Orders come as JSON lines on stdin, and answers go to stdout. Both write down when each frame left and when each came, by the
machine's monotonic clock, which all its processes share; `{"op":"end"}` has it written to FOLDER and ends the process.

    customers   {"op":"call","uuid","port","number","unbroken"}   a customer who sends numbered frames and reads them
                {"op":"talk","uuid","port"}                       one who talks with a robot; {"over": uuid} when it hung up
    agents      {"op":"offer","number","unbroken"}                -> {"number","sdp"}; then {"op":"answer","number","sdp"}
                {"op":"impair","loss","jitter_s"}                 what they send is lost and delayed so from now on (0: no more)
"""

import argparse
import asyncio
import json
import random
import sys
import time
from array import array
from collections.abc import AsyncIterator, Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import av
import numpy as np
import uvloop
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription

from kernel.process import end_with_parent
from kernel.tasks import Background, alongside
from media.audio import FRAME_BYTES, FRAME_SAMPLES, SILENT_FRAME
from media.audiosocket import Decoder, Kind, frame
from media.g711 import alaw_encode
from tests.bench.numbered import PERIOD_S, frame_of, in_pause, number_in, payload_of

_PHRASES: Final = (
    "hello",
    "yes go on",
    "how much does it cost",
    "who is calling",
    "yes i would like to try it",
    "i want to talk to a human",
)
_SAYS_EVERY_S: Final = 4.0
_TIME_BASE: Final = Fraction(1, 8000)
_RTP: Final = range(128, 192)  # the first byte of RTP and RTCP (RFC 7983)
_LEAST_SOUND: Final = 160  # bytes: a packet of 20 ms is longer, one of RTCP shorter
Json = dict[str, Any]


class Book:
    """What one end sent and got."""

    def __init__(self) -> None:
        self.sent = array("d")  # number, time
        self.got = array("d")  # index, number, time

    def left(self, number: int) -> None:
        """A frame leaves now."""
        self.sent.extend((number, time.monotonic()))

    def came(self, index: int, number: int | None, at_s: float) -> None:
        """Frame `index` of the worker's heartbeat came."""
        self.got.extend((index, -1 if number is None else number, at_s))

    def save(self, path: Path) -> None:
        """As two arrays of rows."""
        np.savez(path, sent=np.array(self.sent).reshape(-1, 2), got=np.array(self.got).reshape(-1, 3))


async def paced(phase_s: float = 0.0) -> AsyncIterator[int]:
    """0, 1, … every 20 ms by absolute deadlines."""
    start_s, number = time.monotonic() + phase_s, 0
    while True:
        await asyncio.sleep(max(0.0, start_s + number * PERIOD_S - time.monotonic()))
        yield number
        number += 1


class Line(asyncio.Protocol):
    """A connection of AudioSocket, from the party's side."""

    def __init__(self, uuid: UUID, on_frame: Callable[[bytes], None]) -> None:
        self._uuid = uuid
        self._decoder = Decoder()
        self._on_frame = on_frame
        self.transport: asyncio.Transport | None = None
        self.over = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # a Transport
        self.send(Kind.UUID, self._uuid.bytes)

    def data_received(self, data: bytes) -> None:
        for kind, payload in self._decoder.feed(data):
            if kind is Kind.SLIN:
                self._on_frame(payload)
            elif kind is Kind.HANG_UP:
                self.over.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.over.set()

    def send(self, kind: Kind, payload: bytes) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(frame(kind, payload))


class Customers:
    """All customers."""

    def __init__(self, folder: Path, background: Background, phrases: Sequence[bytes]) -> None:
        self._folder = folder
        self._background = background
        self._books: dict[int, Book] = {}
        self._phrases = phrases

    async def order(self, what: Json) -> None:
        match what["op"]:
            case "call":
                self._background.start(self._call(what))
            case "talk":
                self._background.start(self._talk(UUID(what["uuid"]), what["port"]))

    async def _call(self, what: Json) -> None:
        book = self._books[what["number"]] = Book()

        def heard(pcm: bytes) -> None:
            book.came(len(book.got) // 3, number_in(alaw_encode(pcm)), time.monotonic())

        line = await self._connect(UUID(what["uuid"]), what["port"], heard)
        async for number in paced(random.uniform(0, PERIOD_S)):
            if line.over.is_set():
                return
            book.left(number)
            line.send(Kind.SLIN, frame_of(number, quiet=in_pause(number, unbroken=what["unbroken"])))

    async def _talk(self, uuid: UUID, port: int) -> None:
        """A hello, then a phrase now and then, until the robot hangs up."""
        line = await self._connect(uuid, port, lambda pcm: None)
        draw, queue = random.Random(uuid.int), bytearray()
        every = round(_SAYS_EVERY_S / PERIOD_S)
        async for number in paced(random.uniform(0, PERIOD_S)):
            if line.over.is_set():
                say({"over": str(uuid)})
                return
            if number % every == 20:
                queue += self._phrases[0] if number < every else draw.choice(self._phrases[1:])
            line.send(Kind.SLIN, bytes(queue[:FRAME_BYTES]).ljust(FRAME_BYTES, b"\0") if queue else SILENT_FRAME)
            del queue[:FRAME_BYTES]

    async def _connect(self, uuid: UUID, port: int, on_frame: Callable[[bytes], None]) -> Line:
        _, line = await asyncio.get_running_loop().create_connection(lambda: Line(uuid, on_frame), "127.0.0.1", port)
        return line

    def save(self) -> None:
        for number, book in self._books.items():
            book.save(self._folder / f"customer-{number}.npz")


def spoken() -> list[bytes]:
    """The phrases as sound, whole frames of s16le."""
    from simulation.voices import Mouth, Speaker  # espeak: in this process only when somebody talks

    mouth, speaker = Mouth(), Speaker(voice="en-us", rate_wpm=165, pitch=50, unseen=False)
    return [mouth.say(text, speaker, seed=1).astype(np.int16).tobytes() for text in _PHRASES]


class Microphone(MediaStreamTrack):
    """Numbered frames as packets, encoded already, in real time."""

    kind = "audio"

    def __init__(self, book: Book, *, unbroken: bool) -> None:
        super().__init__()
        self._book = book
        self._unbroken = unbroken
        self._beats = paced(random.uniform(0, PERIOD_S))

    async def recv(self) -> "av.Packet[Any]":
        number = await anext(self._beats)
        packet: av.Packet[Any] = av.Packet(payload_of(number, quiet=in_pause(number, unbroken=self._unbroken)))
        packet.pts, packet.time_base = number * FRAME_SAMPLES, _TIME_BASE
        self._book.left(number)
        return packet


class Agents:
    """All agents' browsers, as far as media goes."""

    def __init__(self, folder: Path, background: Background) -> None:
        self._folder = folder
        self._background = background
        self._books: dict[int, Book] = {}
        self._connections: dict[int, RTCPeerConnection] = {}
        self._loss = self._jitter_s = 0.0

    async def order(self, what: Json) -> None:
        match what["op"]:
            case "offer":
                await self._offer(what["number"], unbroken=what["unbroken"])
            case "answer":
                answer = RTCSessionDescription(sdp=what["sdp"], type="answer")
                await self._connections[what["number"]].setRemoteDescription(answer)
            case "impair":
                self._loss, self._jitter_s = what["loss"], what["jitter_s"]

    async def _offer(self, number: int, *, unbroken: bool) -> None:
        book = self._books[number] = Book()
        connection = self._connections[number] = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        transceiver = connection.addTransceiver(Microphone(book, unbroken=unbroken), direction="sendrecv")
        pcma = [one for one in RTCRtpSender.getCapabilities("audio").codecs if one.mimeType == "audio/PCMA"]
        transceiver.setCodecPreferences(pcma)
        first: list[int] = []

        async def on_packet(packet: Any, arrival_time_ms: int) -> None:  # Any: aiortc's
            first[:] = first or [packet.timestamp]
            index = ((packet.timestamp - first[0]) & 0xFFFFFFFF) // FRAME_SAMPLES
            book.came(index, number_in(packet.payload), time.monotonic())

        transceiver.receiver._handle_rtp_packet = on_packet  # type: ignore[method-assign]  # as media.webrtc does: no decoder, no buffer
        await connection.setLocalDescription(await connection.createOffer())
        self._worsen(connection)
        say({"number": number, "sdp": connection.localDescription.sdp})

    def _worsen(self, connection: RTCPeerConnection) -> None:
        """Loss and delay between encryption and the network; what is delayed may be overtaken."""
        ice = connection.getSenders()[0].transport.transport
        send = ice._send

        async def worse(data: bytes) -> None:
            if self._jitter_s and data[0] in _RTP and len(data) > _LEAST_SOUND:
                if random.random() >= self._loss:
                    self._background.start(later(data, random.uniform(0, self._jitter_s)))
            else:
                await send(data)

        async def later(data: bytes, delay_s: float) -> None:
            await asyncio.sleep(delay_s)
            await send(data)

        ice._send = worse

    def save(self) -> None:
        for number, book in self._books.items():
            book.save(self._folder / f"agent-{number}.npz")


def say(what: Json) -> None:
    """One line to who started us."""
    print(json.dumps(what), flush=True)


async def run(role: str, folder: Path, phrases: Sequence[bytes]) -> None:
    """Take orders until the end."""
    lines = asyncio.StreamReader(limit=1 << 20)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    async with alongside() as background:
        ends = Customers(folder, background, phrases) if role == "customers" else Agents(folder, background)
        say({"ready": role})
        while line := await lines.readline():
            what = json.loads(line)
            if what["op"] == "end":
                ends.save()
                say({"saved": role})
                return
            await ends.order(what)


def main() -> None:
    """The process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("role", choices=("customers", "agents"))
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    end_with_parent()
    phrases = spoken() if given.role == "customers" else ()  # before the loop: each is spoken by a fork
    uvloop.run(run(given.role, given.folder, phrases))


if __name__ == "__main__":
    main()
