"""Voice activity: what begins a turn, and what never does."""

import numpy as np
import pytest

from media.audio import FRAME_SAMPLES, RATE_HZ
from speech.vad import Activity, VoiceActivity


def activities(samples: np.ndarray) -> list[Activity]:
    vad = VoiceActivity()
    pcm = samples.astype("<i2")
    return [vad.frame(pcm[at : at + FRAME_SAMPLES].tobytes()) for at in range(0, len(pcm), FRAME_SAMPLES)]


def clicks(decay_hz: float, seconds: float = 4.0) -> np.ndarray:
    """A click every half second, and what a high-pass at `decay_hz` leaves of it: a slow swing back."""
    at = np.arange(round(seconds * RATE_HZ)) % (RATE_HZ // 2) / RATE_HZ
    swing = np.exp(-at * 25) * np.cos(2 * np.pi * decay_hz * at)
    return 9000 * swing


@pytest.mark.parametrize("decay_hz", [5, 20, 40])
def test_a_microphone_that_thumps_does_not_speak(decay_hz: float):
    heard = activities(clicks(decay_hz))
    window = [sum(one is Activity.SPEECH for one in heard[at : at + 5]) for at in range(len(heard))]
    assert max(window) < 3  # of five frames: fewer than a turn needs to begin (speech.floor)


def test_a_hum_is_quiet_however_loud():
    at = np.arange(2 * RATE_HZ) / RATE_HZ
    assert set(activities(8000 * np.sin(2 * np.pi * 50 * at))) == {Activity.QUIET}


@pytest.mark.parametrize("pitch_hz", [80, 100, 130, 220])
def test_a_deep_voice_is_a_voice(pitch_hz: float):
    at = np.arange(RATE_HZ) / RATE_HZ
    quiet = np.random.default_rng(1).normal(0, 8, RATE_HZ // 2)
    voice = sum(np.sin(2 * np.pi * pitch_hz * k * at + k) * 4000 / k for k in range(1, 12))
    for offset in (0, -3200):  # some lines and voices come with one
        heard = activities(np.concatenate([quiet, voice + offset]))
        assert Activity.QUIET not in heard[26:]
        assert Activity.SPEECH in heard[26:]
