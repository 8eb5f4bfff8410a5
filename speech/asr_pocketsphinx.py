"""pocketsphinx, in the recogniser's process: closed JSGF grammars over the wheel's own US-English model (16 kHz).

A general language model is unusable with it (FACTS: 34-80 % of words wrong), a grammar of some hundred phrases is good, with
`bestpath` off. A grammar forces a match: what is not in it is heard as something that is. FREE is the assistant's phrases.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pocketsphinx

from media.resample import Resampler
from speech.recognition import Grammar

_MODEL_HZ: Final = 16_000
_FED_HZ: Final = 8000
_CLOSED: Final[Mapping[Grammar, Sequence[str]]] = {
    Grammar.YES_NO: ("yes", "no", "yes please", "no thank you", "okay", "sure", "yeah", "of course"),
    Grammar.DIGITS: ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}


class PocketsphinxModel:
    """The wheel's model with grammars made of phrases; words the dictionary lacks leave their phrase out."""

    rate_hz = _FED_HZ

    def __init__(self, phrases: Sequence[str]) -> None:
        self._decoders: dict[Grammar, list[Any]] = {}  # Any: pocketsphinx has no types; idle decoders, by grammar
        dictionary = Path(pocketsphinx.get_model_path("en-us/cmudict-en-us.dict"))
        known = {line.split(" ", 1)[0] for line in dictionary.read_text(encoding="utf-8").splitlines()}
        usable = [phrase for phrase in phrases if phrase and set(phrase.split()) <= known]
        self.words = frozenset(word for phrase in usable for word in phrase.split())
        self._grammars = {
            Grammar.FREE: _jsgf(usable),
            Grammar.YES_NO: _jsgf(_CLOSED[Grammar.YES_NO]),
            Grammar.DIGITS: _jsgf(_CLOSED[Grammar.DIGITS], repeated=True),
        }

    def stream(self, grammar: Grammar) -> "PocketsphinxStream":
        """A new stream on a decoder of its own; decoders are used again, since one takes a third of a second to make."""
        idle = self._decoders.setdefault(grammar, [])
        decoder = idle.pop() if idle else self._decoder(grammar)
        return PocketsphinxStream(decoder, idle)

    def _decoder(self, grammar: Grammar) -> Any:  # Any: pocketsphinx has no types
        decoder = pocketsphinx.Decoder(lm=None, samprate=_MODEL_HZ, bestpath=False, loglevel="FATAL")
        decoder.add_jsgf_string("grammar", self._grammars[grammar])
        decoder.activate_search("grammar")
        return decoder


class PocketsphinxStream:
    """One utterance."""

    def __init__(self, decoder: Any, idle: list[Any]) -> None:  # Any: pocketsphinx has no types
        self._decoder = decoder
        self._idle = idle
        self._resampler = Resampler(_FED_HZ, _MODEL_HZ)
        self._samples = 0
        decoder.start_utt()

    def feed(self, pcm: bytes) -> dict[str, Any]:
        """Take a piece of s16le 8 kHz; the hypothesis so far as a message."""
        self._samples += len(pcm) // 2
        wide = self._resampler.feed(pcm)
        if wide:
            self._decoder.process_raw(wide, no_search=False, full_utt=False)
        return self._message(final=False)

    def finish(self) -> dict[str, Any]:
        """The final hypothesis. The decoder is free for another stream."""
        rest = self._resampler.feed(b"", last=True)
        if rest:
            self._decoder.process_raw(rest, no_search=False, full_utt=False)
        self._decoder.end_utt()
        message = self._message(final=True)
        self._idle.append(self._decoder)
        return message

    def _message(self, *, final: bool) -> dict[str, Any]:
        hypothesis = self._decoder.hyp()
        text = hypothesis.hypstr if hypothesis is not None else ""
        return {
            "text": text,
            "unknown": 0,
            "confidence": 1.0,
            "words": [],
            "samples": self._samples,
            "final": final,
        }


def _jsgf(phrases: Sequence[str], *, repeated: bool = False) -> str:
    body = " | ".join(phrases) or "<NULL>"
    return f"#JSGF V1.0;\ngrammar g;\npublic <s> = ({body}){'+' if repeated else ''};\n"
