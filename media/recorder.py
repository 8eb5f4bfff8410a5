"""A stereo WAV file written by a thread of its own: a leg never waits for a disk."""

import contextlib
import queue
import threading
import wave
from pathlib import Path
from typing import Final

import numpy as np

from kernel.errors import JingyinError
from kernel.log import get_logger
from media.audio import RATE_HZ

_PENDING: Final = 3000  # pieces: a minute of both channels
_BLOCK_S: Final = 2

log = get_logger(__name__)


class RecordingFailed(JingyinError):
    """The disk did not take the recording; the call went on."""

    code = "media.recording_failed"


class StereoRecorder:
    """Left and right by sample index (8000 Hz); gaps are silence, overlaps add nothing, pieces may come late by 2 s.

    The file stands under its name only when it is whole: it is written as `NAME.part` and renamed by `close`.
    """

    def __init__(self, path: Path, *, rate_hz: int = RATE_HZ) -> None:
        self._path = path
        self._part = path.with_name(path.name + ".part")
        self._rate_hz = rate_hz
        self._pieces: queue.Queue[tuple[int, int, bytes] | None] = queue.Queue(maxsize=_PENDING)
        self._failure: OSError | None = None
        self.dropped = 0
        self._thread = threading.Thread(target=self._write, name=f"recorder-{path.name}", daemon=True)
        self._thread.start()

    def left(self, start: int, pcm: bytes) -> None:
        """s16le mono at sample index `start`; never waits, drops and counts when the disk is a minute behind."""
        self._put(0, start, pcm)

    def right(self, start: int, pcm: bytes) -> None:
        """The same for the right channel."""
        self._put(1, start, pcm)

    def close(self) -> None:
        """Write what is left and rename. Blocks for the disk: call it in a thread.

        Raises:
            RecordingFailed: the file could not be written; nothing half-done is left.
        """
        self._pieces.put(None)
        self._thread.join()
        if self._failure is not None:
            with contextlib.suppress(OSError):
                self._part.unlink()
            raise RecordingFailed(
                f"cannot write the recording: {self._failure.strerror}", where=str(self._path), remedy="Free the disk."
            ) from self._failure
        self._part.rename(self._path)

    def _put(self, channel: int, start: int, pcm: bytes) -> None:
        try:
            self._pieces.put_nowait((channel, start, pcm))
        except queue.Full:
            self.dropped += 1

    def _write(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with wave.open(str(self._part), "wb") as file:
                file.setnchannels(2)
                file.setsampwidth(2)
                file.setframerate(self._rate_hz)
                self._follow(file)
        except OSError as exc:
            self._failure = exc
            log.error("recording failed", reason=exc.strerror)
            while self._pieces.get() is not None:
                pass

    def _follow(self, file: wave.Wave_write) -> None:
        block = _BLOCK_S * self._rate_hz
        window = np.zeros((2 * block, 2), dtype=np.int16)  # samples base .. base + 2 blocks
        base = filled = 0
        while (piece := self._pieces.get()) is not None:
            channel, start, pcm = piece
            samples = np.frombuffer(pcm, dtype=np.int16)
            if start < base:
                samples, start = samples[base - start :], base
            while start + len(samples) > base + 2 * block:
                file.writeframes(window[:block].tobytes())
                window[:block] = window[block:]
                window[block:] = 0
                base += block
                if start < base:
                    samples, start = samples[base - start :], base
            window[start - base : start - base + len(samples), channel] = samples
            filled = max(filled, start + len(samples))
        file.writeframes(window[: max(0, filled - base)].tobytes())
