"""Streaming resampling. QQ/LQ only: the higher qualities of soxr deliver in bursts of 57-103 ms (FACTS)."""

import numpy as np
import soxr


class Resampler:
    """s16le mono from one rate to another, piece by piece."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        self._stream = soxr.ResampleStream(from_hz, to_hz, 1, dtype="int16", quality="LQ")

    def feed(self, pcm: bytes, *, last: bool = False) -> bytes:
        """What comes out of this piece; `last` also empties the filter."""
        resampled: bytes = self._stream.resample_chunk(np.frombuffer(pcm, dtype=np.int16), last=last).tobytes()
        return resampled


def resampled(pcm: bytes, from_hz: int, to_hz: int) -> bytes:
    """A whole sound at another rate, in the best quality."""
    if from_hz == to_hz:
        return pcm
    whole: bytes = soxr.resample(np.frombuffer(pcm, dtype=np.int16), from_hz, to_hz, quality="HQ").tobytes()
    return whole
