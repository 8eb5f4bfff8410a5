"""Speech made ready for the telephone: one level, no silence at the ends, no long silence inside."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from media.audio import FRAME_SAMPLES, RATE_HZ, Samples

_LEVEL_DBFS: Final = -20.0  # of the sounding parts: what telephone speech has (ITU-T P.56 active level, -20 to -26)
_QUIET_DBFS: Final = -46.0
_LONGEST_GAP_MS: Final = 180  # a longer one would read as the end of the turn

_Floats = npt.NDArray[np.float64]


def tidy(pcm: bytes) -> bytes:
    """Level to -20 dBFS of the sounding frames, cut silence at both ends, shorten inner silences to 180 ms."""
    samples = np.frombuffer(pcm, dtype=np.int16).astype(np.float64)
    samples = samples[: len(samples) // FRAME_SAMPLES * FRAME_SAMPLES]
    if not len(samples):
        return b""
    levels = _levels(samples)
    sounding = levels > levels.max() - 26
    active = 10 * np.log10(np.mean(10 ** (levels[sounding] / 10)))
    gain = 10 ** ((_LEVEL_DBFS - active) / 20)
    samples = np.clip(samples * gain, -32000, 32000)
    kept = list(_kept(_levels(samples) > _QUIET_DBFS))
    frames = samples.reshape(-1, FRAME_SAMPLES)[kept]
    levelled: Samples = frames.astype(np.int16)
    return levelled.tobytes()


def _levels(samples: _Floats) -> _Floats:
    frames = samples.reshape(-1, FRAME_SAMPLES) / 32768.0
    levels: _Floats = 10 * np.log10((frames**2).mean(axis=1) + 1e-12)
    return levels


def _kept(sounding: npt.NDArray[np.bool_]) -> Iterator[int]:
    """Frame numbers to keep: from the first to the last that sounds, with at most 180 ms of silence in a row."""
    at = np.flatnonzero(sounding)
    if not len(at):
        return
    silent = 0
    for frame in range(int(at[0]), int(at[-1]) + 1):
        silent = 0 if sounding[frame] else silent + 1
        if silent * FRAME_SAMPLES * 1000 <= _LONGEST_GAP_MS * RATE_HZ:
            yield frame
