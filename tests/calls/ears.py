"""Who is heard in a piece of sound: a distinct tone a source, found again by its level.

All are multiples of 50 Hz, so a frame of 20 ms repeats without a seam and the tones do not leak into each other; all lie
above the hold music, and above what is loud in the robot's voice.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from media.audio import FRAME_SAMPLES, RATE_HZ
from media.music import hold_music
from tests.calls.world import World

TONES_HZ: Final[Mapping[str, int]] = {"C": 2000, "A": 2400, "B": 2800, "S": 3200}
_AMPLITUDE: Final = 3000.0
_PRESENT: Final = 0.5  # of the amplitude sent
_SILENT: Final = 0.02


def hum(source: str) -> bytes:
    """One frame of a source's tone."""
    t = np.arange(FRAME_SAMPLES) / RATE_HZ
    return (_AMPLITUDE * np.sin(2 * np.pi * TONES_HZ[source] * t)).astype(np.int16).tobytes()


def heard_by(world: World, who: str, seconds: float = 0.4) -> np.ndarray:
    """The newest sound that a leg was really sent."""
    pcm = bytes(world.customer.heard) if who == "customer" else b"".join(chunk.pcm for chunk in world.far[who]._heard)
    return np.frombuffer(pcm, np.int16)[-round(seconds * RATE_HZ) :]


def level_of(sound: np.ndarray, source: str) -> float:
    """How loud a source's tone is, 1.0 as it was sent."""
    t = np.arange(len(sound)) / RATE_HZ
    return float(2 / len(sound) * abs(np.sum(sound * np.exp(-2j * np.pi * TONES_HZ[source] * t))) / _AMPLITUDE)


def sources(sound: np.ndarray) -> str:
    """Letters of who is heard, "M" for hold music; fails when a tone is neither there nor gone."""
    found = ""
    for source in TONES_HZ:
        level = level_of(sound, source)
        assert level > _PRESENT or level < _SILENT, f"{source} is half there: {level:.3f}"
        if level > _PRESENT:
            found += source
    if sound.any() and sound.tobytes() in hold_music() * 3:
        found += "M"
    elif not found:
        assert not sound.any(), "something else is heard"
    return found
