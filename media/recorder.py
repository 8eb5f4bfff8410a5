"""A stereo WAV file written by a thread of its own: a leg never waits for a disk.

Pieces are handed to the thread half a second at a time: waking it for every frame would cost more than the writing.
"""

import contextlib
import queue
import threading
import wave
from pathlib import Path
from typing import Final

import numpy as np

from kernel.errors import JingyinError
from kernel.log import get_logger
from kernel.metrics import counter
from media.audio import RATE_HZ

DROPPED = counter(
    "media_dropped_recording_pieces", help="Recorded pieces dropped because the disk was a minute behind."
)
LATE = counter("media_late_recording_pieces", help="Recorded pieces that came when their place was written already.")

_BATCH: Final = 50  # pieces handed over at once: half a second of both channels
_PENDING: Final = 120  # batches: a minute
_BLOCK_S: Final = 2

log = get_logger(__name__)

_Piece = tuple[int, int, bytes]  # channel, start, pcm


class RecordingFailed(JingyinError):
    """The disk did not take the recording; the call went on."""

    code = "media.recording_failed"


class StereoRecorder:
    """Left and right by sample index; gaps are silence, overlaps overwrite, pieces may come late by 2 s.

    The file stands under its name only when it is whole: it is written as `NAME.part` and renamed by `close`. `left` and
    `right` are for one thread, the event loop's; they fit `Tapeable.tape`.
    """

    def __init__(self, path: Path, *, rate_hz: int = RATE_HZ) -> None:
        self._path = path
        self._part = path.with_name(path.name + ".part")
        self._rate_hz = rate_hz
        self._batch: list[_Piece] = []
        self._batches: queue.Queue[list[_Piece] | None] = queue.Queue(maxsize=_PENDING)
        self._failure: Exception | None = None
        self._closed = False
        self.dropped = 0
        self._thread = threading.Thread(target=self._write, name=f"recorder-{path.name}", daemon=True)
        self._thread.start()

    def left(self, start: int, pcm: bytes) -> None:
        """s16le mono at sample index `start`; never waits, drops and counts when the disk is a minute behind."""
        self._put((0, start, pcm))

    def right(self, start: int, pcm: bytes) -> None:
        """The same for the right channel."""
        self._put((1, start, pcm))

    def close(self) -> None:
        """Write what is left and rename. Blocks for the disk: call it in a thread. Pieces that come later are ignored.

        Raises:
            RecordingFailed: the file could not be written; nothing half-done is left.
        """
        if self._closed:
            return
        self._closed = True
        self._batches.put(self._batch)
        self._batches.put(None)
        self._thread.join()
        if self._failure is None:
            try:
                self._part.rename(self._path)
            except OSError as exc:
                self._failure = exc
        if self._failure is not None:
            with contextlib.suppress(OSError):
                self._part.unlink()
            raise RecordingFailed(
                f"cannot write the recording: {getattr(self._failure, 'strerror', None) or self._failure}",
                where=str(self._path),
                remedy="Free the disk, or make the folder writable.",
            ) from self._failure

    def _put(self, piece: _Piece) -> None:
        if self._closed:
            return
        self._batch.append(piece)
        if len(self._batch) < _BATCH:
            return
        try:
            self._batches.put_nowait(self._batch)
        except queue.Full:
            self.dropped += len(self._batch)
            DROPPED.inc(len(self._batch))
        self._batch = []

    def _write(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with wave.open(str(self._part), "wb") as file:
                file.setnchannels(2)
                file.setsampwidth(2)
                file.setframerate(self._rate_hz)
                self._follow(file)
        except Exception as exc:  # the supervisor of this thread: `close` tells
            self._failure = exc
            log.exception("recording failed")
            while self._batches.get() is not None:
                pass

    def _follow(self, file: wave.Wave_write) -> None:
        window = _Window(file, _BLOCK_S * self._rate_hz)
        while (batch := self._batches.get()) is not None:
            for channel, start, pcm in batch:
                if start < window.base:
                    LATE.inc()
                window.put(channel, start, np.frombuffer(pcm, dtype=np.int16))
        window.close()


class _Window:
    """The last two blocks of a file, from index `base` on, where pieces may still come; what lies before is written."""

    def __init__(self, file: wave.Wave_write, block: int) -> None:
        self._file = file
        self._block = block
        self._samples = np.zeros((2 * block, 2), dtype=np.int16)
        self.base = 0
        self._end = 0

    def put(self, channel: int, start: int, samples: np.ndarray[tuple[int], np.dtype[np.int16]]) -> None:
        end = start + len(samples)
        self._end = max(self._end, end)
        while end > self.base + 2 * self._block:
            # a piece longer than the window goes in parts, before its place is written
            self._lay(channel, start, samples)
            self._file.writeframes(self._samples[: self._block].tobytes())
            self._samples[: self._block] = self._samples[self._block :]
            self._samples[self._block :] = 0
            self.base += self._block
        self._lay(channel, start, samples)

    def close(self) -> None:
        self._file.writeframes(self._samples[: max(0, self._end - self.base)].tobytes())

    def _lay(self, channel: int, start: int, samples: np.ndarray[tuple[int], np.dtype[np.int16]]) -> None:
        first = max(start, self.base)
        last = min(start + len(samples), self.base + 2 * self._block)
        if first < last:
            self._samples[first - self.base : last - self.base, channel] = samples[first - start : last - start]
