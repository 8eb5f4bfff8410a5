"""What is queued to be said on a leg, taken 20 ms at a time. Pure; positions are tx sample indices."""

from typing import Final

from media.audio import FRAME_BYTES, FRAME_SAMPLES, RATE_HZ, SILENT_FRAME

_SPENT_BYTES: Final = 1 << 16  # of the queue's head, kept until they are worth a memmove


class Playout:
    """A queue of s16le mono 8 kHz PCM. `take` gives a whole frame always: what is queued, padded with silence, or silence.

    `position` is the tx index of the next sample to be sent; it counts silence too. `end` is the index after the last
    queued sample that was really sent, exact to the sample, 0 before the first.
    """

    def __init__(self) -> None:
        self._queue = bytearray()
        self._read = 0  # bytes of the queue already sent
        self._burst = 0  # bytes sent since the queue was last empty
        self.position = 0
        self.end = 0

    @property
    def queued(self) -> int:
        """Samples not yet sent."""
        return (len(self._queue) - self._read) // 2

    def put(self, pcm: bytes) -> int:
        """Queue; the tx index at which its first sample goes out."""
        if len(pcm) % 2:
            raise ValueError("s16le needs two bytes a sample")
        if not self.queued:
            self._queue.clear()
            self._read = self._burst = 0
        at = self.position + self.queued
        self._queue += pcm
        return at

    def take(self) -> bytes:
        """The next frame, and on by 20 ms."""
        if self._read == len(self._queue):
            self.position += FRAME_SAMPLES
            return SILENT_FRAME
        frame = bytes(self._queue[self._read : self._read + FRAME_BYTES])
        self._read += len(frame)
        self._burst += len(frame)
        self.end = self.position + len(frame) // 2
        self.position += FRAME_SAMPLES
        if self._read > _SPENT_BYTES:
            del self._queue[: self._read]
            self._read = 0
        return frame if len(frame) == FRAME_BYTES else frame.ljust(FRAME_BYTES, b"\0")

    def skip(self, samples: int) -> None:
        """Time in which nothing was sent: what is queued goes out that much later."""
        self.position += samples

    def flush(self) -> float:
        """Drop the rest; seconds sent of what was queued since the queue was last empty. 0.0 when that is told already."""
        heard_s = self._burst / 2 / RATE_HZ
        self._queue.clear()
        self._read = self._burst = 0
        return heard_s
