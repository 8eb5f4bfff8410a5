"""Speech without engines, for whole conversations on virtual time.

`Utterances` makes a voice-like sound for a text and remembers its frames; `ScriptedRecognizer` knows those frames again
when they reach it. So what it "hears" follows the audio that really arrived: muted sound is silence, another's sound is
another text. `TonePrompts` makes prompts whose length follows their text.
"""

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final

import numpy as np

from media.audio import FRAME_BYTES, FRAME_SAMPLES, RATE_HZ
from speech.han import apart, count_words, has_han, together
from speech.prompt import Prompt
from speech.recognition import Grammar, Hypothesis, RecognizerLost, Word

_S_PER_WORD = 0.28
_S_PER_CHARACTER = 0.2  # of Chinese


def seconds_of(text: str) -> float:
    """How long a text takes to say."""
    return sum(_S_PER_CHARACTER if has_han(word) else _S_PER_WORD for word in apart(text).split())


def voice(seconds: float, seed: int, amplitude: float = 3000.0) -> bytes:
    """A buzz of harmonics with syllables: speech to webrtcvad and to the energy. Whole frames; the same for a seed."""
    rng = np.random.default_rng(seed)
    count = round(seconds * RATE_HZ / FRAME_SAMPLES) * FRAME_SAMPLES
    t = np.arange(count) / RATE_HZ
    f0 = rng.uniform(105, 180) + 25 * np.sin(2 * np.pi * rng.uniform(0.5, 0.9) * t + rng.uniform(0, 6))
    phase = 2 * np.pi * np.cumsum(f0) / RATE_HZ
    buzz = np.sum([np.sin(k * phase) / k for k in range(1, 20)], axis=0)
    sound = amplitude * buzz * (0.75 + 0.25 * np.sin(2 * np.pi * 4 * t)) + rng.normal(0, 2, count)
    return bytes(np.clip(sound, -32000, 32000).astype(np.int16).tobytes())


def _seed(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


class Utterances:
    """Sounds of texts, known again frame by frame."""

    def __init__(self) -> None:
        self._frames: dict[bytes, tuple[str, int, int]] = {}
        self._made: dict[str, bytes] = {}

    def pcm(self, text: str) -> bytes:
        """s16le 8 kHz; about 0.28 s a word, 0.2 s a Chinese character."""
        if text not in self._made:
            pcm = voice(max(0.3, seconds_of(text)), _seed(text))
            frames = [pcm[at : at + FRAME_BYTES] for at in range(0, len(pcm), FRAME_BYTES)]
            for number, frame in enumerate(frames):
                self._frames[frame] = (text, number, len(frames))
            self._made[text] = pcm
        return self._made[text]

    def find(self, frame: bytes) -> tuple[str, int, int] | None:
        """(text, number of this frame, frames in all), or None for any other sound."""
        return self._frames.get(frame)


UNKNOWN: Final = "[unk]"  # in the final words: speech that is none of them


class _Stream:
    def __init__(self, owner: "ScriptedRecognizer", on_partial: Callable[[Hypothesis], None]) -> None:
        self._owner = owner
        self._on_partial = on_partial
        self._heard: list[str] = []
        self._in: str | None = None
        self._frames = 0
        self._rest = b""
        self._told = ""
        self.open = True

    def feed(self, pcm: bytes) -> None:
        self._rest += pcm
        while len(self._rest) >= FRAME_BYTES:
            frame, self._rest = self._rest[:FRAME_BYTES], self._rest[FRAME_BYTES:]
            self._frames += 1
            self._take(frame)

    def _take(self, frame: bytes) -> None:
        found = self._owner.utterances.find(frame)
        if found is None:
            return
        text, number, count = found
        words = apart(text).split()
        before = self._heard if self._in != text else self._heard[: len(self._heard) - self._shown]
        if self._in != text:
            self._in = text
        self._shown = max(0, min(len(words), round((number + 1) / count * len(words))))
        self._heard = [*before, *words[: self._shown]]
        if number + 1 == count:
            self._in = None
        told = together(" ".join(self._heard))
        if told != self._told and self.open:
            self._told = told
            self._on_partial(self._hypothesis(final=False))

    _shown = 0
    lost = False

    def _hypothesis(self, *, final: bool) -> Hypothesis:
        heard_s = self._frames * 0.02
        known = [word for word in self._heard if word != UNKNOWN]
        return Hypothesis(
            text=together(" ".join(known)),
            unknown=len(self._heard) - len(known),
            heard_s=heard_s,
            words=tuple(Word(text=w, start_s=0.0, end_s=heard_s, confidence=1.0) for w in known),
            final=final,
        )

    async def finish(self) -> Hypothesis:
        self.open = False
        said = together(" ".join(self._heard))
        self._heard = apart(self._owner.finals.get(said, said)).split()
        self._owner.streams.discard(self)
        if self.lost or self._owner.lost:
            self._owner.lost = False
            raise RecognizerLost("the recogniser died")
        return self._hypothesis(final=True)

    def cancel(self) -> None:
        self.open = False
        self._owner.streams.discard(self)


class ScriptedRecognizer:
    """A `Recognizer` that knows the sounds of `utterances`. `lost`: the next `finish` finds the engine dead."""

    def __init__(self, utterances: Utterances) -> None:
        self.utterances = utterances
        self.streams: set[_Stream] = set()
        self.lost = False
        self.finals: dict[str, str] = {}  # what the final words are, where they differ from the partial ones
        self.name = "scripted"
        self.rate_hz = RATE_HZ

    def open(self, *, grammar: Grammar, on_partial: Callable[[Hypothesis], None]) -> _Stream:
        stream = _Stream(self, on_partial)
        self.streams.add(stream)
        return stream

    def die(self) -> int:
        """The engine is killed and replaced: every open stream is lost. How many there were."""
        for stream in self.streams:
            stream.lost = True
        return len(self.streams)

    async def close(self) -> None:
        self.streams.clear()


class TonePrompts:
    """A `PromptSource`: 0.3 s a word of a voice-like sound."""

    def __init__(self, s_per_word: float = 0.3) -> None:
        self._s_per_word = s_per_word
        self.prepared: list[str] = []

    def get_nowait(self, prompt: Prompt) -> bytes | None:
        return voice(self._s_per_word * count_words(prompt.text), _seed("prompt " + prompt.text))

    async def stream(self, prompt: Prompt) -> AsyncIterator[bytes]:
        sound = self.get_nowait(prompt)
        if sound is not None:
            yield sound

    async def prepare(self, prompts: Sequence[Prompt]) -> None:
        self.prepared += [prompt.key for prompt in prompts]
