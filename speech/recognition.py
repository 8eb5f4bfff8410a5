"""Recognition ports: an engine opens one stream per utterance; a stream is fed audio and gives hypotheses.

A stream lives from shortly before speech is detected until the turn is over, so that an expectation may choose its
grammar and nothing of an earlier utterance leaks in. Engines run in processes of their own: `feed` never blocks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from kernel.errors import JingyinError


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One recognised word. Times in seconds from the stream's first sample; `confidence` 0..1."""

    text: str
    start_s: float
    end_s: float
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """What was heard so far. `text` is lower-case words joined by blanks (Chinese without), without unknown-word marks; `heard_s` is how
    much audio of the stream it covers; `confidence` 0..1 (1.0 where the engine gives none); `unknown` counts stretches
    of speech that are no word of the model."""

    text: str
    heard_s: float
    confidence: float = 1.0
    words: tuple[Word, ...] = ()
    unknown: int = 0
    final: bool = False


class Grammar(StrEnum):
    """What a stream may hear. FREE is the assistant's whole graph; the others are small closed grammars."""

    FREE = "free"
    YES_NO = "yes_no"
    DIGITS = "digits"


class RecognizerLost(JingyinError):
    """The recogniser's process died with this stream open. The engine is being replaced: ask the customer again."""

    code = "speech.recognizer_lost"
    retryable = True


class RecognitionStream(Protocol):
    """One utterance. Feed s16le mono PCM at the engine's `rate_hz`; any piece size (engines batch to 60-100 ms)."""

    def feed(self, pcm: bytes) -> None:
        """Take audio; never blocks and never raises (a lost engine is reported by `finish`)."""

    async def finish(self) -> Hypothesis:
        """The final hypothesis of all audio fed, within milliseconds. The stream is closed.

        Raises:
            RecognizerLost: the engine died while this stream was open.
        """

    def cancel(self) -> None:
        """Close without a result. Idempotent; allowed after `finish`."""


class Recognizer(Protocol):
    """A recognition engine with many streams."""

    @property
    def name(self) -> str:
        """The engine as shown to people, e.g. `vosk:vosk_micro_en+course_en`."""

    @property
    def rate_hz(self) -> int: ...

    def open(self, *, grammar: Grammar, on_partial: Callable[[Hypothesis], None]) -> RecognitionStream:
        """A new stream, at once (no await: speech has already begun). `on_partial` is called on the loop whenever the
        hypothesis changes, never after `finish` returned or `cancel`."""

    async def close(self) -> None: ...
