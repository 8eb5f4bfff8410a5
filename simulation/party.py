"""One simulated customer on the telephone: a process of its own, sound in, sound out, on absolute 20 ms deadlines.

What they do is simulation.talker's. What crosses to the platform is sound, keys and signalling. It writes the call's stereo recording itself, left
its clean speech as sent, right what it hears, from the answer on, and a report beside it.
"""

import json
import random
import select
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from media.audio import FRAME_SAMPLES, RATE_HZ
from media.audiosocket import BadFrame, Decoder, Kind, frame
from simulation.line import PhoneLine
from simulation.personas import Persona, Result
from simulation.talker import Talker
from simulation.voices import Mouth, Speaker
from speech.prompt import Move

_CAUSES: Final[dict[Result, tuple[int, int]]] = {  # (SIP, Q.850)
    Result.BUSY: (486, 17),
    Result.NO_ANSWER: (408, 19),
    Result.SWITCHED_OFF: (480, 20),
    Result.NOT_IN_SERVICE: (404, 1),
    Result.REJECTED: (603, 21),
}
_NORMAL: Final = (200, 16)
_BROKEN: Final = (503, 38)
_CANCELLED: Final = (487, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the platform dialled, and how this call is drawn. `folder`: where the recording and the report go."""

    uuid: str
    number: str
    audio: tuple[str, int]
    ring_timeout_s: float
    persona: Persona
    speaker: Speaker
    seed: int
    folder: Path
    calls: str = ""  # this number of the platform's, instead of being called; then `audio` comes with its answer


class Party:
    """Lives one call. `run` blocks until it is over."""

    def __init__(self, order: Order, exchange: socket.socket, mouth: Mouth) -> None:
        self._order = order
        self._exchange = exchange
        self._draw = random.Random(order.seed)
        self._talker = Talker(
            persona=order.persona,
            speaker=order.speaker,
            draw=self._draw,
            voice=mouth,
            wire=PhoneLine(order.persona.defaults.noise_db, order.seed),
        )
        self._orders = b""
        self._audio_at = order.audio
        self._taken = False
        self._audio: socket.socket | None = None
        self._decoder = Decoder()
        self._ended: tuple[int, int] | None = None
        self._answered_at: float | None = None

    def run(self) -> None:
        """Ring, perhaps answer, talk, hang up; then write what there is to write."""
        try:
            self._live()
        finally:
            self._report()

    def _live(self) -> None:
        if self._order.calls:
            self._call_in()
            return
        result = self._order.persona.result
        if result in (Result.BUSY, Result.NOT_IN_SERVICE):
            self._wait(self._draw.uniform(0.3, 0.8))
            self._end(_CAUSES[result])
            return
        self._tell("ringing")
        ring_s = self._draw.uniform(*self._order.persona.ring_s)
        if result is Result.NO_ANSWER:
            ring_s = self._order.ring_timeout_s
        self._wait(ring_s)
        if result not in (Result.ANSWERED, Result.VOICEMAIL):
            self._end(_CAUSES[result])
        elif ring_s >= self._order.ring_timeout_s:
            self._end(_CAUSES[Result.NO_ANSWER])
        elif self._ended is None:
            self._talk()

    def _call_in(self) -> None:
        """Call the platform, and talk if it answers; give up when it lets it ring too long."""
        self._tell("incoming", **{"from": self._order.number, "to": self._order.calls})
        deadline = time.monotonic() + self._order.ring_timeout_s
        while not self._taken and self._ended is None and time.monotonic() < deadline:
            self._wait(0.05)
        if self._taken and self._ended is None:
            self._talk()
        else:
            self._end(_CANCELLED)

    # -- the exchange --------------------------------------------------------------------------------------------
    def _tell(self, event: str, **more: object) -> None:
        message = {"event": event, "uuid": self._order.uuid, **more}
        self._exchange.sendall(json.dumps(message).encode() + b"\n")

    def _end(self, cause: tuple[int, int]) -> None:
        if self._ended is None:
            self._ended = cause
            self._tell("ended", sip=cause[0], q850=cause[1])

    def _wait(self, seconds: float) -> None:
        """Let time pass, unless the platform hangs up."""
        deadline = time.monotonic() + seconds
        while self._ended is None and (left := deadline - time.monotonic()) > 0:
            if select.select((self._exchange,), (), (), left)[0]:
                self._read_orders()

    def _read_orders(self) -> None:
        data = self._exchange.recv(65536)
        if not data:
            self._ended = _BROKEN
            return
        *lines, self._orders = (self._orders + data).split(b"\n")
        for line in lines:
            order = json.loads(line)
            if order["op"] == "hangup":
                self._ended = self._ended or (_NORMAL if self._answered_at else _CANCELLED)
            elif order["op"] == "answer":
                host, port = str(order["audio"]).rsplit(":", 1)
                self._audio_at, self._taken = (host, int(port)), True
            elif order["op"] == "mark":
                self._talker.mark(int(order["at"]), order["what"], [Move(move) for move in order["moves"]])

    # -- the call ------------------------------------------------------------------------------------------------
    def _talk(self) -> None:
        self._audio = socket.create_connection(self._audio_at, timeout=5)
        self._audio.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._audio.sendall(frame(Kind.UUID, UUID(self._order.uuid).bytes))
        self._tell("answered")
        self._answered_at = time.time()
        start = time.monotonic()
        self._talker.answer()
        tick = 0
        while self._ended is None:
            self._listen(start + tick * 0.02)
            if self._ended is not None:
                break
            step = self._talker.step()
            if step.press:
                self._tell("dtmf", digit=step.press)
            try:
                self._audio.sendall(frame(Kind.SLIN, step.pcm))
            except OSError:
                self._ended = self._ended or _NORMAL
            if step.hang_up:
                self._end(_NORMAL)
            tick += 1
        self._audio.close()

    def _listen(self, deadline: float) -> None:
        """Read what comes until the deadline."""
        assert self._audio is not None
        while True:
            left = deadline - time.monotonic()
            ready = select.select((self._audio, self._exchange), (), (), max(0.0, left))[0]
            if self._exchange in ready:
                self._read_orders()
            if self._audio in ready:
                self._read_audio()
            if self._ended is not None or (not ready and left <= 0) or left <= -0.005:
                return

    def _read_audio(self) -> None:
        assert self._audio is not None
        try:
            data = self._audio.recv(65536)
            frames = self._decoder.feed(data) if data else [(Kind.HANG_UP, b"")]
        except (OSError, BadFrame):
            frames = [(Kind.HANG_UP, b"")]
        for kind, payload in frames:
            if kind is Kind.SLIN:
                self._talker.take(payload)
            elif kind is Kind.HANG_UP:
                self._ended = self._ended or _NORMAL

    # -- what remains --------------------------------------------------------------------------------------------
    def _report(self) -> None:
        """The recording and the report, whole or not at all."""
        order = self._order
        answered = self._answered_at is not None
        tape = self._talker.tape
        heard_s = len(tape.left) * FRAME_SAMPLES / RATE_HZ
        wav = order.folder / f"{order.uuid}.wav"
        if answered:
            for turn in tape.turns:
                turn["end_s"] = min(turn["end_s"], heard_s)
            tape.write(wav)
        report = {
            "uuid": order.uuid,
            "number": order.number,
            "persona": order.persona.id,
            "truth": order.persona.truth.value,
            "voice": order.speaker.voice,
            "unseen_voice": order.speaker.unseen,
            "seed": order.seed,
            "answered_at": self._answered_at,
            "wav": wav.name if answered else None,
            "length_s": heard_s,
            "turns": [turn for turn in tape.turns if turn["start_s"] < turn["end_s"]],
            "tx_map": tape.tx_map,
            "cause": self._ended,
        }
        part = order.folder / f"{order.uuid}.json.part"
        part.write_text(json.dumps(report), encoding="utf-8")
        part.replace(order.folder / f"{order.uuid}.json")
