"""Vosk, in the recogniser's process. Its traps (FACTS, and the study it came from) end here.

A grammar that is empty or no JSON crashes the library, and setting one after audio aborts the process: so a stream gets
its grammar when it is made, from a short list made here. A model without the words of a grammar drops them with a warning:
that is an error here. Unknown speech is `[unk]`: counted, not said.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import vosk

from kernel.errors import JingyinError
from speech.han import together
from speech.recognition import Grammar

UNKNOWN: Final = "[unk]"
_GRAMMARS: Final[Mapping[Grammar, Sequence[str]]] = {
    Grammar.YES_NO: (
        *("yes", "no", "yes please", "no thank you", "no thanks", "okay", "sure", "yeah", "of course"),
        *("是", "是的", "对", "好", "好的", "可以", "行", "不", "不是", "不要", "不用", "不行", "不用 了"),
    ),
    Grammar.DIGITS: (
        *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
        *"零一二三四五六七八九十",
    ),
}


class UnknownWords(JingyinError):
    """A grammar uses words that the model does not have."""

    code = "speech.unknown_words"


class ModelUnreadable(JingyinError):
    """The model directory is missing or no Vosk model."""

    code = "speech.model_unreadable"


class VoskModel:
    """A model shared by many streams. `rate_hz` is what streams are fed."""

    def __init__(self, folder: Path, *, rate_hz: int = 8000) -> None:
        if not (folder / "am" / "final.mdl").is_file():
            raise ModelUnreadable(
                "no Vosk model", where=str(folder), remedy="Name a model directory with am/final.mdl in it."
            )
        vosk.SetLogLevel(-1)
        self._model = vosk.Model(str(folder))
        self.rate_hz = rate_hz
        words = folder / "graph" / "words.txt"
        self.words = frozenset(line.split()[0] for line in words.read_text(encoding="utf-8").splitlines() if line)

    def stream(self, grammar: Grammar) -> "VoskStream":
        """A new stream.

        Raises:
            UnknownWords: the model has not all words of the grammar.
        """
        phrases = _GRAMMARS.get(grammar)
        if phrases is None:
            return VoskStream(vosk.KaldiRecognizer(self._model, self.rate_hz))
        known = [phrase for phrase in phrases if set(phrase.split()) <= self.words]
        if len(known) < 2:
            missing = sorted({word for phrase in phrases for word in phrase.split()} - self.words)
            raise UnknownWords(f"the model does not have {', '.join(missing)}", where=grammar.value)
        return VoskStream(vosk.KaldiRecognizer(self._model, self.rate_hz, json.dumps([*known, UNKNOWN])))


class VoskStream:
    """One utterance."""

    def __init__(self, recognizer: Any) -> None:  # Any: vosk has no types
        self._recognizer = recognizer
        self._recognizer.SetWords(True)
        self._ended: list[dict[str, Any]] = []
        self._samples = 0

    def feed(self, pcm: bytes) -> dict[str, Any]:
        """Take 60-100 ms of s16le; the hypothesis so far as a message."""
        self._samples += len(pcm) // 2
        if self._recognizer.AcceptWaveform(pcm):
            self._ended.append(json.loads(self._recognizer.Result()))
            return self._message("", final=False)
        return self._message(json.loads(self._recognizer.PartialResult()).get("partial", ""), final=False)

    def finish(self) -> dict[str, Any]:
        """The final hypothesis."""
        self._ended.append(json.loads(self._recognizer.FinalResult()))
        return self._message("", final=True)

    def _message(self, partial: str, *, final: bool) -> dict[str, Any]:
        texts = [*(part.get("text", "") for part in self._ended), partial]
        said = " ".join(text for text in texts if text).split()
        words = [word for part in self._ended for word in part.get("result", ()) if word["word"] != UNKNOWN]
        confidences = [float(word["conf"]) for word in words]
        return {
            "text": together(" ".join(word for word in said if word != UNKNOWN)),
            "unknown": sum(1 for word in said if word == UNKNOWN),
            "confidence": min(confidences, default=1.0),
            "words": [[word["word"], word["start"], word["end"], word["conf"]] for word in words] if final else [],
            "samples": self._samples,
            "final": final,
        }
