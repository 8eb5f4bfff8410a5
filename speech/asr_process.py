"""Recognition in a process of its own: the client (a `Recognizer`) and the process (`python -m speech.asr_process`).

Messages are a kind, the stream's number (4 bytes) and a payload. To the process: `O` open (grammar), `D` audio, `F` finish,
`X` cancel. Back: `P` partial, `R` result (JSON). Audio goes in pieces of 60 ms. Streams that were open when the process
died are lost; what is opened meanwhile waits for the replacement.
"""

import argparse
import asyncio
import json
import struct
import sys
from collections import deque
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Protocol

from kernel.clock import Clock
from kernel.log import get_logger
from kernel.process import ChildProcess, ProcessLost, parent_pipe
from media.audio import RATE_HZ
from speech.recognition import Grammar, Hypothesis, RecognizerLost, Word

_HEAD: Final = struct.Struct("<cI")
_PIECE_BYTES: Final = 2 * RATE_HZ * 60 // 1000
_WAITING: Final = 4000  # messages kept for a process that is being replaced: 20 s of a dozen streams
_FINAL_WITHIN_S: Final = 2.0

log = get_logger(__name__)


class Engine(StrEnum):
    """What runs in the process."""

    VOSK = "vosk"
    POCKETSPHINX = "pocketsphinx"


class _Stream(Protocol):
    def feed(self, pcm: bytes) -> dict[str, Any]: ...
    def finish(self) -> dict[str, Any]: ...


class _Model(Protocol):
    def stream(self, grammar: Grammar) -> _Stream: ...


class ProcessRecognizer:
    """A `Recognizer` in a process. `run` keeps the process alive; use it only while `run` runs.

    `model`: Vosk's model directory, or for pocketsphinx a text file with a phrase a line.
    """

    def __init__(self, *, model: Path, clock: Clock, name: str, engine: Engine = Engine.VOSK) -> None:
        self.name = name
        self.rate_hz = RATE_HZ
        self._streams: dict[int, ProcessStream] = {}
        self._next = 0
        self._waiting: deque[bytes] = deque(maxlen=_WAITING)
        self._process = ChildProcess(
            name="asr",
            module="speech.asr_process",
            arguments=("--engine", engine.value, "--model", str(model)),
            clock=clock,
            on_message=self._on_message,
            on_ready=self._on_ready,
            on_lost=self._on_lost,
        )

    @property
    def pid(self) -> int | None:
        """The process's id."""
        return self._process.pid

    async def run(self) -> None:
        """Keep the process alive until cancelled."""
        await self._process.run()

    async def wait_ready(self) -> None:
        """Return when it can recognise."""
        await self._process.wait_ready()

    async def close(self) -> None:
        """Nothing to do: cancelling `run` ends the process."""

    def open(self, *, grammar: Grammar, on_partial: Callable[[Hypothesis], None]) -> "ProcessStream":
        """See `Recognizer.open`."""
        self._next = (self._next + 1) % (1 << 32)
        stream = ProcessStream(self, self._next, on_partial)
        self._streams[stream.number] = stream
        self.send(b"O", stream.number, grammar.value.encode())
        return stream

    def send(self, kind: bytes, number: int, payload: bytes = b"") -> None:
        """Hand a message over, or keep it for the replacement."""
        message = _HEAD.pack(kind, number) + payload
        try:
            self._process.send(message)
        except ProcessLost:
            self._waiting.append(message)

    def forget(self, number: int) -> None:
        """The stream is over."""
        self._streams.pop(number, None)

    def _on_ready(self) -> None:
        waiting, self._waiting = list(self._waiting), deque(maxlen=_WAITING)
        for message in waiting:
            kind, number = _HEAD.unpack_from(message)
            self.send(kind, number, message[_HEAD.size :])

    def _on_lost(self) -> None:
        if self._streams:
            log.error("recogniser lost", streams=len(self._streams))
        for stream in tuple(self._streams.values()):
            stream.lose()
        self._streams.clear()

    def _on_message(self, message: bytes) -> None:
        kind, number = _HEAD.unpack_from(message)
        stream = self._streams.get(number)
        if stream is not None:
            stream.take(kind, json.loads(message[_HEAD.size :]))


class ProcessStream:
    """One utterance. See `RecognitionStream`."""

    def __init__(self, owner: ProcessRecognizer, number: int, on_partial: Callable[[Hypothesis], None]) -> None:
        self.number = number
        self._owner = owner
        self._on_partial = on_partial
        self._piece = bytearray()
        self._told = ""
        self._over = False
        self._result: asyncio.Future[Hypothesis] = asyncio.get_running_loop().create_future()

    def feed(self, pcm: bytes) -> None:
        """See `RecognitionStream.feed`."""
        if self._over:
            return
        self._piece += pcm
        if len(self._piece) >= _PIECE_BYTES:
            self._send_piece()

    async def finish(self) -> Hypothesis:
        """See `RecognitionStream.finish`."""
        self._over = True
        if not self._result.done():
            if self._piece:
                self._send_piece()
            self._owner.send(b"F", self.number)
        try:
            async with asyncio.timeout(_FINAL_WITHIN_S):
                return await self._result
        except TimeoutError:
            raise RecognizerLost("the recogniser does not answer") from None
        finally:
            self._owner.forget(self.number)

    def cancel(self) -> None:
        """See `RecognitionStream.cancel`."""
        if not self._over:
            self._over = True
            self._owner.send(b"X", self.number)
        self._owner.forget(self.number)
        if not self._result.done():
            self._result.cancel()
        elif not self._result.cancelled():
            self._result.exception()

    def lose(self) -> None:
        """The process died."""
        if not self._result.done():
            self._result.set_exception(RecognizerLost("the recogniser died while the customer spoke"))
            self._result.exception()  # whoever finishes gets it; nobody has to

    def take(self, kind: bytes, facts: dict[str, Any]) -> None:
        """Word from the process."""
        hypothesis = hypothesis_of(facts)
        if kind == b"R":
            if not self._result.done():
                self._result.set_result(hypothesis)
        elif not self._over and hypothesis.text != self._told:
            self._told = hypothesis.text
            self._on_partial(hypothesis)

    def _send_piece(self) -> None:
        self._owner.send(b"D", self.number, bytes(self._piece))
        self._piece.clear()


def hypothesis_of(facts: dict[str, Any]) -> Hypothesis:
    """A message of an engine's stream."""
    return Hypothesis(
        text=facts["text"],
        heard_s=facts["samples"] / RATE_HZ,
        confidence=facts["confidence"],
        words=tuple(Word(text=w, start_s=s, end_s=e, confidence=c) for w, s, e, c in facts["words"]),
        unknown=facts["unknown"],
        final=facts["final"],
    )


def _load(engine: Engine, path: Path) -> _Model:
    """The engine is imported here, in its process, and nowhere else."""
    if engine is Engine.POCKETSPHINX:
        from speech.asr_pocketsphinx import PocketsphinxModel

        dictionary = path.with_suffix(".dict")
        phrases = path.read_text(encoding="utf-8").splitlines()
        return PocketsphinxModel(phrases, dictionary if dictionary.is_file() else None)
    from speech.asr_vosk import VoskModel

    return VoskModel(path)


def main() -> None:
    """The process: one thread, messages in their order."""
    pipe = parent_pipe()
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", type=Engine, default=Engine.VOSK)
    parser.add_argument("--model", type=Path, required=True)
    arguments = parser.parse_args(sys.argv[1:])
    model = _load(arguments.engine, arguments.model)
    warm = model.stream(Grammar.FREE)
    warm.feed(bytes(_PIECE_BYTES))
    warm.finish()
    streams: dict[int, _Stream] = {}
    pipe.ready()
    while True:
        message = pipe.receive()
        assert message is not None
        kind, number = _HEAD.unpack_from(message)
        payload = message[_HEAD.size :]
        stream = streams.get(number)
        if kind == b"O":
            streams[number] = model.stream(Grammar(payload.decode()))
        elif stream is None:
            continue  # its open was lost with a process before this one
        elif kind == b"D":
            pipe.send(_HEAD.pack(b"P", number) + json.dumps(stream.feed(payload)).encode())
        elif kind == b"F":
            pipe.send(_HEAD.pack(b"R", number) + json.dumps(streams.pop(number).finish()).encode())
        else:
            streams.pop(number).finish()  # gives its decoder back


if __name__ == "__main__":
    main()
