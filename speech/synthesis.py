"""The synthesis port: text in, chunks of telephone audio out, stoppable at once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from kernel.errors import JingyinError


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """How to speak. `name` is the engine's own (espeak: `en-us+f3`); `rate_wpm` words a minute; `pitch` 0..99."""

    name: str
    rate_wpm: int = 165
    pitch: int = 50


class SynthesizerLost(JingyinError):
    """The synthesiser's process died in mid-sentence. It is being replaced: say it again."""

    code = "speech.synthesizer_lost"
    retryable = True


class Synthesizer(Protocol):
    """A text-to-speech engine."""

    @property
    def name(self) -> str: ...

    def synthesize(self, text: str, voice: Voice) -> AsyncIterator[bytes]:
        """s16le mono PCM at 8000 Hz, in chunks as they are made; closing the iterator stops the engine.

        Raises:
            SynthesizerLost: the engine died.
            UnknownVoice: the engine has no such voice.
        """

    async def close(self) -> None: ...
