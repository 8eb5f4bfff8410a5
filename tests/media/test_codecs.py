"""G.711 against known values, keys against RFC 4733, resampling against length and level, the mix against its matrix."""

import hashlib
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from media import dtmf, g711
from media.audio import level_dbfs
from media.mix import Monitor, Party, Situation, hears, mixed
from media.resample import Resampler, resampled

Codec = Callable[[bytes], bytes]


def pcm(*values: int) -> bytes:
    return np.array(values, dtype=np.int16).tobytes()


def test_alaw_known_values():
    # ITU-T G.711 table 1: code 0xD5 is the smallest positive value, 0x2A/0xAA the largest
    assert np.frombuffer(g711.alaw_decode(bytes([0xD5, 0x55, 0xAA, 0x2A])), np.int16).tolist() == [8, -8, 32256, -32256]


def test_ulaw_known_values():
    decoded = np.frombuffer(g711.ulaw_decode(bytes([0xFF, 0x7F, 0x80, 0x00])), np.int16)
    assert decoded.tolist() == [0, 0, 32124, -32124]


@pytest.mark.parametrize(
    ("encode", "decode", "codes", "values"),
    [
        (g711.alaw_encode, g711.alaw_decode, "38488f6fd710f4686360edc4", "e04788d110e58ff8c70c93b8"),
        (g711.ulaw_encode, g711.ulaw_decode, "81d633c9e6972a18c74a5872", "3dab54339e520bb2c924826e"),
    ],
    ids=["A-law", "u-law"],
)
def test_g711_is_bit_exact(encode: Codec, decode: Codec, codes: str, values: str):
    """Digests of the reference coder (ITU-T G.191, as in Python's audioop up to 3.12) over all values and all codes."""
    assert hashlib.sha256(encode(np.arange(-32768, 32768).astype(np.int16).tobytes())).hexdigest().startswith(codes)
    assert hashlib.sha256(decode(bytes(range(256)))).hexdigest().startswith(values)


@given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=200))
def test_g711_is_near_and_stable(values: list[int]):
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


def test_a_late_packet_of_an_earlier_press_is_no_press():
    reader = dtmf.KeyReader()
    one, two = (list(dtmf.encode("1", timestamp=at)) for at in (0xFFFFFF00, 0x200))  # the timestamp wraps between
    packets = [*one[:-1], two[0], one[-1], *two[1:]]
    assert [key for key in map(reader.feed, packets) if key] == ["1", "1"]


def test_a_press_longer_than_a_segment_is_one_press():
    reader = dtmf.KeyReader()
    segments = [dtmf.Press(timestamp=t, payload=bytes((1, 10)) + d.to_bytes(2, "big")) for t, d in _LONG_PRESS]
    assert [key for key in map(reader.feed, segments) if key] == ["1"]


_LONG_PRESS = [(0, 160), (0, 0xFFFF), (0xFFFF, 160), (0xFFFF, 320)]


@given(st.sampled_from(dtmf.KEYS), st.integers(0, 2**32 - 1), st.integers(1, 8000), st.data())
def test_any_part_of_a_press_in_any_order_is_that_key(key: str, timestamp: int, duration_ms: int, data: st.DataObject):
    packets = list(dtmf.encode(key, timestamp=timestamp, duration_ms=duration_ms))
    arrived = data.draw(st.lists(st.sampled_from(packets), min_size=1, max_size=20))
    reader = dtmf.KeyReader()
    assert [found for found in map(reader.feed, arrived) if found] == [key]


@pytest.mark.parametrize("payload", [b"", b"\x01\x0a", bytes((16, 10, 0, 160)), bytes((255, 255, 255, 255))])
def test_what_is_no_key_is_ignored(payload: bytes):
    assert dtmf.KeyReader().feed(dtmf.Press(timestamp=1, payload=payload)) is None


def test_a_press_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match="not found"):
        next(dtmf.encode("x", timestamp=0))
    with pytest.raises(ValueError, match="more than one segment"):
        next(dtmf.encode("1", timestamp=0, duration_ms=9000))


def test_the_end_of_a_press_is_sent_three_times():
    packets = list(dtmf.encode("5", timestamp=0, duration_ms=100))
    assert [bool(p.payload[1] & 0x80) for p in packets] == [False] * 4 + [True] * 3
    durations = [int.from_bytes(p.payload[2:], "big") for p in packets]
    assert durations == [160, 320, 480, 640, 800, 800, 800]


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
            assert {s.value for s in Party if hears(Party(ear), s, Situation(monitor=monitor))} == sources


def test_a_mix_clips():
    assert mixed([pcm(30000, -30000), pcm(30000, -30000)]) == pcm(32767, -32768)
