"""pocketsphinx, in the recogniser's process: closed JSGF grammars over the wheel's own US-English model (16 kHz).

A general language model is unusable with it (34-80 % of words wrong), a grammar of some hundred phrases is good, with
`bestpath` off. FREE is the assistant's phrases.

The model was made of sound with a room in it: a microphone that a browser has cleaned of all noise is heard badly. So a faint,
even noise is laid under what is heard, unless there is some already: then 64 % of an assistant's 1600 phrases are right instead
of 39 %, and 65 % of foreign speech is refused instead of 82 % (tests/bench/rejection.py, --clean and --clean --bare).

A grammar forces a match: what is not in it is heard as something that is. So a second decoder, a loop over all phones, hears
the same sound. Where the grammar explains it much worse than free phones do, per frame, it was something else: the text is
empty and one stretch counts as unknown. Measured by tests/bench/rejection.py; the threshold refuses one in ten phrases
that were heard right, and with them two thirds of foreign speech and a third of what was heard wrong (A-law, 20 dB line noise).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pocketsphinx

from media.audio import FRAME_SAMPLES
from media.resample import Resampler
from speech.han import together
from speech.recognition import Grammar

_MODEL_HZ: Final = 16_000
_FED_HZ: Final = 8000
_REFUSED_BELOW: Final = -2.71e-3  # log score per frame, grammar less phone loop: tests/bench/rejection.py
_SURE_ABOVE: Final = -1.0e-3
_SPELLED_REFUSED_BELOW: Final = (
    -3.1e-3
)  # Mandarin in English phones fits worse also where it is heard right (--lang zh)
# The cepstral mean after ten utterances by telephone, A-law, noise 20 to 40 dB below them; the model's own start is for rooms.
_TELEPHONE_CMN: Final = "50.1,33.5,-45.1,34.6,-15.2,-15.8,23.3,-30.0,3.6,1.1,-11.2,11.8,-12.0"
_NOISE_DBFS: Final = -44.0  # -48 to -41 are much alike on a clean microphone; more hides words
_SOUND: Final = {"samprate": _MODEL_HZ, "dither": True, "seed": 1}  # digital silence has no logarithm, and refuses all
_CLOSED: Final[Mapping[Grammar, Sequence[str]]] = {
    Grammar.YES_NO: ("yes", "no", "yes please", "no thank you", "okay", "sure", "yeah", "of course"),
    Grammar.DIGITS: ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}
_NOISE_RMS: Final = 32768 * 10 ** (_NOISE_DBFS / 20)
_NOISE: Final = np.random.default_rng(1).normal(0, _NOISE_RMS, _FED_HZ)  # a second, over and over


class PocketsphinxModel:
    """The wheel's model with grammars made of phrases; words the dictionary lacks leave their phrase out. `dictionary`: of
    another language in the model's phones (speech.spelled), instead of the wheel's; then all grammars are the phrases."""

    rate_hz = _FED_HZ

    def __init__(self, phrases: Sequence[str], dictionary: Path | None = None) -> None:
        self._refused_below = _REFUSED_BELOW if dictionary is None else _SPELLED_REFUSED_BELOW
        self._decoders: dict[Grammar, list[Any]] = {}  # Any: pocketsphinx has no types; idle decoders, by grammar
        self._loops: list[Any] = []  # Any: the same; idle phone loops
        self._dictionary = dictionary or Path(pocketsphinx.get_model_path("en-us/cmudict-en-us.dict"))
        known = {line.split(" ", 1)[0] for line in self._dictionary.read_text(encoding="utf-8").splitlines()}
        usable = [phrase for phrase in phrases if phrase and set(phrase.split()) <= known]
        self.words = frozenset(word for phrase in usable for word in phrase.split())
        self._grammars = {
            Grammar.FREE: _jsgf(usable),
            Grammar.YES_NO: _jsgf(_CLOSED[Grammar.YES_NO] if dictionary is None else usable),
            Grammar.DIGITS: _jsgf(_CLOSED[Grammar.DIGITS], repeated=True) if dictionary is None else _jsgf(usable),
        }

    def stream(self, grammar: Grammar) -> "PocketsphinxStream":
        """A new stream on a decoder of its own; decoders are used again, since one takes a third of a second to make."""
        idle = self._decoders.setdefault(grammar, [])
        decoder = idle.pop() if idle else self._decoder(grammar)
        loop = self._loops.pop() if self._loops else _phone_loop()

        def give_back() -> None:
            idle.append(decoder)
            self._loops.append(loop)

        return PocketsphinxStream(decoder, loop, give_back, refused_below=self._refused_below)

    def _decoder(self, grammar: Grammar) -> Any:  # Any: pocketsphinx has no types
        decoder = pocketsphinx.Decoder(lm=None, dict=str(self._dictionary), bestpath=False, loglevel="FATAL", **_SOUND)
        decoder.add_jsgf_string("grammar", self._grammars[grammar])
        decoder.activate_search("grammar")
        return decoder


class PocketsphinxStream:
    """One utterance."""

    def __init__(
        self,
        decoder: Any,  # Any: pocketsphinx has no types
        loop: Any,  # Any: the same
        give_back: Callable[[], None],
        *,
        refused_below: float = _REFUSED_BELOW,
    ) -> None:
        self._refused_below = refused_below
        self._decoder = decoder
        self._loop = loop
        self._give_back = give_back
        self._resampler = Resampler(_FED_HZ, _MODEL_HZ)
        self._samples = 0
        self._room: float | None = None  # of the noise, 0 to 1; None: nothing was heard yet
        for one in (decoder, loop):
            one.set_cmn(_TELEPHONE_CMN)  # a pooled decoder has adapted to somebody else's line
            one.start_utt()

    def feed(self, pcm: bytes) -> dict[str, Any]:
        """Take a piece of s16le 8 kHz; the hypothesis so far as a message."""
        wide = self._resampler.feed(self._in_a_room(pcm))
        self._samples += len(pcm) // 2
        if wide:
            self._hear(wide)
        return self._message(final=False)

    def finish(self) -> dict[str, Any]:
        """The final hypothesis, empty when it was refused. The decoders are free for another stream."""
        rest = self._resampler.feed(b"", last=True)
        if rest:
            self._hear(rest)
        self._decoder.end_utt()
        self._loop.end_utt()
        message = self._message(final=True)
        if message["text"]:
            margin = _per_frame(self._decoder) - _per_frame(self._loop)
            message |= {"margin": margin, "confidence": confidence_of(margin, self._refused_below)}
            if margin < self._refused_below:
                message["text"] = ""
        if not message["text"]:
            message |= {"unknown": 1, "confidence": 0.0}  # a stream is opened for speech: it was no phrase
        self._give_back()
        return message

    def _in_a_room(self, pcm: bytes) -> bytes:
        """The sound with as much noise as it lacks; how much that is, its quietest frame at the beginning tells."""
        sound = np.frombuffer(pcm, "<i2").astype(np.float64)
        if self._room is None and len(sound) >= FRAME_SAMPLES:
            frames = sound[: len(sound) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
            floor = np.square(frames).mean(axis=1).min()
            self._room = math.sqrt(max(0.0, 1.0 - floor / _NOISE_RMS**2))
        noise = _NOISE[(self._samples + np.arange(len(sound))) % len(_NOISE)]
        noisy: bytes = np.clip(sound + (self._room or 0.0) * noise, -32768, 32767).astype("<i2").tobytes()
        return noisy

    def _hear(self, wide: bytes) -> None:
        for decoder in (self._decoder, self._loop):
            decoder.process_raw(wide, no_search=False, full_utt=False)

    def _message(self, *, final: bool) -> dict[str, Any]:
        hypothesis = self._decoder.hyp()
        text = hypothesis.hypstr if hypothesis is not None else ""
        return {
            "text": together(text),
            "unknown": 0,
            "confidence": 1.0,
            "words": [],
            "samples": self._samples,
            "final": final,
        }


def confidence_of(margin: float, refused_below: float = _REFUSED_BELOW) -> float:
    """0..1 from the margin per frame: 0.5 at the threshold of refusal, 1 where nearly every phrase heard right lies."""
    return min(1.0, max(0.0, 0.5 + 0.5 * (margin - refused_below) / (_SURE_ABOVE - refused_below)))


def _per_frame(decoder: Any) -> float:  # Any: pocketsphinx has no types
    """The log acoustic score of the best path per frame. `hyp.score` underflows; the segments' scores do not."""
    frames, total = 0, 0.0
    for segment in decoder.seg() or ():
        if segment.ascore > 0:
            frames += segment.end_frame - segment.start_frame + 1
            total += math.log(segment.ascore)
    return total / frames if frames else 0.0


def _phone_loop() -> Any:  # Any: pocketsphinx has no types
    """Any phone after any, by the wheel's phone bigrams; narrow beams, since only its score is wanted."""
    phones = pocketsphinx.get_model_path("en-us/en-us-phone.lm.bin")
    return pocketsphinx.Decoder(
        lm=None, allphone=phones, bestpath=False, loglevel="FATAL", beam=1e-20, pbeam=1e-20, lw=2.0, **_SOUND
    )


def _jsgf(phrases: Sequence[str], *, repeated: bool = False) -> str:
    body = " | ".join(phrases) or "<NULL>"
    return f"#JSGF V1.0;\ngrammar g;\npublic <s> = ({body}){'+' if repeated else ''};\n"
