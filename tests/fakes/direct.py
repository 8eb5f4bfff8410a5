"""A real engine without its process: audio is decoded where it is fed, so a talk on virtual time is the same every time."""

from collections.abc import Callable
from typing import Any, Protocol

from media.audio import RATE_HZ
from speech.asr_process import hypothesis_of
from speech.recognition import Grammar, Hypothesis

_PIECE_BYTES = 2 * RATE_HZ * 60 // 1000


class Model(Protocol):
    """`VoskModel` or `PocketsphinxModel`."""

    def stream(self, grammar: Grammar) -> Any: ...


class DirectRecognizer:
    """A `Recognizer`."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.name = "direct"
        self.rate_hz = RATE_HZ

    def open(self, *, grammar: Grammar, on_partial: Callable[[Hypothesis], None]) -> "_Stream":
        return _Stream(self._model.stream(grammar), on_partial)

    async def close(self) -> None: ...


class _Stream:
    def __init__(self, stream: Any, on_partial: Callable[[Hypothesis], None]) -> None:
        self._stream = stream
        self._on_partial = on_partial
        self._piece = bytearray()
        self._told = ""
        self._over = False

    def feed(self, pcm: bytes) -> None:
        self._piece += pcm
        if self._over or len(self._piece) < _PIECE_BYTES:
            return
        hypothesis = hypothesis_of(self._stream.feed(bytes(self._piece)))
        self._piece.clear()
        if hypothesis.text != self._told:
            self._told = hypothesis.text
            self._on_partial(hypothesis)

    async def finish(self) -> Hypothesis:
        self._over = True
        if self._piece:
            self._stream.feed(bytes(self._piece))
        return hypothesis_of(self._stream.finish())

    def cancel(self) -> None:
        if not self._over:
            self._over = True
            self._stream.finish()  # gives a pooled decoder back
