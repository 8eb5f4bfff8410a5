"""What a waiting customer hears: a soft figure of sine tones, made here, so nobody's licence is touched.

Eight notes of a pentatonic scale, one every 0.8 s, each swelling in 60 ms and dying away over 1.5 s, over a quiet fifth that
breathes. The loop is 6.4 s of s16le mono 8 kHz at about -29 dBFS, and joins its own beginning: tones ring on across the seam.
"""

from functools import cache
from typing import Final

import numpy as np

from media.audio import FRAME_BYTES, RATE_HZ

_NOTES_HZ: Final = (392.0, 493.88, 587.33, 493.88, 440.0, 587.33, 659.25, 587.33)
_BASS_HZ: Final = (196.25, 293.75)  # whole periods in the loop, so that it has no seam
_NOTE_S: Final = 0.8
_SWELL_S: Final = 0.06
_FADE_S: Final = 1.5
_LOUDEST: Final = 4200.0


@cache
def hold_music() -> bytes:
    """One turn of the loop; whole frames of 20 ms."""
    count = round(len(_NOTES_HZ) * _NOTE_S * RATE_HZ)
    total = np.zeros(count)
    for number, pitch_hz in enumerate(_NOTES_HZ):
        t = np.arange(round(2.5 * RATE_HZ)) / RATE_HZ
        shape = np.minimum(t / _SWELL_S, 1.0) * np.exp(-t * 3.0 / _FADE_S)
        note = shape * (np.sin(2 * np.pi * pitch_hz * t) + 0.2 * np.sin(4 * np.pi * pitch_hz * t))
        at = round(number * _NOTE_S * RATE_HZ)
        np.add.at(total, (at + np.arange(len(note))) % count, note)
    t = np.arange(count) / RATE_HZ
    breath = 0.12 * (1 - np.cos(2 * np.pi * t * RATE_HZ / count))
    total += breath * sum(np.sin(2 * np.pi * pitch_hz * t) for pitch_hz in _BASS_HZ)
    scaled = total * _LOUDEST / float(np.max(np.abs(total)))
    return scaled.astype(np.int16).tobytes()


class HoldMusic:
    """The loop, for one ear. `rewind` before each time it is heard."""

    def __init__(self) -> None:
        self._at = 0

    def rewind(self) -> None:
        """Begin at the beginning."""
        self._at = 0

    def take(self) -> bytes:
        """The next 20 ms."""
        loop = hold_music()
        frame = loop[self._at : self._at + FRAME_BYTES]
        self._at = (self._at + FRAME_BYTES) % len(loop)
        return frame
