"""Synthesis in a process of its own: the client (a `Synthesizer`) and the process (`python -m speech.tts_process`).

Messages are a kind, the request's number (4 bytes) and a payload. To the process: `S` speak (JSON), `X` stop. Back: `A`
audio, `E` end, `F` failed (text). A text is spoken sentence by sentence, so that the first sound comes at once.
"""

import argparse
import asyncio
import difflib
import json
import re
import struct
import sys
from collections import deque
from collections.abc import AsyncGenerator
from typing import Any, Final

from kernel.clock import Clock
from kernel.errors import JingyinError
from kernel.process import ChildProcess, ParentPipe, ProcessLost, parent_pipe
from media.audio import RATE_HZ
from speech.synthesis import SynthesizerLost, Voice

_HEAD: Final = struct.Struct("<cI")
_BETWEEN_SENTENCES: Final = bytes(2 * RATE_HZ * 160 // 1000)
_READY_WITHIN_S: Final = 10.0


class UnknownVoice(JingyinError):
    """The engine has no such voice."""

    code = "speech.unknown_voice"


class SpeechFailed(JingyinError):
    """The engine could not say the text."""

    code = "speech.synthesis_failed"


class EspeakSynthesizer:
    """espeak-ng behind a process. `run` keeps the process alive; use it only while `run` runs.

    `seed`: the same text and voice always give the same sound (slower: 11 ms a sentence).
    """

    def __init__(self, clock: Clock, *, seed: int | None = None) -> None:
        self.name = "espeak-ng"
        self._next = 0
        self._requests: dict[int, asyncio.Queue[bytes | JingyinError | None]] = {}
        self._process = ChildProcess(
            name="tts",
            module="speech.tts_process",
            arguments=() if seed is None else ("--seed", str(seed)),
            clock=clock,
            on_message=self._on_message,
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
        """Return when it can speak."""
        await self._process.wait_ready()

    async def close(self) -> None:
        """Nothing to do: cancelling `run` ends the process."""

    async def synthesize(self, text: str, voice: Voice) -> AsyncGenerator[bytes]:
        """See `Synthesizer.synthesize`. A process that is being replaced is waited for.

        Raises:
            SynthesizerLost, UnknownVoice, SpeechFailed.
        """
        try:
            async with asyncio.timeout(_READY_WITHIN_S):
                await self._process.wait_ready()
        except TimeoutError:
            raise SynthesizerLost("the synthesiser does not come back") from None
        self._next = (self._next + 1) % (1 << 32)
        number = self._next
        # Unbounded: a sentence is a few pieces, and the process never runs ahead of a request that was stopped.
        answers = self._requests[number] = asyncio.Queue()
        order = {"text": text, "voice": voice.name, "rate_wpm": voice.rate_wpm, "pitch": voice.pitch}
        try:
            self._send(b"S", number, json.dumps(order).encode())
            while (answer := await answers.get()) is not None:
                if isinstance(answer, JingyinError):
                    raise answer
                yield answer
        finally:
            if self._requests.pop(number, None) is not None and self._process.ready:
                self._send(b"X", number)

    def _send(self, kind: bytes, number: int, payload: bytes = b"") -> None:
        try:
            self._process.send(_HEAD.pack(kind, number) + payload)
        except ProcessLost:
            if kind == b"S":
                raise SynthesizerLost("the synthesiser died") from None

    def _on_message(self, message: bytes) -> None:
        kind, number = _HEAD.unpack_from(message)
        answers = self._requests.get(number)
        if answers is None:
            return
        payload = message[_HEAD.size :]
        match kind:
            case b"A":
                answers.put_nowait(payload)
            case b"E":
                answers.put_nowait(None)
                self._requests.pop(number)
            case b"V":
                unknown, nearest = json.loads(payload)
                remedy = f"Nearest: {', '.join(nearest)}." if nearest else "Voices are named like en-us+f3."
                answers.put_nowait(UnknownVoice(f"no voice {unknown!r}", remedy=remedy))
            case b"F":
                answers.put_nowait(SpeechFailed(payload.decode()))

    def _on_lost(self) -> None:
        for answers in self._requests.values():
            answers.put_nowait(SynthesizerLost("the synthesiser died in mid-sentence"))


def sentences(text: str) -> list[str]:
    """The sentences of a text, with their marks."""
    return [part for part in re.split(r"(?<=[.!?。！？;])\s*", text.strip()) if part.strip()]


class _Server:
    """The process's side: one thread, requests one after the other, stops obeyed within 50 ms of sound."""

    def __init__(self, pipe: ParentPipe, seed: int | None) -> None:
        from speech.tts_espeak import Espeak  # only in this process: GPL

        self._pipe = pipe
        self._seed = seed
        self._engine = Espeak()
        self._waiting: deque[tuple[int, dict[str, Any]]] = deque()  # Any: JSON
        self._stopped: set[int] = set()

    def serve(self) -> None:
        """Until the parent goes."""
        self._pipe.ready()
        while True:
            self._take(self._pipe.receive() if not self._waiting else self._pipe.receive(wait_s=0))
            if self._waiting:
                number, order = self._waiting.popleft()
                if number not in self._stopped:
                    self._speak(number, order)
                self._stopped.discard(number)

    def _take(self, message: bytes | None) -> None:
        while message is not None:
            kind, number = _HEAD.unpack_from(message)
            if kind == b"S":
                self._waiting.append((number, json.loads(message[_HEAD.size :])))
            else:
                self._stopped.add(number)
            message = self._pipe.receive(wait_s=0)

    def _is_stopped(self, number: int) -> bool:
        self._take(self._pipe.receive(wait_s=0))
        return number in self._stopped

    def _speak(self, number: int, order: dict[str, Any]) -> None:
        from speech.tts_espeak import EspeakFailed

        how = {key: order[key] for key in ("voice", "rate_wpm", "pitch")}
        try:
            first = True
            for sentence in sentences(order["text"]):
                if self._is_stopped(number):
                    return
                if self._seed is not None:
                    pcm = self._engine.reproduce(sentence, seed=self._seed, **how)
                else:
                    pcm = self._engine.speak(sentence, stop=lambda: self._is_stopped(number), **how)
                if pcm:
                    self._send(b"A", number, pcm if first else _BETWEEN_SENTENCES + pcm)
                    first = False
        except EspeakFailed as exc:
            if "voice" in str(exc):
                nearest = difflib.get_close_matches(order["voice"], _VOICES, n=3, cutoff=0.3)
                self._send(b"V", number, json.dumps([order["voice"], nearest]).encode())
            else:
                self._send(b"F", number, str(exc).encode())
            return
        self._send(b"E", number)

    def _send(self, kind: bytes, number: int, payload: bytes = b"") -> None:
        self._pipe.send(_HEAD.pack(kind, number) + payload)


_VOICES: Final = (
    *("en-us", "en", "en-gb-x-rp", "en-gb-scotland", "en-us-nyc", "cmn", "yue"),
    *(f"{base}+{variant}{n}" for base in ("en-us", "en", "cmn") for variant in "fm" for n in range(1, 6)),
)


def main() -> None:
    """The process."""
    pipe = parent_pipe()
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int)
    _Server(pipe, parser.parse_args(sys.argv[1:]).seed).serve()


if __name__ == "__main__":
    main()
