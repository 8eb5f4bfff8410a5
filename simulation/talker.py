"""One answered call of a simulated customer, decided 20 ms at a time: sound and marks in, sound, keys and a hang-up out.

No clock and no socket: the party (simulation.party) plays it on a telephone in real time, tests on virtual time. What it is
told of the robot is the sound, and marks: which moves begin and end at which sample (tx index) of what it is sent.
"""

import random
import wave
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from media.audio import FRAME_BYTES, FRAME_SAMPLES, RATE_HZ, level_dbfs
from simulation.personas import Ending, Persona, Result
from simulation.script import Line, Script
from simulation.voices import Clip, Speaker
from speech.prompt import Move

_LOUD_DBFS: Final = -45.0
# What a mailbox says: the simulator's own wordings, known to no assistant.
_ANNOUNCEMENTS: Final = {
    "en": (
        "the person you have called is not available at the moment. please leave your message after the tone.",
        "hello, you have reached the mailbox of this number. nobody can take your call right now, please record a message.",
        "this is an automatic answering service. the subscriber cannot be reached. speak after the beep to leave a message.",
    ),
    "zh": (
        "您好，您拨打的用户暂时无法接听，请在提示音后留言，结束请挂机。",
        "这里是语音信箱，机主现在不能接听您的电话，听到嘀声以后请留下您的姓名和口信。",
        "对不起，您所拨打的电话无人接听，您可以在嘟的一声之后录下您的留言，谢谢。",
    ),
}
_BEEP_S: Final = 0.5
_LONGEST_S: Final = 240.0


class Voice(Protocol):
    """What speaks for the customer: float64 samples at 8000 Hz, int16 scale."""

    def say(self, text: str, speaker: Speaker, seed: int) -> Clip: ...

    def line(self, text: str, speaker: Speaker, seed: int, pauses: random.Random) -> Clip: ...


class Wire(Protocol):
    """What a line does to sound."""

    def carry(self, clean: np.ndarray) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """20 ms: the frame to send, a key to press with it, and whether the customer hangs up after it."""

    pcm: bytes
    press: str = ""
    hang_up: bool = False


@dataclass(slots=True, kw_only=True)
class Tape:
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


class Talker:
    """Lives one answered call. `answer` once, then `step` every 20 ms; `take` and `mark` as things arrive."""

    def __init__(self, *, persona: Persona, speaker: Speaker, draw: random.Random, voice: Voice, wire: Wire) -> None:
        self._persona = persona
        self._speaker = speaker
        self._draw = draw
        self._voice = voice
        self._wire = wire
        self._script = Script(persona, draw)
        self._ticks = 0
        self._unheard = bytearray()
        self._tx = 0  # tx index of the next unheard sample
        self._marks: deque[tuple[int, str, tuple[Move, ...]]] = deque()
        self._saying: Clip = np.zeros(0)
        self._said = 0
        self._after = Ending.NONE
        self._hold = 0
        self.tape = Tape()

    def answer(self) -> None:
        """They pick up, or their mailbox does."""
        if self._persona.result is Result.VOICEMAIL:
            self._begin_announcement()
        else:
            self._script.answered()

    def take(self, pcm: bytes) -> None:
        """Sound that arrived, s16le 8 kHz."""
        self._unheard += pcm

    def mark(self, at: int, what: str, moves: Sequence[Move]) -> None:
        """A prompt with these moves `started` or `ended` at a tx index."""
        self._marks.append((at, what, tuple(moves)))

    def step(self) -> Step:
        """The next 20 ms."""
        now_s = self._ticks * 0.02
        self._ticks += 1
        self._hear(now_s)
        line = self._due(now_s)
        leaves = now_s > _LONGEST_S
        if line is not None and line.say:
            self._begin(line, now_s)
        elif line is not None and line.hang_up is not Ending.NONE:
            leaves = True
        pcm, spoken = self._speak()
        return Step(
            pcm=pcm,
            press=line.press if line is not None else "",
            hang_up=leaves or (spoken and self._after is not Ending.NONE),
        )

    def _hear(self, now_s: float) -> None:
        """Play 20 ms of what came; keep the delay at one frame by leaving out silent ones when more wait."""
        at = len(self.tape.right) * FRAME_SAMPLES
        if not self.tape.tx_map and len(self._unheard) < 2 * FRAME_BYTES and self._hold < 3:
            self._hold += 1  # begin with a frame in hand: the two clocks' phases differ
            self.tape.right.append(bytes(FRAME_BYTES))
            return
        while len(self._unheard) >= 3 * FRAME_BYTES and level_dbfs(bytes(self._unheard[:FRAME_BYTES])) < -70:
            del self._unheard[:FRAME_BYTES]
            self._tx += FRAME_SAMPLES
        if len(self._unheard) < FRAME_BYTES:
            self.tape.right.append(bytes(FRAME_BYTES))
            self._script.sound(now_s, loud=False)
            return
        if not self.tape.tx_map or self.tape.tx_map[-1][0] - self.tape.tx_map[-1][1] != self._tx - at:
            self.tape.tx_map.append((self._tx, at))
        pcm = bytes(self._unheard[:FRAME_BYTES])
        del self._unheard[:FRAME_BYTES]
        self._tx += FRAME_SAMPLES
        self.tape.right.append(pcm)
        while self._marks and self._marks[0][0] <= self._tx:
            _, what, moves = self._marks.popleft()
            if self._persona.result is Result.ANSWERED:
                (self._script.prompt_started if what == "started" else self._script.prompt_ended)(moves, now_s)
        self._script.sound(now_s, loud=level_dbfs(pcm) > _LOUD_DBFS)

    def _due(self, now_s: float) -> Line | None:
        if self._said < len(self._saying) or self._persona.result is Result.VOICEMAIL:
            return None
        return self._script.due(now_s)

    def _begin(self, line: Line, now_s: float) -> None:
        seed = self._draw.randrange(1 << 30)
        clip = self._voice.line(line.say, self._speaker, seed, self._draw)
        if line.hang_up is Ending.MID_SENTENCE:
            clip = clip[: len(clip) * 6 // 10 // FRAME_SAMPLES * FRAME_SAMPLES]
        self._say(clip, line.say, line.kind.value)
        self._after = line.hang_up
        self._script.spoke(now_s + len(clip) / RATE_HZ)

    def _say(self, clip: Clip, text: str, kind: str) -> None:
        start = len(self.tape.left) * FRAME_SAMPLES
        self._saying, self._said = clip, 0
        self.tape.turns.append(
            {"kind": kind, "said": text, "start_s": start / RATE_HZ, "end_s": (start + len(clip)) / RATE_HZ}
        )

    def _begin_announcement(self) -> None:
        text = self._draw.choice(_ANNOUNCEMENTS[self._persona.lang])
        spoken = self._voice.say(text, self._speaker, self._draw.randrange(1 << 30))
        beep = 6000 * np.sin(
            2 * np.pi * self._draw.choice((425, 800, 1000, 1400)) * np.arange(round(_BEEP_S * RATE_HZ)) / RATE_HZ
        )
        quiet = np.zeros(round(self._draw.uniform(0.3, 0.8) / 0.02) * FRAME_SAMPLES)
        clip = np.concatenate([quiet, spoken, np.zeros(FRAME_SAMPLES * 20), beep])
        self._say(clip, text, "announcement")
        self.tape.turns[-1]["start_s"] += len(quiet) / RATE_HZ

    def _speak(self) -> tuple[bytes, bool]:
        """20 ms of clean speech with the line's noise on it, and whether the line they were saying is over with it."""
        clean = self._saying[self._said : self._said + FRAME_SAMPLES]
        was_speaking = self._said < len(self._saying)
        self._said = min(len(self._saying), self._said + FRAME_SAMPLES)
        clean = np.pad(clean, (0, FRAME_SAMPLES - len(clean)))
        self.tape.left.append(clean)
        return self._wire.carry(clean), was_speaking and self._said >= len(self._saying)
