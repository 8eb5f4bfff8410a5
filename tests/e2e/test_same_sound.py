"""The judge of received sound: it finds the same speech late, coded and stretched, and no other; on the simulator's own voices."""

import numpy as np
import pytest

from media.audio import RATE_HZ
from media.g711 import alaw_decode, alaw_encode
from media.resample import resampled
from simulation.voices import Mouth, Speaker
from tests.e2e.same_sound import FINE_HZ, Match, Sound, best_match, common_lag, lines_match, pooled, spans_of_speech


def _spoken(voice: str, *lines: str) -> bytes:
    """Lines with a second's pause around each, s16le 8 kHz."""
    mouth, pause = Mouth(), bytes(2 * RATE_HZ)
    speaker = Speaker(voice=voice, rate_wpm=150, pitch=50, unseen=False)
    said = [mouth.say(line, speaker, number).astype("<i2").tobytes() for number, line in enumerate(lines)]
    return pause + pause.join(said) + pause


def _fine(pcm: bytes) -> Sound:
    return np.frombuffer(resampled(pcm, RATE_HZ, FINE_HZ), "<i2").astype(np.float64)


@pytest.fixture(scope="module")
def customer() -> bytes:
    return _spoken("en-us+f3", "yes that is right", "okay thank you", "that is fine")


@pytest.fixture(scope="module")
def agent() -> bytes:
    return _spoken("en-us", "our teachers speak with you about things you like", "we could begin on monday")


def _late(sound: Sound, seconds: float) -> Sound:
    return np.r_[np.zeros(round(seconds * FINE_HZ)), sound]


def _matches(sent: Sound, spans: list[tuple[int, int]], received: Sound) -> list[Match]:
    return lines_match(sent, spans, received, common=common_lag(sent, spans, received))


def test_speech_is_cut_at_its_pauses(customer: bytes):
    spans = spans_of_speech(_fine(customer))
    assert len(spans) == 3
    assert all(0.25 < (end - start) / FINE_HZ < 2 for start, end in spans)
    assert spans_of_speech(np.zeros(FINE_HZ)) == []


def test_speech_over_a_coded_line_is_the_same_at_its_lag(customer: bytes):
    sent = _fine(customer)
    spans = spans_of_speech(sent)
    received = _late(_fine(alaw_decode(alaw_encode(customer))), 0.7631)
    found = _matches(sent, spans, received)
    assert [one.lag_s for one in found] == pytest.approx([0.7631] * 3, abs=1e-4)
    assert min(one.correlation for one in found) > 0.99


def test_the_lag_is_found_also_when_the_last_line_is_cut_off(customer: bytes):
    sent = _fine(customer)
    spans = spans_of_speech(sent)
    received = _late(sent[: spans[-1][0] + FINE_HZ // 10], 0.7)
    assert common_lag(sent, spans, received) == pytest.approx(0.7 * FINE_HZ, abs=5)


def test_each_line_has_its_own_lag_when_a_pause_was_shortened(customer: bytes):
    sent = _fine(customer)
    spans = spans_of_speech(sent)
    cut = spans[0][1] + FINE_HZ // 4
    received = _late(np.delete(sent, slice(cut, cut + FINE_HZ // 20)), 0.2)
    found = _matches(sent, spans, received)
    assert [one.lag_s for one in found] == pytest.approx([0.2, 0.15, 0.15], abs=1e-4)
    assert pooled(found, spans) > 0.99


def test_words_that_were_torn_are_not_what_was_sent(customer: bytes):
    sent = _fine(customer)
    spans = spans_of_speech(sent)
    torn = sent.copy()
    for start in range(0, len(torn), FINE_HZ // 5):  # every fifth of a second a twentieth is lost
        torn[start : start + FINE_HZ // 20] = 0
    assert pooled(_matches(sent, spans, torn), spans) < 0.95


def test_other_speech_does_not_fit_anywhere(customer: bytes, agent: bytes):
    heard, strange = _fine(customer), _fine(agent)
    spans = spans_of_speech(strange)
    assert pooled([best_match(strange[start:end], heard) for start, end in spans], spans) < 0.3


def test_an_echo_a_tenth_as_loud_is_found(customer: bytes, agent: bytes):
    strange = _fine(agent)
    spans = spans_of_speech(strange)
    heard = _late(0.1 * strange, 0.4)
    heard[len(heard) // 2 :] += _fine(customer)[: len(heard) - len(heard) // 2]
    assert best_match(strange[slice(*spans[0])], heard).correlation > 0.3


def test_silence_is_like_nothing(customer: bytes):
    sent = _fine(customer)
    start, end = spans_of_speech(sent)[0]
    assert best_match(sent[start:end], np.zeros(4 * FINE_HZ)).correlation == 0
    assert best_match(sent[start:end], np.zeros(100)).correlation == 0
