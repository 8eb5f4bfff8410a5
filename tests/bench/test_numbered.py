"""The bench's frames say what they carry, and only when they are whole."""

import numpy as np
import pytest

from media.audio import FRAME_BYTES, level_dbfs
from media.g711 import alaw_decode, alaw_encode
from media.jitter import JitterBuffer
from tests.bench.numbered import (
    Arrivals,
    delays_s,
    frame_of,
    lateness_s,
    number_in,
    number_in_pcm,
    payload_of,
    recovered_after_s,
)


@pytest.mark.parametrize("quiet", [True, False])
def test_a_number_goes_through_a_law_and_back(quiet: bool):
    for number in range(0, 65536, 37):
        pcm = frame_of(number, quiet=quiet)
        assert len(pcm) == FRAME_BYTES
        assert number_in_pcm(pcm) == number
        assert number_in(payload_of(number, quiet=quiet)) == number
        assert alaw_decode(alaw_encode(pcm)) == pcm
        assert (level_dbfs(pcm) < -45) == quiet  # as media.jitter tells a pause


def test_what_a_jitter_buffer_makes_up_is_no_frame():
    buffer = JitterBuffer()
    for number in range(2):
        buffer.put(frame_of(number))
    out = [number_in_pcm(buffer.take(20 * tick)) for tick in range(8)]
    assert out == [0, 1, *[None] * 6]


def test_parts_of_two_frames_are_none():
    assert number_in((payload_of(1) + payload_of(2))[80:240]) is None
    assert number_in(b"") is None
    assert number_in(payload_of(7)[:-1]) is None


def test_lateness_is_counted_from_the_least_late_frame_around():
    at_s = 0.02 * np.arange(300)
    at_s[100:] += 0.4  # beats that were skipped
    at_s[200:203] += [0.05, 0.03, 0.011]  # a stall that was made up
    late = lateness_s(Arrivals(index=np.arange(300), number=np.arange(300), at_s=at_s))
    assert np.flatnonzero(late > 0.010).tolist() == [200, 201, 202]
    assert late[200:203] == pytest.approx([0.05, 0.03, 0.011])
    assert len(lateness_s(Arrivals(index=np.arange(0), number=np.arange(0), at_s=np.zeros(0)))) == 0


def test_delays_are_of_whole_frames_only():
    arrivals = Arrivals(index=np.arange(4), number=np.array([5, -1, 6, 7]), at_s=np.array([1.0, 1.1, 1.2, 1.3]))
    at, delay = delays_s(arrivals, {5: 0.9, 6: 1.15, 7: 1.28})
    assert at.tolist() == [1.0, 1.2, 1.3]
    assert delay == pytest.approx([0.1, 0.05, 0.02])


def test_a_line_has_recovered_when_its_delay_stays_low():
    at = np.arange(0, 10, 0.02)
    delay = np.where(at < 3.5, 0.15, 0.04)
    delay[::40] = 0.5  # single late frames
    assert recovered_after_s(at, delay, end_s=2.0, target_s=0.06) == pytest.approx(1.6, abs=0.05)
    assert recovered_after_s(at, delay, end_s=4.0, target_s=0.06) == 0.0
    assert recovered_after_s(at, delay, end_s=2.0, target_s=0.03) is None
    assert recovered_after_s([], [], end_s=2.0, target_s=0.03) is None
