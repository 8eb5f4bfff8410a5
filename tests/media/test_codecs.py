"""G.711 against known values, keys against RFC 4733, resampling against length and level, the mix against its matrix."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from media import dtmf, g711
from media.audio import level_dbfs
from media.mix import Monitor, Party, hears, mixed
from media.resample import Resampler, resampled


def pcm(*values: int) -> bytes:
    return np.array(values, dtype=np.int16).tobytes()


def test_alaw_known_values():
    # ITU-T G.711 table 1: code 0xD5 is the smallest positive value, 0x2A/0xAA the largest
    assert np.frombuffer(g711.alaw_decode(bytes([0xD5, 0x55, 0xAA, 0x2A])), np.int16).tolist() == [8, -8, 32256, -32256]


def test_ulaw_known_values():
    decoded = np.frombuffer(g711.ulaw_decode(bytes([0xFF, 0x7F, 0x80, 0x00])), np.int16)
    assert decoded.tolist() == [0, 0, 32124, -32124]


@given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=200))
def test_g711_is_nearest_and_stable(values: list[int]):
    for encode, decode in ((g711.alaw_encode, g711.alaw_decode), (g711.ulaw_encode, g711.ulaw_decode)):
        once = decode(encode(pcm(*values)))
        error = np.abs(np.frombuffer(once, np.int16).astype(int) - values)
        assert np.all(error <= np.maximum(16, np.abs(values) / 16))
        assert decode(encode(once)) == once


@pytest.mark.parametrize("lost", [(), (0,), (1, 2), (5, 6), (5, 6, 7)])
def test_each_press_is_read_once_whatever_packets_are_lost(lost: tuple[int, ...]):
    reader, keys = dtmf.KeyReader(), []
    for timestamp, key in ((1000, "1"), (3000, "1"), (5000, "#")):
        for number, press in enumerate(dtmf.encode(key, timestamp=timestamp)):
            if number not in lost:
                keys.append(reader.feed(press))
                keys.append(reader.feed(press))  # doubled by the network
    assert [key for key in keys if key] == ["1", "1", "#"]


def test_the_end_of_a_press_is_sent_three_times():
    packets = list(dtmf.encode("5", timestamp=0, duration_ms=100))
    assert [bool(p.payload[1] & 0x80) for p in packets] == [False] * 5 + [True] * 3


def test_resampling_keeps_length_and_level():
    tone = (8000 * np.sin(2 * np.pi * 440 * np.arange(16000) / 16000)).astype(np.int16).tobytes()
    stream = Resampler(16000, 8000)
    pieces = b"".join(stream.feed(tone[at : at + 640], last=at + 640 >= len(tone)) for at in range(0, len(tone), 640))
    for sound in (pieces, resampled(tone, 16000, 8000)):
        assert abs(len(sound) // 2 - 8000) <= 2
        assert abs(level_dbfs(sound) - level_dbfs(tone)) < 0.3


def test_who_hears_whom():
    expected = {
        None: {"customer": {"agent"}, "agent": {"customer"}, "supervisor": set()},
        Monitor.LISTEN: {"customer": {"agent"}, "agent": {"customer"}, "supervisor": {"customer", "agent"}},
        Monitor.WHISPER: {
            "customer": {"agent"},
            "agent": {"customer", "supervisor"},
            "supervisor": {"customer", "agent"},
        },
        Monitor.BARGE: {
            "customer": {"agent", "supervisor"},
            "agent": {"customer", "supervisor"},
            "supervisor": {"customer", "agent"},
        },
    }
    for monitor, ears in expected.items():
        for ear, sources in ears.items():
            assert {s.value for s in Party if hears(Party(ear), s, monitor)} == sources


def test_a_mix_clips():
    assert mixed([pcm(30000, -30000), pcm(30000, -30000)]) == pcm(32767, -32768)
