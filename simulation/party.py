"""One simulated customer on the telephone: a process of its own, sound in, sound out, on absolute 20 ms deadlines.

What crosses to the platform is sound, keys and signalling. What it learns of the robot is the sound on its leg plus marks:
which moves begin and end at which sample (tx index) of what it is sent. It writes the call's stereo recording itself, left
its clean speech as sent, right what it hears, from the answer on, and a report beside it.
"""

import json
import random
import select
import socket
import time
import wave
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import numpy as np

from media.audio import FRAME_BYTES, FRAME_SAMPLES, RATE_HZ, level_dbfs
from media.audiosocket import BadFrame, Decoder, Kind, frame
from simulation.line import PhoneLine
from simulation.personas import Ending, Persona, Result
from simulation.script import Line, Script
from simulation.voices import Clip, Mouth, Speaker
from speech.prompt import Move

_LOUD_DBFS: Final = -45.0
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
# What a mailbox says: the simulator's own wordings, known to no assistant.
_ANNOUNCEMENTS: Final = (
    "the person you have called is not available at the moment. please leave your message after the tone.",
    "hello, you have reached the mailbox of this number. nobody can take your call right now, please record a message.",
    "this is an automatic answering service. the subscriber cannot be reached. speak after the beep to leave a message.",
)
_BEEP_S: Final = 0.5
_LONGEST_S: Final = 240.0


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


@dataclass(slots=True, kw_only=True)
class _Tape:
    """The recording: what was said and heard since the answer, and where the platform's samples lie in it."""

    left: list[np.ndarray] = field(default_factory=list)
    right: list[bytes] = field(default_factory=list)
    turns: list[dict[str, Any]] = field(default_factory=list)  # Any: JSON
    tx_map: list[tuple[int, int]] = field(default_factory=list)

    def write(self, path: Path) -> None:
        left = np.concatenate(self.left) if self.left else np.zeros(0)
        right = np.frombuffer(b"".join(self.right), dtype=np.int16)
        stereo = np.column_stack([left.astype(np.int16), right[: len(left)]])
        part = path.with_suffix(".part")
        with wave.open(str(part), "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes(stereo.tobytes())
        part.replace(path)


class Party:
    """Lives one call. `run` blocks until it is over."""

    def __init__(self, order: Order, exchange: socket.socket, mouth: Mouth) -> None:
        self._order = order
        self._exchange = exchange
        self._mouth = mouth
        self._draw = random.Random(order.seed)
        self._script = Script(order.persona, self._draw)
        self._line = PhoneLine(order.persona.defaults.noise_db, order.seed)
        self._orders = b""
        self._audio: socket.socket | None = None
        self._decoder = Decoder()
        self._unheard = bytearray()
        self._tx = 0  # tx index of the next unheard sample
        self._marks: deque[tuple[int, str, tuple[Move, ...]]] = deque()
        self._tape = _Tape()
        self._saying: Clip = np.zeros(0)
        self._said = 0
        self._after = Ending.NONE
        self._ended: tuple[int, int] | None = None
        self._answered_at: float | None = None
        self._hold = 0

    def run(self) -> None:
        """Ring, perhaps answer, talk, hang up; then write what there is to write."""
        try:
            self._live()
        finally:
            self._report()

    def _live(self) -> None:
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
            elif order["op"] == "mark":
                self._marks.append((int(order["at"]), order["what"], tuple(Move(move) for move in order["moves"])))

    # -- the call ------------------------------------------------------------------------------------------------
    def _talk(self) -> None:
        self._audio = socket.create_connection(self._order.audio, timeout=5)
        self._audio.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._audio.sendall(frame(Kind.UUID, UUID(self._order.uuid).bytes))
        self._tell("answered")
        self._answered_at = time.time()
        start = time.monotonic()
        if self._order.persona.result is Result.VOICEMAIL:
            self._begin_announcement()
        else:
            self._script.answered()
        tick = 0
        while self._ended is None:
            self._listen(start + tick * 0.02)
            if self._ended is not None:
                break
            now_s = tick * 0.02
            self._hear(now_s)
            self._act(now_s)
            self._speak()
            tick += 1
            if now_s > _LONGEST_S:
                self._end(_NORMAL)
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
                self._unheard += payload
            elif kind is Kind.HANG_UP:
                self._ended = self._ended or _NORMAL

    def _hear(self, now_s: float) -> None:
        """Play 20 ms of what came; keep the delay at one frame by leaving out silent ones when more wait."""
        at = len(self._tape.right) * FRAME_SAMPLES
        if not self._tape.tx_map and len(self._unheard) < 2 * FRAME_BYTES and self._hold < 3:
            self._hold += 1  # begin with a frame in hand: the two clocks' phases differ
            self._tape.right.append(bytes(FRAME_BYTES))
            return
        while len(self._unheard) >= 3 * FRAME_BYTES and level_dbfs(bytes(self._unheard[:FRAME_BYTES])) < -70:
            del self._unheard[:FRAME_BYTES]
            self._tx += FRAME_SAMPLES
        if len(self._unheard) < FRAME_BYTES:
            self._tape.right.append(bytes(FRAME_BYTES))
            self._script.sound(now_s, loud=False)
            return
        if not self._tape.tx_map or self._tape.tx_map[-1][0] - self._tape.tx_map[-1][1] != self._tx - at:
            self._tape.tx_map.append((self._tx, at))
        pcm = bytes(self._unheard[:FRAME_BYTES])
        del self._unheard[:FRAME_BYTES]
        self._tx += FRAME_SAMPLES
        self._tape.right.append(pcm)
        while self._marks and self._marks[0][0] <= self._tx:
            _, what, moves = self._marks.popleft()
            if self._order.persona.result is Result.ANSWERED:
                (self._script.prompt_started if what == "started" else self._script.prompt_ended)(moves, now_s)
        self._script.sound(now_s, loud=level_dbfs(pcm) > _LOUD_DBFS)

    def _act(self, now_s: float) -> None:
        if self._said < len(self._saying) or self._order.persona.result is Result.VOICEMAIL:
            return
        line = self._script.due(now_s)
        if line is None:
            return
        if line.press:
            self._tell("dtmf", digit=line.press)
        if line.say:
            self._begin(line, now_s)
        elif line.hang_up is not Ending.NONE:
            self._end(_NORMAL)

    def _begin(self, line: Line, now_s: float) -> None:
        seed = self._draw.randrange(1 << 30)
        clip = self._mouth.line(line.say, self._order.speaker, seed, self._draw)
        if line.hang_up is Ending.MID_SENTENCE:
            clip = clip[: len(clip) * 6 // 10 // FRAME_SAMPLES * FRAME_SAMPLES]
        self._say(clip, line.say, line.kind.value)
        self._after = line.hang_up
        self._script.spoke(now_s + len(clip) / RATE_HZ)

    def _say(self, clip: Clip, text: str, kind: str) -> None:
        start = len(self._tape.left) * FRAME_SAMPLES
        self._saying, self._said = clip, 0
        self._tape.turns.append(
            {"kind": kind, "said": text, "start_s": start / RATE_HZ, "end_s": (start + len(clip)) / RATE_HZ}
        )

    def _begin_announcement(self) -> None:
        text = self._draw.choice(_ANNOUNCEMENTS)
        spoken = self._mouth.say(text, self._order.speaker, self._draw.randrange(1 << 30))
        beep = 6000 * np.sin(
            2 * np.pi * self._draw.choice((425, 800, 1000, 1400)) * np.arange(round(_BEEP_S * RATE_HZ)) / RATE_HZ
        )
        quiet = np.zeros(round(self._draw.uniform(0.3, 0.8) / 0.02) * FRAME_SAMPLES)
        clip = np.concatenate([quiet, spoken, np.zeros(FRAME_SAMPLES * 20), beep])
        self._say(clip, text, "announcement")
        self._tape.turns[-1]["start_s"] += len(quiet) / RATE_HZ

    def _speak(self) -> None:
        """Send 20 ms: the clean speech with the line's noise on it."""
        assert self._audio is not None
        clean = self._saying[self._said : self._said + FRAME_SAMPLES]
        was_speaking = self._said < len(self._saying)
        self._said = min(len(self._saying), self._said + FRAME_SAMPLES)
        clean = np.pad(clean, (0, FRAME_SAMPLES - len(clean)))
        self._tape.left.append(clean)
        try:
            self._audio.sendall(frame(Kind.SLIN, self._line.carry(clean)))
        except OSError:
            self._ended = self._ended or _NORMAL
        if was_speaking and self._said >= len(self._saying) and self._after is not Ending.NONE:
            self._end(_NORMAL)

    # -- what remains --------------------------------------------------------------------------------------------
    def _report(self) -> None:
        """The recording and the report, whole or not at all."""
        order = self._order
        answered = self._answered_at is not None
        heard_s = len(self._tape.left) * FRAME_SAMPLES / RATE_HZ
        wav = order.folder / f"{order.uuid}.wav"
        if answered:
            for turn in self._tape.turns:
                turn["end_s"] = min(turn["end_s"], heard_s)
            self._tape.write(wav)
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
            "turns": [turn for turn in self._tape.turns if turn["start_s"] < turn["end_s"]],
            "tx_map": self._tape.tx_map,
            "cause": self._ended,
        }
        part = order.folder / f"{order.uuid}.json.part"
        part.write_text(json.dumps(report), encoding="utf-8")
        part.replace(order.folder / f"{order.uuid}.json")
