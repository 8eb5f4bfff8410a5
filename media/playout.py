"""What is queued to be said on a leg, taken 20 ms at a time. Pure; positions are tx sample indices."""

from media.audio import FRAME_BYTES, FRAME_SAMPLES, SILENT_FRAME


class Playout:
    """A queue of s16le mono PCM. `take` gives a whole frame always: what is queued, padded with silence, or silence."""

    def __init__(self) -> None:
        self._queue = bytearray()
        self._read = 0  # bytes of the queue already sent
        self._burst = 0  # bytes sent since the queue was last empty
        self.position = 0

    @property
    def queued(self) -> int:
        """Samples not yet sent."""
        return (len(self._queue) - self._read) // 2

    def put(self, pcm: bytes) -> int:
        """Queue; the tx index at which its first sample goes out."""
        if not self.queued:
            self._queue.clear()
            self._read = self._burst = 0
        at = self.position + self.queued
        self._queue += pcm
        return at

    def take(self) -> bytes:
        """The next frame, and on by 20 ms."""
        self.position += FRAME_SAMPLES
        if not self.queued:
            return SILENT_FRAME
        frame = bytes(self._queue[self._read : self._read + FRAME_BYTES])
        self._read += len(frame)
        self._burst += len(frame)
        if self._read > 1 << 16:
            del self._queue[: self._read]
            self._read = 0
        return frame.ljust(FRAME_BYTES, b"\0")

    def flush(self, rate_hz: int = 8000) -> float:
        """Drop the rest; seconds sent of what was queued since the queue was last empty."""
        heard_s = self._burst / 2 / rate_hz
        self._queue.clear()
        self._read = self._burst = 0
        return heard_s
