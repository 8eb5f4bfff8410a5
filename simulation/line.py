"""The telephone line between a simulated customer and the platform: white noise, then A-law there and back."""

import numpy as np

from media.audio import FRAME_SAMPLES
from media.g711 import alaw_decode, alaw_encode

_SPEECH_DBFS = -20.0  # what the simulator levels speech to


class PhoneLine:
    """Noise `noise_db` below the speech's active level, all the time; then A-law (ITU-T G.711)."""

    def __init__(self, noise_db: float, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._sigma = 10 ** ((_SPEECH_DBFS - noise_db) / 20) * 32768

    def carry(self, clean: np.ndarray) -> bytes:
        """A frame as it arrives: 160 clean samples in, s16le out."""
        noisy = clean + self._random.normal(0.0, self._sigma, FRAME_SAMPLES)
        return alaw_decode(alaw_encode(np.clip(noisy, -32768, 32767).astype(np.int16).tobytes()))
