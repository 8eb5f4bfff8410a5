"""Pieces of sound. All telephone audio is s16le mono at 8000 Hz in 20 ms frames of 160 samples."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RATE_HZ = 8000
FRAME_MS = 20
FRAME_SAMPLES = RATE_HZ * FRAME_MS // 1000
FRAME_BYTES = 2 * FRAME_SAMPLES
SILENT_FRAME = bytes(FRAME_BYTES)

Samples = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioChunk:
    """s16le mono PCM. `start` is the index of its first sample since the leg began; no wall clock."""

    pcm: bytes
    rate_hz: int
    start: int

    @property
    def samples(self) -> Samples:
        """A read-only int16 view."""
        return np.frombuffer(self.pcm, dtype=np.int16)

    @property
    def count(self) -> int:
        """Samples in the chunk."""
        return len(self.pcm) // 2

    @property
    def end(self) -> int:
        """Index of the sample after the last."""
        return self.start + self.count

    @property
    def duration_s(self) -> float:
        return self.count / self.rate_hz


def level_dbfs(pcm: bytes) -> float:
    """RMS level of s16le PCM against full scale 32768, in dBFS; -120 for digital silence or no samples."""
    samples = np.frombuffer(pcm, dtype=np.int16).astype(np.float64)
    power = float(np.mean(samples**2)) / 32768.0**2 if len(samples) else 0.0
    return 10.0 * float(np.log10(power + 1e-12))
