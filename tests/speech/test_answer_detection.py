"""A person, a mailbox or nobody, told by sound alone: made sounds with line noise at 20 dB."""

import numpy as np
import pytest

from media.audio import FRAME_SAMPLES, RATE_HZ
from speech.answer import AnswerDetector, Verdict
from speech.vad import Activity, VoiceActivity

Sound = np.ndarray


def voice(seconds: float, seed: int = 0) -> Sound:
    """Voice-like: a wandering buzz of harmonics, syllables at 4 Hz."""
    rng = np.random.default_rng(seed)
    t = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    f0 = 120 + 30 * np.sin(2 * np.pi * 0.7 * t + rng.uniform(0, 6))
    phase = 2 * np.pi * np.cumsum(f0) / RATE_HZ
    buzz = sum(np.sin(k * phase) / k for k in range(1, 20))
    syllables = 0.7 + 0.3 * np.sin(2 * np.pi * 4 * t)
    return 3000 * buzz * syllables


def tone(seconds: float, hz: float = 1000.0) -> Sound:
    return 6000 * np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE_HZ)) / RATE_HZ)


def quiet(seconds: float) -> Sound:
    return np.zeros(int(seconds * RATE_HZ))


def verdicts(*sounds: Sound) -> list[tuple[Verdict, int]]:
    signal = np.concatenate([*sounds, quiet(0.1)])
    signal = signal + np.random.default_rng(1).normal(0, 180, len(signal))
    pcm = np.clip(signal, -32768, 32767).astype(np.int16)
    vad, detector, found = VoiceActivity(), AnswerDetector(), []
    for frame in range(len(pcm) // FRAME_SAMPLES):
        piece = pcm[frame * FRAME_SAMPLES : (frame + 1) * FRAME_SAMPLES].tobytes()
        verdict = detector.frame(piece, vad.frame(piece))
        if verdict is not None:
            found.append((verdict, (frame + 1) * 20))
    return found


def test_a_hello_and_then_waiting_is_a_person():
    [(verdict, at_ms)] = verdicts(quiet(0.4), voice(0.4), quiet(2))
    assert verdict is Verdict.PERSON
    assert at_ms <= 1200


def test_nothing_heard_is_silence_at_the_deadline():
    assert verdicts(quiet(4)) == [(Verdict.SILENCE, 1200)]


@pytest.mark.parametrize("seed", range(3))
def test_an_announcement_is_a_machine_even_after_the_greeting_began(seed: int):
    found = verdicts(quiet(0.5), voice(1.8, seed), quiet(0.3), voice(3.5, seed), quiet(1))
    assert [v for v, _ in found] == [Verdict.VOICEMAIL]
    assert found[-1][1] <= 4800
    paused = verdicts(quiet(0.3), voice(0.8, seed), quiet(0.4), voice(4.5, seed), quiet(1))
    assert [v for v, _ in paused] == [Verdict.PERSON, Verdict.VOICEMAIL]


@pytest.mark.parametrize("seconds", [1.8, 2.6, 3.4])
def test_a_long_first_sentence_is_heard_out_and_is_a_persons(seconds: float):
    [(verdict, at_ms)] = verdicts(quiet(0.4), voice(seconds), quiet(3))
    assert verdict is Verdict.PERSON
    assert 1000 * (0.4 + seconds) + 500 <= at_ms <= 1000 * (0.4 + seconds) + 760


def test_sound_that_never_ends_is_greeted_at_last():
    choppy = np.concatenate([part for n in range(30) for part in (voice(0.1, n), quiet(0.15))])
    found = verdicts(quiet(0.3), choppy)
    assert found[0][0] in (Verdict.SPEAKING, Verdict.VOICEMAIL)
    assert found[0][1] <= 6000


def test_a_beep_is_a_machine():
    found = verdicts(quiet(0.3), voice(0.7), quiet(1.0), tone(0.4), quiet(1))
    assert found[-1][0] is Verdict.VOICEMAIL


def test_a_person_who_interrupts_the_greeting_is_no_machine():
    found = verdicts(quiet(0.4), voice(0.5), quiet(1.0), voice(1.2, 3), quiet(2.0), voice(1.5, 4), quiet(1))
    assert [v for v, _ in found] == [Verdict.PERSON]


def test_a_person_who_tells_a_long_story_later_is_no_machine():
    [(verdict, _)] = verdicts(quiet(0.4), voice(0.5), quiet(2.5), voice(5.0, 3), quiet(1))
    assert verdict is Verdict.PERSON


def test_line_noise_alone_is_quiet():
    vad = VoiceActivity()
    noise = np.random.default_rng(2).normal(0, 300, RATE_HZ * 4).astype(np.int16)
    heard = [vad.frame(noise[i : i + 160].tobytes()) for i in range(0, len(noise), 160)]
    assert sum(a is not Activity.QUIET for a in heard[25:]) == 0


def test_the_floor_does_not_rise_in_a_long_sentence():
    vad = VoiceActivity()
    words = np.concatenate([part for n in range(8) for part in (voice(0.85, n), quiet(0.15))])
    signal = words + np.random.default_rng(5).normal(0, 180, len(words))
    pcm = np.clip(signal, -32768, 32767).astype(np.int16)
    heard = [vad.frame(pcm[i : i + 160].tobytes()) for i in range(0, len(pcm), 160)]
    assert sum(a is not Activity.QUIET for a in heard[-100:]) >= 80
