"""Voice activity of one leg, 20 ms at a time: webrtcvad for what sounds like speech, energy for when it ends.

webrtcvad (mode 3) ends 79 ms late and calls the first frames of noise speech; an energy detector over a tracked noise
floor ends 16 ms early but takes any sound for speech (both measured, FACTS "Turn taking"). So speech *begins* where both
agree and *goes on* while the energy is there. The floor is the minimum of the smoothed level over the last 3 s
(minimum statistics, Martin 2001): a sentence has gaps, so speech does not raise it.

What lies below any voice is neither: hum, the thump of a hand, the slow decay that a browser's cleaning leaves behind a click.
webrtcvad takes such for speech, and a microphone that thumps twice a second would keep the floor for ever.
"""

from collections import deque
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
import webrtcvad

from media.audio import FRAME_BYTES, FRAME_SAMPLES, RATE_HZ, level_dbfs


class Activity(IntEnum):
    """What one frame sounds like. SPEECH: both detectors; SOUND: energy alone; QUIET: neither."""

    QUIET = 0
    SOUND = 1
    SPEECH = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class VadSettings:
    """`mode` of webrtcvad 0..3 (3 strictest); `above_floor_db` for energy; floors in dBFS."""

    mode: int = 2
    above_floor_db: float = 4.0
    least_floor_dbfs: float = -62.0
    greatest_floor_dbfs: float = -28.0


_BLOCK_FRAMES: Final = 15  # 300 ms a block
_BLOCKS: Final = 10  # a window of 3 s
_SMOOTHING: Final = 0.5
_WINDOW: Final = np.hanning(FRAME_SAMPLES)
# Bins at 0 and 50 Hz. Of a sound at 100 Hz, as low as voices go, a sixth of the energy leaks into them (the window's).
_BELOW_VOICE_BINS: Final = 2
_BELOW_VOICE: Final = 0.6


class VoiceActivity:
    """Feed 20 ms frames of s16le mono 8 kHz in order."""

    def __init__(self, settings: VadSettings | None = None) -> None:
        self._settings = settings or VadSettings()
        self._webrtc = webrtcvad.Vad(self._settings.mode)
        self._minima: deque[float] = deque(maxlen=_BLOCKS)
        self._block: float = 0.0
        self._in_block = 0
        self._smooth: float | None = None

    @property
    def floor_dbfs(self) -> float:
        """The noise floor as tracked so far."""
        low = min(self._minima, default=self._block)
        low = min(low, self._block) if self._in_block else low
        return min(max(low, self._settings.least_floor_dbfs), self._settings.greatest_floor_dbfs)

    def frame(self, pcm: bytes) -> Activity:
        """Judge the next 20 ms. A short last frame is QUIET."""
        if len(pcm) != FRAME_BYTES:
            return Activity.QUIET
        level = level_dbfs(pcm)
        self._track(level)
        if level < self.floor_dbfs + self._settings.above_floor_db:
            return Activity.QUIET
        if _below_voice(pcm):
            return Activity.QUIET
        return Activity.SPEECH if self._webrtc.is_speech(pcm, RATE_HZ) else Activity.SOUND

    def _track(self, level: float) -> None:
        smooth = level if self._smooth is None else self._smooth + _SMOOTHING * (level - self._smooth)
        self._smooth = smooth
        self._block = smooth if self._in_block == 0 else min(self._block, smooth)
        self._in_block += 1
        if self._in_block == _BLOCK_FRAMES:
            self._minima.append(self._block)
            self._in_block = 0


def _below_voice(pcm: bytes) -> bool:
    """Most of the energy is lower than voices go; a constant offset, which some equipment adds to a voice, is left out."""
    samples = np.frombuffer(pcm, dtype=np.int16).astype(np.float64)
    power = np.abs(np.fft.rfft((samples - samples.mean()) * _WINDOW)) ** 2
    return float(power[:_BELOW_VOICE_BINS].sum()) > _BELOW_VOICE * float(power.sum())
